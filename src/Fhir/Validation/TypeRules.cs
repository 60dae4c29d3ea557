using Fhir.Definitions;

namespace Fhir.Validation;

/// <summary>What the base specification demands of every value of a type, arranged for checking.</summary>
internal sealed class TypeRules
{
    private TypeRules(TypeDefinition type)
    {
        Properties = [.. type.Properties.Select(p => new PropertyRules(p))];
        Required = [.. Properties.Where(p => p.Min > 0)];
        // These are checked without FHIRPath: they concern nearly every element.
        Invariants = Invariant.Of(type.IsInline ? [] : type.RootFacts.Constraints, static key => key is "ele-1" or "ext-1" or "ref-1");
        IsReference = type is { IsInline: false, Name: "Reference" };
    }

    public PropertyRules[] Properties { get; }

    public PropertyRules[] Required { get; }

    public Invariant[] Invariants { get; }

    public bool IsReference { get; }

    public static TypeRules Of(TypeDefinition type) => (TypeRules)(type.Rules ??= new TypeRules(type));
}

/// <summary>What the base specification demands of one property.</summary>
internal sealed class PropertyRules
{
    public PropertyRules(PropertyDefinition property)
    {
        Property = property;
        Min = property.Facts.Min ?? 0;
        Max = property.Facts.Max ?? int.MaxValue;
        Binding = property.Facts.Binding is { ValueSet: not null, Strength: not "example" } binding ? binding : null;
        References = property.Facts.Types.Any(t => t.Code == "Reference" && t.TargetProfiles.Count > 0) ? property.Facts.Types : null;
        Profiles = property.Facts.Types.Any(t => t.Profiles.Count > 0) ? property.Facts.Types : null;
        // meta.profile has rules of its own.
        Canonicals = property.Path == "Meta.profile" ? null : CanonicalTargets.Of(property.Facts.Types);
        IsExtension = property.Name is "extension" or "modifierExtension";
        var own = property.TypeNames is [var name] && FhirTypes.Find(name) is { } type ? type.RootFacts.Constraints.Select(c => c.Key).ToHashSet() : [];
        Invariants = Invariant.Of(property.Facts.Constraints, key => own.Contains(key) || key is "ele-1" or "ext-1");
        FixedLength = property.Facts.MaxLength;
    }

    public PropertyDefinition Property { get; }

    public int Min { get; }

    public int Max { get; }

    public BindingFacts? Binding { get; }

    /// <summary>The element's types where one of them is a reference with stated targets.</summary>
    public IReadOnlyList<TypeFacts>? References { get; }

    /// <summary>The element's types where one of them names profiles.</summary>
    public IReadOnlyList<TypeFacts>? Profiles { get; }

    /// <summary>The resource types that a canonical address may name; null for any.</summary>
    public string[]? Canonicals { get; }

    public Invariant[] Invariants { get; }

    public int? FixedLength { get; }

    public bool IsExtension { get; }
}
