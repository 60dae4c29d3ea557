using System.Text.Json;

namespace Fhir.Terminology;

/// <summary>A value set's definition: what it takes in and what it leaves out.</summary>
public sealed record ValueSet(string Url, string? Version, IReadOnlyList<ValueSetPart> Includes, IReadOnlyList<ValueSetPart> Excludes)
{
    /// <summary>Whether the set says what it holds, by a definition or an expansion; otherwise nothing can be told of it.</summary>
    public bool IsDefined { get; init; } = true;

    /// <summary>Reads the JSON form.</summary>
    /// <exception cref="JsonException">The bytes are not JSON.</exception>
    public static ValueSet Read(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        var url = root.GetProperty("url").GetString()!;
        var version = CodeSystem.Text(root, "version");
        if (root.TryGetProperty("compose", out var compose))
        {
            return new ValueSet(url, version, Parts(compose, "include"), Parts(compose, "exclude"));
        }

        return root.TryGetProperty("expansion", out var expansion) ? new ValueSet(url, version, Expanded(expansion), []) : new ValueSet(url, version, [], []) { IsDefined = false };
    }

    // A set that comes with its expansion only: the codes that stand there.
    private static ValueSetPart[] Expanded(JsonElement expansion)
    {
        var codes = new Dictionary<string, Dictionary<string, string?>>(StringComparer.Ordinal);
        var open = new Stack<JsonElement>([expansion]);
        while (open.TryPop(out var at))
        {
            if (CodeSystem.Text(at, "system") is { } system && CodeSystem.Text(at, "code") is { } code)
            {
                if (!codes.TryGetValue(system, out var known))
                {
                    codes[system] = known = new(StringComparer.Ordinal);
                }

                known[code] = CodeSystem.Text(at, "display");
            }

            foreach (var inner in at.TryGetProperty("contains", out var contains) ? contains.EnumerateArray().Reverse() : [])
            {
                open.Push(inner);
            }
        }

        return [.. codes.Select(c => new ValueSetPart(c.Key, c.Value, [], []))];
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
            json.TryGetProperty("valueSet", out var sets) ? [.. sets.EnumerateArray().Select(s => s.GetString()!)] : [])
        {
            Version = CodeSystem.Text(json, "version"),
        };
    }
}

/// <summary>One part of a value set: codes of a system (all, listed or filtered), and at the same time members of every named value set.</summary>
public sealed record ValueSetPart(string? System, IReadOnlyDictionary<string, string?>? Codes, IReadOnlyList<ValueSetFilter> Filters, IReadOnlyList<string> ValueSets)
{
    /// <summary>Version of the system that the codes are taken from; null for whichever is held.</summary>
    public string? Version { get; init; }

    /// <summary>The system's canonical address, with the version where one is named.</summary>
    public string? SystemCanonical => Version is null ? System : $"{System}|{Version}";
}

/// <summary>A condition on the concepts of a system.</summary>
public sealed record ValueSetFilter(string Property, string Operator, string Value);

/// <summary>One code of an expanded value set.</summary>
public sealed record ValueSetMember(string System, string Code, string? Display);

/// <summary>What can be said of a code.</summary>
/// <param name="Result">Null where it cannot be told here.</param>
/// <param name="Message">Why the result is not true; null where it is.</param>
/// <param name="Display">The display that the system recommends, where it is known.</param>
public sealed record CodeVerdict(bool? Result, string? Message, string? Display);
