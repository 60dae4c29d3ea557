using System.Text.Json;

namespace Fhir.Definitions;

/// <summary>
/// The facts of a StructureDefinition (https://hl7.org/fhir/R4/structuredefinition.html): what it constrains and how. Prose is not kept.
/// </summary>
public sealed class StructureDefinition
{
    private const string ImposeProfile = "http://hl7.org/fhir/StructureDefinition/structuredefinition-imposeProfile";

    /// <summary>Canonical address, without version.</summary>
    public required string Url { get; init; }

    /// <summary>Business version, or null.</summary>
    public string? Version { get; init; }

    /// <summary>The type that is defined or constrained, such as "Patient" or "Extension".</summary>
    public required string Type { get; init; }

    /// <summary>primitive-type, complex-type, resource or logical.</summary>
    public required string Kind { get; init; }

    /// <summary>Whether instances may only conform to something derived from it.</summary>
    public bool Abstract { get; init; }

    /// <summary>Canonical address of the definition that this one starts from; null for Element and Resource.</summary>
    public string? BaseDefinition { get; init; }

    /// <summary>True for a profile (derivation "constraint"), false for a type of its own.</summary>
    public bool IsConstraint { get; init; }

    /// <summary>Where an extension may stand; empty for anything else.</summary>
    public IReadOnlyList<ExtensionContext> Contexts { get; init; } = [];

    /// <summary>FHIRPath expressions that must hold where an extension stands.</summary>
    public IReadOnlyList<string> ContextInvariants { get; init; } = [];

    /// <summary>Profiles that an instance of this one must satisfy too.</summary>
    public IReadOnlyList<string> Imposes { get; init; } = [];

    /// <summary>The elements of the snapshot, or of the differential where only that is given.</summary>
    public required IReadOnlyList<ElementFacts> Elements { get; init; }

    /// <summary>True where <see cref="Elements"/> is a differential.</summary>
    public bool IsDifferential { get; init; }

    /// <summary>Reads the JSON form of a StructureDefinition.</summary>
    /// <exception cref="JsonException">The bytes are not JSON.</exception>
    /// <exception cref="FormatException">A part without which nothing can be checked (url, type, kind, elements) is missing.</exception>
    public static StructureDefinition Read(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        var isDifferential = !root.TryGetProperty("snapshot", out var view);
        if (isDifferential && !root.TryGetProperty("differential", out view))
        {
            throw new FormatException("A StructureDefinition needs a snapshot or a differential.");
        }

        var elements = new List<ElementFacts>();
        foreach (var element in Array(view, "element"))
        {
            elements.Add(ElementFacts.Read(element));
        }

        return new StructureDefinition
        {
            Url = Required(root, "url"),
            Version = Text(root, "version"),
            Type = Required(root, "type"),
            Kind = Required(root, "kind"),
            Abstract = root.TryGetProperty("abstract", out var isAbstract) && isAbstract.ValueKind == JsonValueKind.True,
            BaseDefinition = Text(root, "baseDefinition"),
            IsConstraint = Text(root, "derivation") == "constraint",
            Contexts = Each(root, "context", c => new ExtensionContext(Required(c, "type"), Required(c, "expression"))),
            ContextInvariants = Each(root, "contextInvariant", c => c.GetString()!),
            Imposes = [.. Each(root, "extension", e => Text(e, "url") == ImposeProfile ? Required(e, "valueCanonical") : null).OfType<string>()],
            Elements = elements,
            IsDifferential = isDifferential,
        };
    }

    internal static IEnumerable<JsonElement> Array(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : [];

    /// <summary>What each item of a list is read as; none where there is no list.</summary>
    internal static T[] Each<T>(JsonElement owner, string name, Func<JsonElement, T> read)
    {
        if (!owner.TryGetProperty(name, out var list) || list.ValueKind != JsonValueKind.Array)
        {
            return [];
        }

        var all = new T[list.GetArrayLength()];
        var at = 0;
        foreach (var item in list.EnumerateArray())
        {
            all[at++] = read(item);
        }

        return all;
    }

    /// <summary>The first extension with this address; undefined where there is none.</summary>
    internal static JsonElement Extension(JsonElement owner, string url)
    {
        if (owner.TryGetProperty("extension", out var list) && list.ValueKind == JsonValueKind.Array)
        {
            foreach (var extension in list.EnumerateArray())
            {
                if (Text(extension, "url") == url)
                {
                    return extension;
                }
            }
        }

        return default;
    }

    internal static string? Text(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string Required(JsonElement owner, string name) =>
        Text(owner, name) ?? throw new FormatException($"A StructureDefinition needs '{name}'.");
}

/// <summary>Where an extension may stand.</summary>
/// <param name="Type">fhirpath, element or extension.</param>
/// <param name="Expression">An expression, an element path or type (perhaps "profile#id"), or an extension's address.</param>
public sealed record ExtensionContext(string Type, string Expression);
