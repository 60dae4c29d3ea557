using System.Collections.Concurrent;
using System.Text;
using Fhir.Definitions;
using Fhir.FhirPath;
using Fhir.FhirPath.Values;
using Fhir.Json;
using Fhir.Model;

namespace CareRecords.Search;

/// <summary>Takes from a resource what it is found by: each served parameter's FHIRPath, and its values in their storing form. Does no I/O.</summary>
internal sealed class ResourceIndexer(SearchTable table, SearchKeys keys)
{
    private static readonly ConcurrentDictionary<string, Element?> _empty = new(StringComparer.Ordinal);

    // An expression may ask what a reference points to ("resolve() is Patient"): its type is in its text, and nothing is fetched.
    private static readonly FhirPathEnvironment _environment = new() { Resolve = Target };

    internal IndexRows Index(Element resource)
    {
        var hash = keys.Current;
        var rows = new IndexRows { Epoch = hash.Epoch };
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

    /// <summary>What follows under a key of its own for each first value: only what stands together is found together.</summary>
    private static void Composite(SearchIndex index, PathValue place, IndexValues values)
    {
        if (place.Kind != PathKind.Element)
        {
            return;
        }

        var further = index.Components.Skip(1).Select(c => c.Path.Evaluate(place.AsElement, _environment)).ToList();
        var names = index.Components[0].Path.Evaluate(place.AsElement, _environment).SelectMany(IndexValues.TokensOf).SelectMany(t => CompositeNames(t.System, t.Code));
        foreach (var key in names.Distinct().Select(index.Variant))
        {
            // Start and end of a sequence's window are one row.
            if (further is [[var start], [var end]])
            {
                values.Span(key, start, end);
            }

            foreach (var item in further.Count == 1 ? further[0] : [])
            {
                values.Add(index, key, index.Components[1].Type, item);
            }
        }
    }

    /// <summary>How a composite's first value may be asked for: with its system, with any, or with none.</summary>
    internal static IEnumerable<string> CompositeNames(string? system, string code) => [CompositeName(system ?? "", code), CompositeName(null, code), CompositeName(system ?? "", null)];

    /// <param name="system">Null: any; empty: none.</param>
    /// <param name="code">Null: any.</param>
    internal static string CompositeName(string? system, string? code) => $"{system ?? "*"}|{code?.ToLowerInvariant() ?? "*"}";

    private static Element? Target(string reference)
    {
        var type = reference.Split('/') is [.., var name, _] ? name : "";
        return _empty.GetOrAdd(type, static t => FhirTypes.Find(t) is { IsResource: true, IsAbstract: false }
            ? FhirJson.Read(Encoding.UTF8.GetBytes($$"""{"resourceType":"{{t}}"}""")).Root : null);
    }
}
