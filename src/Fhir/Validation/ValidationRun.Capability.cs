using Fhir.Definitions;
using Fhir.Model;

namespace Fhir.Validation;

internal sealed partial class ValidationRun
{
    private CapabilityRules? _capability;

    /// <summary>The profiles that a server's CapabilityStatement adds for a resource of its own (not a contained one); reports a type that is not served.</summary>
    private string[] CapabilityProfiles(Element resource)
    {
        if (_capability is null || resource.Property?.Name == "contained")
        {
            return [];
        }

        if (_capability.Of(resource.TypeName) is not { } rule)
        {
            // A Bundle carries resources to a server that need not serve Bundles.
            if (resource.TypeName != "Bundle")
            {
                Error("capability-type", resource, $"The server does not take {resource.TypeName}. It takes {string.Join(", ", _capability.Types)}.");
            }

            return [];
        }

        CheckReferencePolicies(resource, rule.ReferencePolicies);
        return rule.Profile is { } profile ? [profile] : [];
    }

    private void CheckReferencePolicies(Element resource, IReadOnlyList<string> policies)
    {
        if (policies.Count == 0)
        {
            return;
        }

        foreach (var reference in resource.SelfAndDescendants().Where(e => e.TypeName == "Reference" && e.Resource == resource))
        {
            var text = reference.Child("reference")?.Text;
            if (text is null && reference.Child("identifier") is not null && !policies.Contains("logical"))
            {
                Error("capability-reference", reference, "The server takes no logical references. Refer by an address.");
            }
            else if (text is not null && !text.StartsWith('#') && policies.All(p => p == "logical"))
            {
                Error("capability-reference", reference, "The server takes logical references only. Refer by an identifier.");
            }
            else if (text is not null && policies.Contains("local") && !policies.Contains("literal") && ReferenceTarget.Parse(text).Base is not null)
            {
                Error("capability-reference", reference, "The server takes references to its own resources only. Refer by type and id.");
            }
        }
    }
}
