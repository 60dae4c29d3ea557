using System.Collections.Concurrent;
using System.Text;
using Fhir.Definitions;
using Fhir.FhirPath;
using Fhir.FhirPath.Values;
using Fhir.Json;
using Fhir.Model;
using Npgsql;

namespace CareRecords.Search;

/// <summary>Takes from a resource what it is found by: each served parameter's FHIRPath, and its values in their storing form. Does no I/O.</summary>
internal sealed class ResourceIndexer(SearchTable table, SearchHash hash)
{
    private static readonly ConcurrentDictionary<string, Element?> _empty = new(StringComparer.Ordinal);

    // An expression may ask what a reference points to ("resolve() is Patient"): its type is in its text, and nothing is fetched.
    private static readonly FhirPathEnvironment _environment = new() { Resolve = Target };

    internal IndexRows Index(Element resource)
    {
        var rows = new IndexRows();
        var values = new IndexValues(hash, rows);
        foreach (var index in table.Of(resource.TypeName).Values)
        {
            // The columns of the resource's own row answer these.
            if (index.Code is "_id" or "_lastUpdated")
            {
                continue;
            }

            foreach (var item in index.Expression!.Evaluate(resource, _environment))
            {
                if (index.Type == "composite")
                {
                    Composite(index, item, values);
                }
                else
                {
                    values.Add(index, index.Key, index.Type, item);
                }
            }
        }

        return rows;
    }

    /// <summary>The second value under a key of its own for each first value: only what stands together is found together.</summary>
    private static void Composite(SearchIndex index, PathValue place, IndexValues values)
    {
        if (place.Kind != PathKind.Element || index.Components.Count != 2)
        {
            return;
        }

        var second = index.Components[1].Path.Evaluate(place.AsElement, _environment);
        foreach (var first in index.Components[0].Path.Evaluate(place.AsElement, _environment))
        {
            foreach (var token in IndexValues.TokensOf(first))
            {
                foreach (var name in CompositeNames(token.System, token.Code))
                {
                    foreach (var item in second)
                    {
                        values.Add(index, index.Variant(name), index.Components[1].Type, item);
                    }
                }
            }
        }
    }

    /// <summary>How a composite's first value may be asked for: with its system, with any, or with none.</summary>
    internal static IEnumerable<string> CompositeNames(string? system, string code) =>
        system is { Length: > 0 } ? [$"{system}|{code}", $"*|{code}"] : [$"|{code}", $"*|{code}"];

    private static Element? Target(string reference)
    {
        var type = reference.Split('/') is [.., var name, _] ? name : "";
        return _empty.GetOrAdd(type, static t => FhirTypes.Find(t) is { IsResource: true, IsAbstract: false }
            ? FhirJson.Read(Encoding.UTF8.GetBytes($$"""{"resourceType":"{{t}}"}""")).Root : null);
    }
}

/// <summary>The indexing batch of one resource.</summary>
internal static class Indexing
{
    internal static void Replace(NpgsqlBatch batch, long key, IndexRows rows, bool hadRows)
    {
        if (hadRows)
        {
            batch.BatchCommands.Add(IndexRows.Remove(key));
        }

        rows.AddTo(batch, key);
    }
}
