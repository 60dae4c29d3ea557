using Fhir.Definitions;
using Fhir.Model;

namespace Fhir.Validation;

internal sealed partial class ValidationRun
{
    /// <summary>Checks a value and everything below it by the base specification. Nested resources are checked as resources of their own.</summary>
    private void CheckByType(Element element, PropertyRules? property)
    {
        var rules = TypeRules.Of(element.Type);
        var children = element.ChildSpan;
        if (element.IsPrimitive)
        {
            CheckPrimitive(element, property);
        }
        else if (!element.IsResource && !HasContent(element))
        {
            Error("ele-1", element, "An element needs a value or children besides its id. Fill it or leave it out.");
        }

        for (var i = 0; i < children.Length;)
        {
            var child = children[i];
            var childRules = rules.Properties[child.Property!.Ordinal];
            var end = i + 1;
            while (end < children.Length && ReferenceEquals(children[end].Property, child.Property))
            {
                end++;
            }

            if (end - i > childRules.Max)
            {
                Report(IssueSeverity.Error, "cardinality", child, $"'{child.Name}' may be given at most {childRules.Max} time(s), but there are {end - i}. Remove the others.");
            }

            for (; i < end; i++)
            {
                CheckChild(children[i], childRules);
            }
        }

        foreach (var required in rules.Required)
        {
            if (element.Child(required.Property.Name) is null)
            {
                Report(IssueSeverity.Error, "cardinality", element, required.Property.Name, $"'{required.Property.Name}' is required in {element.Type.Path}. Add it.");
            }
        }

        if (rules.IsReference)
        {
            CheckContainedReference(element);
        }

        if (rules.Invariants.Length > 0)
        {
            CheckInvariants(rules.Invariants, element);
        }
    }

    private void CheckChild(Element child, PropertyRules rules)
    {
        if (child.IsResource)
        {
            CheckResource(child, [], ignoreDeclared: false);
            return;
        }

        CheckByType(child, rules);
        if (rules.Invariants.Length > 0)
        {
            CheckInvariants(rules.Invariants, child);
        }

        if (rules.Binding is not null)
        {
            CheckBinding(child, rules.Binding);
        }

        if (rules.References is not null && child.TypeName == "Reference")
        {
            CheckReference(child, rules.References, isProfile: false);
        }

        if (rules.Canonicals is not null)
        {
            CheckCanonical(child, rules.Canonicals);
        }

        if (rules.Profiles is not null)
        {
            CheckTypeProfiles(child, rules.Profiles);
        }

        if (rules.IsExtension)
        {
            CheckExtension(child);
        }
    }

    private void CheckPrimitive(Element element, PropertyRules? property)
    {
        if (element.Text is null)
        {
            if (!HasContent(element))
            {
                Error("ele-1", element, "A primitive needs a value or an extension that says why there is none.");
            }

            return;
        }

        if (property?.FixedLength is { } most && element.Text.Length > most)
        {
            Error("max-length", element, $"The text may have at most {most} characters; it has {element.Text.Length}. Shorten it.");
        }
        else if (element.Type.Primitive == PrimitiveKind.String && string.IsNullOrWhiteSpace(element.Text))
        {
            Report(IssueSeverity.Warning, "string-blank", element, "The text is only white space. Write something or leave it out.");
        }
    }

    private static bool HasContent(Element element)
    {
        foreach (var child in element.ChildSpan)
        {
            if (child.Name != "id")
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The value must satisfy one of the profiles that its type is given with.</summary>
    private void CheckTypeProfiles(Element element, IReadOnlyList<TypeFacts> types)
    {
        foreach (var type in types)
        {
            if (type.Profiles.Count == 0 || !(element.TypeName == type.Code || element.Type.Is(type.Code)))
            {
                continue;
            }

            if (type.Profiles is [var only] && _validator.Profile(only) is { } node)
            {
                if (element.Type.Is(TypeOf(only)))
                {
                    CheckValue(element, node);
                }
                else
                {
                    Error("type-profile", element, $"This must be a {TypeOf(only)} that satisfies {only}.");
                }

                return;
            }

            var answers = type.Profiles.Select(p => Conforms(element, p)).ToArray();
            if (!answers.Contains(true) && !answers.Contains(null))
            {
                Error("type-profile", element, $"The value satisfies none of the profiles it must: {string.Join(", ", type.Profiles)}.");
            }

            return;
        }
    }
}
