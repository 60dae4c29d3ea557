using System.Text;
using Fhir.Definitions;
using Fhir.Json;
using Fhir.Model;

namespace Fhir.Validation;

/// <summary>Compares values with fixed and pattern values (https://hl7.org/fhir/R4/elementdefinition.html#interpretation).</summary>
internal static class ValueMatch
{
    /// <summary>Builds the demanded value of a definition.</summary>
    /// <exception cref="FormatException">The definition's value is not of its type.</exception>
    public static Element Build(ValueFacts facts)
    {
        var result = FhirJson.ReadValue(Encoding.UTF8.GetBytes(facts.Json), facts.Type);
        return result is { Root: { } root, Issues.Count: 0 } ? root : throw new FormatException($"A definition demands a {facts.Type} that is none: {result.Issues[0].Message}");
    }

    /// <summary>Whether two values are the same in every part.</summary>
    public static bool Same(Element demanded, Element given)
    {
        if (demanded.Text != given.Text || demanded.ChildSpan.Length != given.ChildSpan.Length)
        {
            return false;
        }

        foreach (var child in demanded.ChildSpan)
        {
            var others = given.ChildrenNamed(child.Name);
            if (child.Index >= others.Count || !Same(child, others[child.Index]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether the given value has every part of the pattern; in lists, in any position.</summary>
    public static bool Contains(Element pattern, Element given)
    {
        if (pattern.Text is not null && pattern.Text != given.Text)
        {
            return false;
        }

        foreach (var child in pattern.ChildSpan)
        {
            var found = false;
            foreach (var other in given.ChildrenNamed(child.Name))
            {
                if (Contains(child, other))
                {
                    found = true;
                    break;
                }
            }

            if (!found)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The value as it may stand in a message.</summary>
    public static string Show(Element value) => value.IsPrimitive ? $"'{value.Text}'" : FhirJson.WriteText(value);
}
