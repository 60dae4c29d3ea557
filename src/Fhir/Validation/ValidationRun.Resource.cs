using Fhir.Definitions;
using Fhir.FhirPath;
using Fhir.FhirPath.Values;
using Fhir.Model;

namespace Fhir.Validation;

internal sealed partial class ValidationRun
{
    /// <summary>Checks a resource: first by its type, then by every profile that it must satisfy.</summary>
    private void CheckResource(Element resource, IReadOnlyList<string> named, bool ignoreDeclared)
    {
        var outer = _environment;
        _environment = EnvironmentFor(resource);
        var claimed = _claims.Count;
        var profiles = ProfilesOf(resource, [.. named, .. CapabilityProfiles(resource)], ignoreDeclared);
        foreach (var (url, _) in profiles)
        {
            _claims.Add((url, resource));
        }

        CheckByType(resource, null);
        CheckResourceRules(resource);
        foreach (var (_, node) in profiles)
        {
            CheckValue(resource, node);
        }

        _claims.RemoveRange(claimed, _claims.Count - claimed);
        _environment = outer;
    }

    private List<(string Url, ProfileNode Node)> ProfilesOf(Element resource, IReadOnlyList<string> named, bool ignoreDeclared)
    {
        var found = new List<(string, ProfileNode)>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var url in named)
        {
            AddProfile(resource, resource, url, required: true, found, seen);
        }

        if (!ignoreDeclared && resource.Child("meta") is { } meta)
        {
            foreach (var declared in meta.ChildrenNamed("profile"))
            {
                if (declared.Text is { } url)
                {
                    AddProfile(resource, declared, url, required: false, found, seen);
                }
            }
        }

        return found;
    }

    private void AddProfile(Element resource, Element at, string canonical, bool required, List<(string, ProfileNode)> found, HashSet<string> seen)
    {
        if (!seen.Add(canonical))
        {
            return;
        }

        var url = DefinitionLibrary.WithoutVersion(canonical);
        var (structure, node, fault) = _validator.Load(canonical);
        if (structure is null || node is null)
        {
            Report(required ? IssueSeverity.Error : IssueSeverity.Warning, fault is null ? "profile-unknown" : "profile-unusable", at, fault is null
                ? $"The profile {url} is not known here, so nothing was checked against it. Load its package, or remove the claim."
                : $"The profile {url} cannot be used, so nothing was checked against it: {fault} Correct the profile or load what it needs.");
            return;
        }

        if (url.Length < canonical.Length && structure.Version is { } held && canonical[(url.Length + 1)..] != held)
        {
            Report(IssueSeverity.Warning, "profile-version", at, $"{canonical} was checked against version {held}, which is the one held here. Load the other version's package, or change the claim.");
        }

        if (!resource.Type.Is(structure.Type))
        {
            Error("profile-type", at, $"The profile {url} is for {structure.Type}, but this is a {resource.TypeName}. Name a profile of {resource.TypeName}.");
            return;
        }

        // The definition of a type itself adds nothing to the check by type.
        if (structure.IsConstraint)
        {
            found.Add((url, node));
        }

        foreach (var imposed in _options.Impose ? structure.Imposes : [])
        {
            AddProfile(resource, at, imposed, required: false, found, seen);
        }
    }

    private FhirPathEnvironment EnvironmentFor(Element resource, IReadOnlyDictionary<string, IReadOnlyList<PathValue>>? variables = null) => new()
    {
        Variables = variables,
        Resource = resource,
        RootResource = resource.RootResource,
        Resolve = reference => _references.Find(reference, resource),
        MemberOf = MemberOf,
        ConformsTo = (element, profile) => Conforms(element, profile),
    };

    private bool? MemberOf(PathValue value, string valueSet) =>
        value.Kind == PathKind.Element ? CodesOf(value.AsElement).Select(c => InSet(valueSet, c.System, c.Code)).DefaultIfEmpty(false).Aggregate((a, b) => a == true || b == true ? true : a is null || b is null ? null : false)
        : value.Kind == PathKind.String ? InSet(valueSet, null, value.AsString) : null;

    // Rules of the specification that no StructureDefinition states.
    private void CheckResourceRules(Element resource)
    {
        var contained = resource.ChildrenNamed("contained");
        for (var i = 0; i < contained.Count; i++)
        {
            var id = contained[i].Child("id")?.Text;
            if (id is null)
            {
                Error("contained-id", contained[i], "A contained resource needs an id, so that it can be referred to as '#id'.");
            }

            for (var j = 0; j < i && id is not null; j++)
            {
                if (contained[j].Child("id")?.Text == id)
                {
                    Error("contained-id", contained[i], $"Two contained resources have the id '{id}'. Give each its own.");
                }
            }
        }

        if (resource.TypeName == "Bundle")
        {
            CheckBundle(resource);
        }
    }

    private void CheckBundle(Element bundle)
    {
        foreach (var entry in bundle.ChildrenNamed("entry"))
        {
            if (entry.Child("fullUrl") is { Text: { } url } fullUrl && entry.Child("resource") is { } resource && resource.Child("id")?.Text is { } id
                && ReferenceTarget.Parse(url) is { Type: { } type, Id: { } urlId } && (type != resource.TypeName || urlId != id))
            {
                Error("bundle-fullurl", fullUrl, $"fullUrl ends in {type}/{urlId}, but the entry holds {resource.TypeName}/{id}. Make them agree.");
            }
        }

        if (bundle.Child("type")?.Text == "document" && bundle.Child("entry")?.Child("resource") is { TypeName: "Composition" } composition)
        {
            CheckDocument(composition);
        }
    }

    // "The document bundle SHALL include … the following resources … referenced from the Composition" (R4, documents.html#content).
    private static readonly string[] Included =
    [
        "Composition.subject", "Composition.encounter", "Composition.author", "Composition.attester.party", "Composition.custodian", "Composition.event.detail",
        "Composition.section.author", "Composition.section.focus", "Composition.section.entry",
    ];

    private void CheckDocument(Element composition)
    {
        foreach (var reference in composition.SelfAndDescendants().Where(e => e.TypeName == "Reference" && Included.Contains(e.Property?.Path)))
        {
            if (reference.Child("reference")?.Text is { } text && !text.StartsWith('#') && _references.InBundles(text, reference) is null)
            {
                Error("bundle-document", reference, $"A document holds what its Composition refers to, but no entry has the fullUrl of {ShownReference(text)}. Add the entry.");
            }
        }
    }

    private static string ShownReference(string text) => text.Length > 200 ? text[..200] + "…" : text;
}
