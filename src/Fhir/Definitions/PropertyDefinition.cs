namespace Fhir.Definitions;

/// <summary>One named child of a type, such as "birthDate" of Patient or the choice "value" of Observation.</summary>
public sealed class PropertyDefinition
{
    private readonly string? _contentReference;
    private readonly TypeDefinition?[] _choices;
    private TypeDefinition? _content;

    internal PropertyDefinition(ElementFacts facts, int ordinal, TypeDefinition owner, TypeDefinition? content)
    {
        Facts = facts;
        Ordinal = ordinal;
        Owner = owner;
        _content = content;
        _contentReference = facts.ContentReference;
        var name = facts.Path[(facts.Path.LastIndexOf('.') + 1)..];
        IsChoice = name.EndsWith("[x]", StringComparison.Ordinal);
        Name = string.Intern(IsChoice ? name[..^3] : name);
        IsResourceId = owner.IsResource && Name == "id";
        var types = IsResourceId ? ["id"] : facts.Types.Select(t => string.Intern(t.Code)).ToArray();
        TypeNames = types.Length > 0 || _contentReference is null ? types : [];
        _choices = new TypeDefinition?[types.Length];
        JsonNames = IsChoice ? [.. types.Select(t => string.Intern(Name + char.ToUpperInvariant(t[0]) + t[1..]))] : [Name];
        IsArray = (facts.Max ?? 1) > 1;
        HoldsResource = types.Length == 1 && types[0] is "Resource" or "DomainResource";
    }

    /// <summary>The name in FHIRPath: for a choice the part before "[x]".</summary>
    public string Name { get; }

    /// <summary>Names in JSON: one, or for a choice one for each of <see cref="TypeNames"/>.</summary>
    public IReadOnlyList<string> JsonNames { get; }

    /// <summary>Allowed type names; empty where the content repeats another element's.</summary>
    public IReadOnlyList<string> TypeNames { get; }

    /// <summary>Whether the name carries the type ("value[x]").</summary>
    public bool IsChoice { get; }

    /// <summary>Whether JSON writes an array, whatever the number of values.</summary>
    public bool IsArray { get; }

    /// <summary>Position among the properties of <see cref="Owner"/>, in the order of the definition (and of XML).</summary>
    public int Ordinal { get; }

    /// <summary>The type that has this property.</summary>
    public TypeDefinition Owner { get; }

    /// <summary>Everything that the base specification states about the element.</summary>
    public ElementFacts Facts { get; }

    /// <summary>Path in the base specification, such as "Observation.component.value[x]".</summary>
    public string Path => Facts.Path;

    /// <summary>Whether the value is a whole resource (contained, Bundle.entry.resource, Parameters.parameter.resource).</summary>
    public bool HoldsResource { get; }

    internal bool IsResourceId { get; }

    /// <summary>The type of the value where JSON name number <paramref name="index"/> is used: an inline type, the type that a content reference names, or a type of the specification.</summary>
    public TypeDefinition TypeAt(int index)
    {
        if (_content is null)
        {
            if (_contentReference is not null)
            {
                _content = Owner.Root.Inline(_contentReference);
            }
            else if (TypeNames.Count == 1)
            {
                _content = FhirTypes.Get(TypeNames[0]);
            }
            else
            {
                return _choices[index] ??= FhirTypes.Get(TypeNames[index]);
            }
        }

        return _content;
    }

    /// <inheritdoc />
    public override string ToString() => Path;
}
