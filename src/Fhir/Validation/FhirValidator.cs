using System.Collections.Concurrent;
using System.Text.Json;
using Fhir.Definitions;
using Fhir.Json;
using Fhir.Model;
using Fhir.Xml;

namespace Fhir.Validation;

/// <summary>
/// Checks resources against R4, against the profiles that they claim, and against those that the caller names. Compiled rules are kept; safe for concurrent use.
/// </summary>
public sealed class FhirValidator(DefinitionLibrary library)
{
    private readonly ConcurrentDictionary<string, Loaded> _profiles = new(StringComparer.Ordinal);

    /// <summary>A validator with R4, the Finnish base and our own profiles.</summary>
    public static FhirValidator Default { get; } = new(DefinitionLibrary.Default);

    /// <summary>The definitions in use.</summary>
    public DefinitionLibrary Library { get; } = library;

    /// <summary>Validates one resource (a Bundle with all it holds) given as UTF-8 JSON. Never throws for bad input: faults of form are issues too, and where there are any, only they are reported.</summary>
    /// <param name="json">The resource.</param>
    /// <param name="profile">Canonical address of a profile that it must satisfy besides those in its meta.profile; null for none.</param>
    /// <param name="options">Further wishes; null for the usual.</param>
    /// <returns>Issues in the order found. The resource is valid when none is an error.</returns>
    public IReadOnlyList<ValidationIssue> Validate(ReadOnlySpan<byte> json, string? profile = null, ValidationOptions? options = null)
    {
        var read = FhirJson.Read(json);
        if (read.Root is null || read.Issues.Count > 0)
        {
            return read.Issues;
        }

        var run = new ValidationRun(this, options ?? ValidationOptions.Usual);
        run.Root(read.Root, profile);
        return run.Issues(json);
    }

    /// <summary>Validates one resource given as JSON or XML, told apart by its first character; otherwise as <see cref="Validate(ReadOnlySpan{byte}, string?, ValidationOptions?)"/>.</summary>
    public IReadOnlyList<ValidationIssue> ValidateText(ReadOnlyMemory<byte> text, string? profile = null, ValidationOptions? options = null)
    {
        if (!FhirXml.IsXml(text.Span))
        {
            return Validate(text.Span, profile, options);
        }

        var read = FhirXml.Read(text);
        if (read.Root is null || read.Issues.Count > 0)
        {
            return read.Issues;
        }

        var run = new ValidationRun(this, options ?? ValidationOptions.Usual);
        run.Root(read.Root, profile);
        return run.Issues(text.Span);
    }

    /// <summary>Validates a resource that was read already. Lines and columns are 0.</summary>
    public IReadOnlyList<ValidationIssue> Validate(Element resource, string? profile = null, ValidationOptions? options = null)
    {
        var run = new ValidationRun(this, options ?? ValidationOptions.Usual);
        run.Root(resource, profile);
        return run.Issues(default);
    }

    /// <summary>Whether a resource or value satisfies a profile, for FHIRPath's conformsTo(); null where the profile is not known.</summary>
    public bool? Conforms(Element element, string profile) => new ValidationRun(this, ValidationOptions.Usual).Conforms(element, profile);

    /// <summary>The compiled profile; null where none is known by that address, or where it cannot be used.</summary>
    internal ProfileNode? Profile(string canonical) => Load(canonical).Node;

    /// <summary>The compiled profile with its definition, and why it cannot be used where that is so.</summary>
    internal Loaded Load(string canonical)
    {
        if (_profiles.TryGetValue(canonical, out var known))
        {
            return known;
        }

        // What is not found is not remembered: addresses come from whoever sends resources.
        var loaded = Compile(canonical);
        return loaded == Loaded.Nothing ? loaded : _profiles.GetOrAdd(canonical, loaded);
    }

    private Loaded Compile(string canonical)
    {
        try
        {
            return Library.FindStructure(canonical) is not { } structure ? Loaded.Nothing
                : new Loaded(structure, FhirTypes.Find(structure.Type) is null ? null : ProfileCompiler.Compile(structure), null);
        }
        catch (Exception e) when (e is FormatException or JsonException or InvalidOperationException or ArgumentException)
        {
            return new Loaded(null, null, e.Message);
        }
    }

    /// <summary>What stands behind a canonical address.</summary>
    internal sealed record Loaded(StructureDefinition? Structure, ProfileNode? Node, string? Fault)
    {
        public static Loaded Nothing { get; } = new(null, null, null);
    }
}

/// <summary>Wishes for one validation.</summary>
public sealed record ValidationOptions
{
    internal static ValidationOptions Usual { get; } = new();

    /// <summary>Finds the resource that a reference points to outside the one that is validated; null (or a null answer) leaves it at the type that the reference names.</summary>
    public Func<string, Element?>? Resolve { get; init; }

    /// <summary>Profiles that the resource must satisfy besides the one named in the call and those in meta.profile.</summary>
    public IReadOnlyList<string> Profiles { get; init; } = [];

    /// <summary>Leaves the profiles in meta.profile of the outermost resource unchecked.</summary>
    public bool IgnoreDeclaredProfiles { get; init; }

    /// <summary>Whether profiles that a profile imposes (structuredefinition-imposeProfile) are checked too.</summary>
    public bool Impose { get; init; } = true;
}
