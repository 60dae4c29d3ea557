using Fhir.Definitions;
using Fhir.Json;
using Fhir.Terminology;

namespace CareRecords.Rest;

/// <summary>Which value set an operation is about.</summary>
internal static class TerminologyInput
{
    /// <summary>The set that is posted as valueSet, or the one that url (with valueSetVersion) names; otherwise the refusal.</summary>
    public static (ValueSet? Set, FhirAnswer? Refusal) ValueSet(OperationParameters parameters)
    {
        if (parameters.Resource("valueSet") is { } posted)
        {
            return posted is not { TypeName: "ValueSet" } ? (null, Outcome.Error(400, "invalid", "valueSet is a ValueSet."))
                : posted.Child("url")?.Text is null ? (null, Outcome.Error(400, "required", "The posted ValueSet needs a url, so that the answer can name it."))
                : (Fhir.Terminology.ValueSet.Read(FhirJson.Write(posted)), null);
        }

        if (parameters.Text("url") is not { Length: > 0 } url)
        {
            return (null, Outcome.Error(400, "required", "Name the value set by url, or post it as valueSet."));
        }

        var version = parameters.Text("valueSetVersion") ?? (url.Contains('|', StringComparison.Ordinal) ? url[(url.IndexOf('|', StringComparison.Ordinal) + 1)..] : null);
        var found = DefinitionLibrary.Default.FindValueSet(url);
        return found is null ? (null, Outcome.Error(404, "not-found", $"The value set {DefinitionLibrary.WithoutVersion(url)} is not held here."))
            : version is not null && found.Version is { } held && held != version ? (null, Outcome.Error(404, "not-found", $"Of {found.Url} version {held} is held here, not {version}."))
            : (found, null);
    }
}
