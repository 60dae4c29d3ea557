using Fhir.Definitions;

namespace Fhir.Validation;

/// <summary>Turns the flat elements of a snapshot into a tree of nodes with slices.</summary>
internal static class ProfileCompiler
{
    /// <exception cref="FormatException">The profile constrains something that its type does not have.</exception>
    public static ProfileNode Compile(StructureDefinition profile)
    {
        var type = FhirTypes.Find(profile.Type) ?? throw new FormatException($"{profile.Url} constrains '{profile.Type}', a type that is not loaded.");
        var root = new ProfileNode(profile.Elements[0], null);
        root.Invariants = OwnInvariants(root, type.RootFacts, type);
        // The node (element or slice) that is open at each depth, and the type of its values.
        var open = new List<(ProfileNode Node, TypeDefinition? Type)> { (root, type) };
        foreach (var facts in profile.Elements.Skip(1))
        {
            var depth = facts.Path.Count(c => c == '.');
            if (depth > open.Count)
            {
                throw new FormatException($"{profile.Url} has {facts.Path} without the element above it.");
            }

            open.RemoveRange(depth, open.Count - depth);
            var (parent, parentType) = open[depth - 1];
            var name = facts.Path[(facts.Path.LastIndexOf('.') + 1)..];
            name = name.EndsWith("[x]", StringComparison.Ordinal) ? name[..^3] : name;
            var property = parentType?.Property(name);
            var node = new ProfileNode(facts, property);
            var valueType = ValueType(property, facts);
            node.Invariants = OwnInvariants(node, property?.Facts, valueType);
            Place(parent, node);
            open.Add((node, valueType));
        }

        root.Seal();
        return root;
    }

    private static void Place(ProfileNode parent, ProfileNode node)
    {
        if (node.Facts.SliceName is not { } slice || parent.Child(node.Name) is not { } sliced)
        {
            parent.Children.Add(node);
            return;
        }

        // "a/b" slices the slice "a" again.
        var at = sliced;
        var slash = slice.LastIndexOf('/');
        if (slash > 0 && Find(sliced, slice[..slash]) is { } outer)
        {
            at = outer;
        }

        at.Slices.Add(node);
    }

    private static ProfileNode? Find(ProfileNode node, string slice)
    {
        foreach (var candidate in node.Slices)
        {
            if (candidate.Facts.SliceName == slice)
            {
                return candidate;
            }

            if (Find(candidate, slice) is { } inner)
            {
                return inner;
            }
        }

        return null;
    }

    private static TypeDefinition? ValueType(PropertyDefinition? property, ElementFacts facts)
    {
        if (property is null)
        {
            return null;
        }

        if (!property.IsChoice)
        {
            return facts.Types.Count == 1 && property.HoldsResource ? FhirTypes.Find(facts.Types[0].Code) : property.TypeAt(0);
        }

        return facts.Types.Count == 1 ? FhirTypes.Find(facts.Types[0].Code) : null;
    }

    private static Invariant[] OwnInvariants(ProfileNode node, ElementFacts? based, TypeDefinition? type)
    {
        var known = new HashSet<string>(StringComparer.Ordinal) { "ele-1", "ext-1" };
        known.UnionWith(based?.Constraints.Select(c => c.Key) ?? []);
        for (var at = type; at is not null; at = at.BaseName is { } b ? FhirTypes.Find(b) : null)
        {
            known.UnionWith(at.IsInline ? [] : at.RootFacts.Constraints.Select(c => c.Key));
        }

        return Invariant.Of(node.Facts.Constraints, known.Contains);
    }
}
