using System.Text.Json;

namespace Fhir.Terminology;

/// <summary>A value set's definition: what it takes in and what it leaves out.</summary>
public sealed record ValueSet(string Url, string? Version, IReadOnlyList<ValueSetPart> Includes, IReadOnlyList<ValueSetPart> Excludes)
{
    /// <summary>Reads the JSON form.</summary>
    /// <exception cref="JsonException">The bytes are not JSON.</exception>
    public static ValueSet Read(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        root.TryGetProperty("compose", out var compose);
        return new ValueSet(root.GetProperty("url").GetString()!, CodeSystem.Text(root, "version"), Parts(compose, "include"), Parts(compose, "exclude"));
    }

    private static ValueSetPart[] Parts(JsonElement compose, string side) =>
        compose.ValueKind == JsonValueKind.Object && compose.TryGetProperty(side, out var list) ? [.. list.EnumerateArray().Select(Part)] : [];

    private static ValueSetPart Part(JsonElement json)
    {
        Dictionary<string, string?>? codes = null;
        if (json.TryGetProperty("concept", out var concepts))
        {
            codes = new(StringComparer.Ordinal);
            foreach (var concept in concepts.EnumerateArray())
            {
                codes[concept.GetProperty("code").GetString()!] = CodeSystem.Text(concept, "display");
            }
        }

        return new ValueSetPart(
            CodeSystem.Text(json, "system"),
            codes,
            json.TryGetProperty("filter", out var filters)
                ? [.. filters.EnumerateArray().Select(f => new ValueSetFilter(CodeSystem.Text(f, "property") ?? "", CodeSystem.Text(f, "op") ?? "", CodeSystem.Text(f, "value") ?? ""))] : [],
            json.TryGetProperty("valueSet", out var sets) ? [.. sets.EnumerateArray().Select(s => s.GetString()!)] : []);
    }
}

/// <summary>One part of a value set: codes of a system (all, listed or filtered), and at the same time members of every named value set.</summary>
public sealed record ValueSetPart(string? System, IReadOnlyDictionary<string, string?>? Codes, IReadOnlyList<ValueSetFilter> Filters, IReadOnlyList<string> ValueSets);

/// <summary>A condition on the concepts of a system.</summary>
public sealed record ValueSetFilter(string Property, string Operator, string Value);
