using Fhir.Definitions;
using Fhir.Model;

namespace Fhir.Validation;

/// <summary>One element (or slice) of a profile with what it demands beyond the base specification.</summary>
internal sealed class ProfileNode
{
    public ProfileNode(ElementFacts facts, PropertyDefinition? property)
    {
        Facts = facts;
        Property = property;
        var name = facts.Path[(facts.Path.LastIndexOf('.') + 1)..];
        Name = string.Intern(name.EndsWith("[x]", StringComparison.Ordinal) ? name[..^3] : name);
        Min = facts.Min ?? 0;
        Max = facts.Max ?? int.MaxValue;
        var based = property?.Facts;
        var isSlice = facts.SliceName is not null;
        ChecksCount = Min > 0 && (isSlice || Min > (based?.Min ?? 0)) || Max < int.MaxValue && (isSlice || Max < (based?.Max ?? int.MaxValue));
        Fixed = facts.Fixed is null ? null : ValueMatch.Build(facts.Fixed);
        Pattern = facts.Pattern is null ? null : ValueMatch.Build(facts.Pattern);
        MaxLength = facts.MaxLength is { } length && length != based?.MaxLength ? length : null;
        Binding = facts.Binding is { ValueSet: not null, Strength: not "example" } binding && !SameBinding(binding, based?.Binding) ? binding : null;
        var hasBase = based is { Types.Count: > 0 };
        AllowedTypes = hasBase && facts.Types.Count > 0 && facts.Types.Count < based!.Types.Count ? [.. facts.Types.Select(t => t.Code)] : null;
        References = facts.Types.Any(t => t.Code is "Reference" && (t.TargetProfiles.Count > 0 || t.Aggregation.Count > 0 || t.Versioning is not null)) && !SameTargets(facts.Types, based?.Types) ? facts.Types : null;
        Profiles = facts.Types.Any(t => t.Code != "Extension" && t.Profiles.Count > 0) && !SameProfiles(facts.Types, based?.Types) ? facts.Types : null;
        Canonicals = CanonicalTargets.Of(facts.Types) is { } targets && CanonicalTargets.Of(based?.Types ?? [])?.SequenceEqual(targets) != true ? targets : null;
        HasRange = facts.MinValue is not null || facts.MaxValue is not null;
    }

    public ElementFacts Facts { get; }

    public PropertyDefinition? Property { get; }

    public string Name { get; }

    public int Min { get; }

    public int Max { get; }

    public bool ChecksCount { get; }

    public Element? Fixed { get; }

    public Element? Pattern { get; }

    public int? MaxLength { get; }

    public bool HasRange { get; }

    public BindingFacts? Binding { get; }

    public string[]? AllowedTypes { get; }

    public IReadOnlyList<TypeFacts>? References { get; }

    public IReadOnlyList<TypeFacts>? Profiles { get; }

    /// <summary>The resource types that a canonical address may name; null for any.</summary>
    public string[]? Canonicals { get; }

    public Invariant[] Invariants { get; set; } = [];

    /// <summary>Every child that the profile mentions, in order.</summary>
    public List<ProfileNode> Children { get; } = [];

    /// <summary>The slices of this element (or of this slice, when it is sliced again).</summary>
    public List<ProfileNode> Slices { get; } = [];

    /// <summary>How <see cref="Slices"/> are told apart; null where there are none or nothing tells them apart.</summary>
    public SlicingFacts? Slicing => Facts.Slicing;

    /// <summary>The children below which anything is checked.</summary>
    public ProfileNode[] Checked { get; private set; } = [];

    /// <summary>Whether a value of this element must be looked at.</summary>
    public bool ChecksValue { get; private set; }

    /// <summary>Whether the element, its number or its slices must be looked at.</summary>
    public bool ChecksAnything { get; private set; }

    public ProfileNode? Child(string name)
    {
        foreach (var child in Children)
        {
            if (child.Name == name)
            {
                return child;
            }
        }

        return null;
    }

    /// <summary>Whether the element itself (not its children) says which values it takes.</summary>
    public bool StatesValue => Fixed is not null || Pattern is not null || Facts.Binding is { Strength: "required" };

    /// <summary>Whether the element or anything below it says which values it takes.</summary>
    public bool StatesValueBelow => StatesValue || Children.Exists(c => c.StatesValueBelow || c.Slices.Exists(s => s.Min > 0)) || Profiles is not null;

    /// <summary>Called once the tree below is complete.</summary>
    public void Seal()
    {
        foreach (var node in Children.Concat(Slices))
        {
            node.Seal();
        }

        Checked = [.. Children.Where(c => c.ChecksAnything)];
        ChecksValue = Fixed is not null || Pattern is not null || MaxLength is not null || HasRange || Binding is not null || AllowedTypes is not null || References is not null
            || Profiles is not null || Canonicals is not null || Invariants.Length > 0 || Checked.Length > 0;
        ChecksAnything = ChecksCount || ChecksValue || (Slicing is not null && (Slices.Exists(s => s.ChecksAnything) || Slicing.Rules != "open"));
    }

    private static bool SameBinding(BindingFacts one, BindingFacts? other) =>
        other is { ValueSet: not null } && one.Strength == other.Strength && one.MaxValueSet == other.MaxValueSet
        && DefinitionLibrary.WithoutVersion(one.ValueSet!) == DefinitionLibrary.WithoutVersion(other.ValueSet);

    private static bool SameTargets(IReadOnlyList<TypeFacts> one, IReadOnlyList<TypeFacts>? other) =>
        other is not null && one.Where(t => t.Code == "Reference").All(t => t.Aggregation.Count == 0 && t.Versioning is null
            && other.FirstOrDefault(o => o.Code == t.Code) is { } match && match.TargetProfiles.SequenceEqual(t.TargetProfiles));

    private static bool SameProfiles(IReadOnlyList<TypeFacts> one, IReadOnlyList<TypeFacts>? other) =>
        other is not null && one.All(t => other.FirstOrDefault(o => o.Code == t.Code) is { } match && match.Profiles.SequenceEqual(t.Profiles));
}
