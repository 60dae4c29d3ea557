using Fhir.Definitions;
using Fhir.Model;

namespace Fhir.Validation;

internal sealed partial class ValidationRun
{
    /// <summary>Checks a value by what a profile says of it and of everything below it.</summary>
    private void CheckValue(Element element, ProfileNode node)
    {
        if (node.AllowedTypes is not null && !node.AllowedTypes.Contains(element.TypeName))
        {
            Error("type", element, $"Here '{node.Name}' must be {string.Join(" or ", node.AllowedTypes)}, not {element.TypeName}.");
            return;
        }

        if (node.Fixed is not null && !ValueMatch.Same(node.Fixed, element))
        {
            Error("fixed", element, $"The value must be exactly {ValueMatch.Show(node.Fixed)}.");
        }

        if (node.Pattern is not null && !ValueMatch.Contains(node.Pattern, element))
        {
            Error("pattern", element, $"The value must contain {ValueMatch.Show(node.Pattern)}.");
        }

        if (node.MaxLength is { } most && element.Text?.Length > most)
        {
            Error("max-length", element, $"The text may have at most {most} characters; it has {element.Text.Length}. Shorten it.");
        }

        if (node.HasRange)
        {
            CheckRange(element, node.Facts);
        }

        if (node.Binding is not null)
        {
            CheckBinding(element, node.Binding);
        }

        if (node.References is not null && element.TypeName == "Reference")
        {
            CheckReference(element, node.References, isProfile: true);
        }

        if (node.Canonicals is not null)
        {
            CheckCanonical(element, node.Canonicals);
        }

        if (node.Profiles is not null)
        {
            CheckTypeProfiles(element, node.Profiles);
        }

        if (node.Invariants.Length > 0)
        {
            CheckInvariants(node.Invariants, element);
        }

        foreach (var child in node.Checked)
        {
            CheckProperty(element, child);
        }
    }

    private void CheckProperty(Element parent, ProfileNode node)
    {
        if (parent.Type.Property(node.Name) is null)
        {
            return;
        }

        var values = parent.ChildrenNamed(node.Name);
        if (node.ChecksCount)
        {
            CheckCount(parent, node, values.Count, values.Count > 0 ? values[0] : null);
        }

        if (node.ChecksValue)
        {
            foreach (var value in values)
            {
                CheckValue(value, node);
            }
        }

        if (node.Slicing is not null)
        {
            CheckSlices(parent, node, values);
        }
    }

    private void CheckCount(Element parent, ProfileNode node, int count, Element? first)
    {
        if (count >= node.Min && count <= node.Max)
        {
            return;
        }

        var what = node.Facts.SliceName is { } slice ? $"'{node.Name}' in slice '{slice}'" : $"'{node.Name}'";
        if (count < node.Min)
        {
            var told = node.Facts.SliceName is not null && Discriminating(node) is { } how ? $" (told by {how})" : "";
            Report(IssueSeverity.Error, "cardinality", parent, node.Facts.SliceName is { } s ? $"{node.Name}:{s}" : node.Name,
                $"{what}{told} is required at least {node.Min} time(s), but there are {count}. Add it.");
        }
        else
        {
            Error("cardinality", first ?? parent, node.Max == 0
                ? $"{what} may not be given here. Remove it." : $"{what} may be given at most {node.Max} time(s), but there are {count}. Remove the others.");
        }
    }

    private static string? Discriminating(ProfileNode slice)
    {
        var texts = slice.Children.Where(c => c.Fixed is not null || c.Pattern is not null)
            .Select(c => $"{c.Name} = {ValueMatch.Show((c.Fixed ?? c.Pattern)!)}").ToArray();
        return texts.Length == 0 ? null : string.Join(", ", texts);
    }

    private void CheckRange(Element element, ElementFacts facts)
    {
        if (facts.MinValue is { } least && RangeComparison.Compare(element, ValueMatch.Build(least)) < 0)
        {
            Error("min-value", element, $"The value must be at least {ValueMatch.Show(ValueMatch.Build(least))}.");
        }

        if (facts.MaxValue is { } most && RangeComparison.Compare(element, ValueMatch.Build(most)) > 0)
        {
            Error("max-value", element, $"The value must be at most {ValueMatch.Show(ValueMatch.Build(most))}.");
        }
    }
}
