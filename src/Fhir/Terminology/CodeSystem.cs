using System.Text.Json;

namespace Fhir.Terminology;

/// <summary>The codes of a code system with their displays and hierarchy.</summary>
public sealed class CodeSystem
{
    private readonly Dictionary<string, Concept> _concepts;

    private CodeSystem(string url, string? version, bool caseSensitive, bool isComplete, Dictionary<string, Concept> concepts)
    {
        Url = url;
        Version = version;
        IsComplete = isComplete;
        CaseSensitive = caseSensitive;
        _concepts = concepts;
    }

    /// <summary>Canonical address.</summary>
    public string Url { get; }

    /// <summary>Business version, or null.</summary>
    public string? Version { get; }

    /// <summary>Whether every code of the system is here, so that an absent code is a wrong one.</summary>
    public bool IsComplete { get; }

    /// <summary>Whether codes that differ only in case are different.</summary>
    public bool CaseSensitive { get; }

    /// <summary>All codes, parents before children.</summary>
    public IReadOnlyCollection<Concept> Concepts => _concepts.Values;

    /// <summary>A concept by code, or null.</summary>
    public Concept? Find(string code) => _concepts.GetValueOrDefault(code);

    /// <summary>Whether two codes mean the same, by the system's case sensitivity.</summary>
    public bool Same(string one, string other) => string.Equals(one, other, CaseSensitive ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether any code stands right below this one.</summary>
    public bool HasChildren(string code) => _concepts.Values.Any(c => c.Parents.Any(p => Same(p, code)));

    /// <summary>Whether <paramref name="code"/> is <paramref name="ancestor"/> or below it.</summary>
    public bool IsA(string code, string ancestor)
    {
        if (Same(code, ancestor))
        {
            return true;
        }

        var open = new Stack<string>([code]);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (open.TryPop(out var at))
        {
            foreach (var parent in Find(at)?.Parents ?? [])
            {
                if (Same(parent, ancestor))
                {
                    return true;
                }

                if (seen.Add(parent))
                {
                    open.Push(parent);
                }
            }
        }

        return false;
    }

    /// <summary>Reads the JSON form.</summary>
    /// <exception cref="JsonException">The bytes are not JSON.</exception>
    public static CodeSystem Read(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        var caseSensitive = !root.TryGetProperty("caseSensitive", out var flag) || flag.ValueKind != JsonValueKind.False;
        var concepts = new Dictionary<string, Concept>(caseSensitive ? StringComparer.Ordinal : StringComparer.OrdinalIgnoreCase);
        Add(root, null, concepts);
        return new CodeSystem(root.GetProperty("url").GetString()!, Text(root, "version"), caseSensitive, Text(root, "content") == "complete", concepts);
    }

    private static void Add(JsonElement owner, string? parent, Dictionary<string, Concept> concepts)
    {
        if (!owner.TryGetProperty("concept", out var list))
        {
            return;
        }

        foreach (var entry in list.EnumerateArray())
        {
            var code = Text(entry, "code");
            if (code is null)
            {
                continue;
            }

            var parents = new List<string>();
            if (parent is not null)
            {
                parents.Add(parent);
            }

            var selectable = true;
            var kept = new List<ConceptProperty>();
            if (entry.TryGetProperty("property", out var properties))
            {
                foreach (var property in properties.EnumerateArray())
                {
                    if (Text(property, "code") is "subsumedBy" or "parent" && Text(property, "valueCode") is { } above)
                    {
                        parents.Add(above);
                    }
                    else if (Text(property, "code") == "notSelectable" && property.TryGetProperty("valueBoolean", out var not))
                    {
                        selectable = not.ValueKind != JsonValueKind.True;
                    }
                    else if (Text(property, "code") is { } name && ConceptProperty.ValueOf(property) is { } value)
                    {
                        kept.Add(new ConceptProperty(name, value));
                    }
                }
            }

            concepts.TryAdd(code, new Concept(code, Text(entry, "display"), parents, selectable, kept.Count == 0 ? [] : kept));
            Add(entry, code, concepts);
        }
    }

    internal static string? Text(JsonElement owner, string name) => owner.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}

/// <summary>One concept of a code system.</summary>
/// <param name="IsSelectable">False for a code that only groups others.</param>
/// <param name="Properties">What else the system says of it.</param>
public sealed record Concept(string Code, string? Display, IReadOnlyList<string> Parents, bool IsSelectable, IReadOnlyList<ConceptProperty> Properties);

/// <summary>A property of a concept; the value as text (of a Coding its code).</summary>
public sealed record ConceptProperty(string Code, string Value)
{
    internal static string? ValueOf(JsonElement property)
    {
        foreach (var part in property.EnumerateObject())
        {
            if (part.Name.StartsWith("value", StringComparison.Ordinal))
            {
                return part.Value.ValueKind switch
                {
                    JsonValueKind.String => part.Value.GetString(),
                    JsonValueKind.Object => CodeSystem.Text(part.Value, "code"),
                    _ => part.Value.GetRawText(),
                };
            }
        }

        return null;
    }
}
