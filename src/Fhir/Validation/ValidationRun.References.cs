using Fhir.Definitions;
using Fhir.Model;

namespace Fhir.Validation;

internal sealed partial class ValidationRun
{
    /// <summary>The resource that a Reference element points to, as far as it can be reached, or null.</summary>
    internal Element? Target(Element reference) => reference.Child("reference")?.Text is { } text ? _references.Find(text, reference) : null;

    private void CheckContainedReference(Element element)
    {
        if (element.Child("reference")?.Text is ['#', _, ..] text && element.RootResource.Contained(text[1..]) is null)
        {
            Error("ref-1", element, $"'{text}' refers to a contained resource that is not there. Contain it, or correct the reference.");
        }
    }

    private void CheckReference(Element element, IReadOnlyList<TypeFacts> types, bool isProfile)
    {
        var text = element.Child("reference")?.Text;
        var named = element.Child("type")?.Text;
        var target = text is null ? null : _references.Find(text, element);
        var urlType = text is null ? null : ReferenceTarget.Parse(text).Type;
        var type = target?.TypeName ?? urlType ?? named;
        if (!isProfile && named is not null && (target?.TypeName ?? urlType) is { } actual && named != actual && FhirTypes.IsResource(named))
        {
            Error("reference-type", element, $"The reference leads to a {actual}, but its type says {named}. Make them agree.");
        }

        foreach (var allowed in types)
        {
            if (allowed.Code != "Reference")
            {
                continue;
            }

            if (allowed.Aggregation.Count > 0 && text is not null && !allowed.Aggregation.Contains(HowReached(text, element)))
            {
                Error("reference-aggregation", element, $"The target must be {string.Join(" or ", allowed.Aggregation)}; this one is {HowReached(text, element)}.");
                return;
            }

            if (allowed.Versioning == "specific" && text is not null && !text.StartsWith('#') && ReferenceTarget.Parse(text).Version is null)
            {
                Error("reference-versioning", element, "The reference must name a version: add /_history/ and the version.");
            }

            if (type is not null && allowed.TargetProfiles.Count > 0 && !AllowsTarget(allowed.TargetProfiles, type, target))
            {
                Error("reference-target", element, target is not null && TypesOf(allowed.TargetProfiles).Any(t => FhirTypes.Find(type)?.Is(t) == true)
                    ? $"The {type} that this leads to satisfies none of: {string.Join(", ", allowed.TargetProfiles)}. Correct it, or refer to another."
                    : $"The reference may lead to {string.Join(" or ", TypesOf(allowed.TargetProfiles).Distinct())}, not to a {type}.");
            }
        }
    }

    private void CheckCanonical(Element element, string[] allowed)
    {
        if (element.TypeName != "canonical" || element.Text is not { } text)
        {
            return;
        }

        if (text.StartsWith('#'))
        {
            if (element.RootResource.Contained(text[1..]) is not { } contained)
            {
                Error("canonical-target", element, $"'{text}' names a contained resource that is not there. Contain it, or correct the address.");
            }
            else if (!allowed.Contains(contained.TypeName))
            {
                Error("canonical-target", element, $"The address may name {string.Join(" or ", allowed)}, not a {contained.TypeName}.");
            }

            return;
        }

        var kinds = CanonicalTargets.KindsOf(text, _validator.Library).ToArray();
        if (kinds.Length > 0 && !kinds.Intersect(allowed).Any())
        {
            Error("canonical-target", element, $"The address may name {string.Join(" or ", allowed)}, not a {kinds[0]}.");
        }
    }

    private bool AllowsTarget(IReadOnlyList<string> profiles, string type, Element? target)
    {
        foreach (var profile in profiles)
        {
            var structure = _validator.Load(profile).Structure;
            if (structure is null)
            {
                // A type without a loaded definition is known by its name; a profile that is not loaded might allow anything.
                if (!profile.StartsWith(CoreRoot, StringComparison.Ordinal) || profile[CoreRoot.Length..] == type)
                {
                    return true;
                }

                continue;
            }

            if (type != structure.Type && FhirTypes.Find(type)?.Is(structure.Type) != true && !(structure.Type is "Resource" && FhirTypes.IsResource(type)))
            {
                continue;
            }

            if (target is null || !structure.IsConstraint || Conforms(target, profile) != false)
            {
                return true;
            }
        }

        return false;
    }

    private IEnumerable<string> TypesOf(IReadOnlyList<string> profiles) =>
        profiles.Select(p => _validator.Load(p).Structure?.Type ?? p[(p.LastIndexOf('/') + 1)..]);

    private string HowReached(string reference, Element from) =>
        reference.StartsWith('#') ? "contained" : _references.InBundles(reference, from) is not null ? "bundled" : "referenced";
}
