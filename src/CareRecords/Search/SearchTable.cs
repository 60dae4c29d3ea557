using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using CareRecords.Store;
using Fhir.FhirPath;
using Fhir.Search;

namespace CareRecords.Search;

/// <summary>A search parameter as it is indexed and searched.</summary>
/// <param name="Key">Names it in the index tables.</param>
internal sealed record SearchIndex(string ResourceType, SearchParameter Parameter, int Key, StoringForm Form, FhirPathExpression? Expression)
{
    internal string Code => Parameter.Code;

    internal string Type => Parameter.Type;

    /// <summary>For a composite: the components' own parameter types and compiled paths.</summary>
    internal IReadOnlyList<(string Type, FhirPathExpression Path)> Components { get; init; } = [];

    /// <summary>A further index under this parameter: "text" and "of-type" of a token, "identifier" of a reference, or a composite's first value.</summary>
    internal int Variant(string name) => SearchTable.Key($"{ResourceType}.{Code}:{name}");
}

/// <summary>The parameters of the served types, compiled when first used. What is not here is neither indexed nor searched nor listed.</summary>
internal sealed class SearchTable(ServedTypes types)
{
    private readonly ConcurrentDictionary<string, Dictionary<string, SearchIndex>> _byType = new(StringComparer.Ordinal);

    /// <summary>Served parameters of a type, by code; those kept in no index (_id, _lastUpdated) included.</summary>
    internal IReadOnlyDictionary<string, SearchIndex> Of(string type) => _byType.GetOrAdd(type, Build);

    internal SearchIndex? Find(string type, string code) => Of(type).GetValueOrDefault(code);

    /// <summary>31 bits of SHA-256; a test checks that no two parameters of R4 share one.</summary>
    internal static int Key(string name) => BinaryPrimitives.ReadInt32BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(name))) & int.MaxValue;

    private Dictionary<string, SearchIndex> Build(string type)
    {
        var table = new Dictionary<string, SearchIndex>(StringComparer.Ordinal);
        if (types.Find(type) is not { } served)
        {
            return table;
        }

        foreach (var parameter in SearchParameters.Of(type))
        {
            // A view says itself what it answers.
            if (served is { Owner: Owner.View, IsDefinition: false } && !served.ViewParameters.Contains(parameter.Code) && parameter.Code is not ("_id" or "_lastUpdated"))
            {
                continue;
            }

            var form = StoringForms.Of(type, parameter.Code, parameter.Type, types.Generic);
            if (form == StoringForm.NotServed || parameter.Expression.Length == 0)
            {
                continue;
            }

            table[parameter.Code] = new SearchIndex(type, parameter, Key($"{type}.{parameter.Code}"), form, Compile(parameter.Expression, type))
            {
                // R4 misspells a type, and its DocumentReference.relationship gives each component's path to the other.
                Components = [.. parameter.Components.Select((c, i) => (
                    parameter.Code == "relationship" ? i == 0 ? "token" : "reference" : SearchParameters.ByUrl(c.Definition)?.Type ?? "token",
                    Compile(c.Expression.Replace("ofType(DateTime)", "ofType(dateTime)", StringComparison.Ordinal), null)))],
            };
        }

        return table;
    }

    private static FhirPathExpression Compile(string expression, string? type) =>
        FhirPathExpression.Compile(expression, type, FhirPathRules.Definitions);
}
