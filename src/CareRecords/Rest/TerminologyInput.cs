using CareRecords.Search;
using CareRecords.Store;
using Fhir.Definitions;
using Fhir.Json;
using Fhir.Terminology;
using Microsoft.Extensions.DependencyInjection;

namespace CareRecords.Rest;

/// <summary>Which value set or code system an operation is about, and the library that it stands in.</summary>
internal static class TerminologyInput
{
    /// <summary>The set of the address, the one that is posted as valueSet, or the one that url (with valueSetVersion) names; otherwise the refusal.</summary>
    internal static async Task<(ValueSet? Set, DefinitionLibrary Library, FhirAnswer? Refusal)> ValueSetAsync(FhirCall call, OperationParameters parameters)
    {
        if (call.Id.Length == 0 && parameters.Resource("valueSet") is { } posted)
        {
            return posted is not { TypeName: "ValueSet" } ? Refused(Outcome.Error(400, "invalid", "valueSet is a ValueSet."))
                : posted.Child("url")?.Text is null ? Refused(Outcome.Error(400, "required", "The posted ValueSet needs a url, so that the answer can name it."))
                : (ValueSet.Read(FhirJson.Write(posted)), DefinitionLibrary.Default, null);
        }

        var (url, refusal) = await UrlAsync(call, parameters);
        if (url is null)
        {
            return Refused(refusal!);
        }

        var version = parameters.Text("valueSetVersion") ?? (url.Contains('|', StringComparison.Ordinal) ? url[(url.IndexOf('|', StringComparison.Ordinal) + 1)..] : null);
        var (library, canonical) = await LibraryAsync(call, version is null || url.Contains('|', StringComparison.Ordinal) ? url : $"{url}|{version}");
        var found = library.FindValueSet(canonical);
        return found is null ? Refused(Outcome.Error(404, "not-found", $"The value set {DefinitionLibrary.WithoutVersion(url)} is not held here."))
            : version is not null && found.Version is { } held && held != version
                ? Refused(Outcome.Error(404, "not-found", $"Of {found.Url} version {held} is held here, not {version}."))
            : (found, library, null);
    }

    /// <summary>The canonical address that the call is about: of the resource in the address, or the parameter url; otherwise the refusal.</summary>
    internal static async Task<(string? Url, FhirAnswer? Refusal)> UrlAsync(FhirCall call, OperationParameters parameters)
    {
        if (call.Id.Length == 0)
        {
            return parameters.Text("url") is { Length: > 0 } url ? (url, null) : (null, Outcome.Error(400, "required", "Name the value set or code system by url, or post a value set as valueSet."));
        }

        var stored = await Read.HandleAsync(call with { IfNoneMatch = null, IfModifiedSince = null, Query = [] });
        return stored.Status != 200 ? (null, stored)
            : FhirJson.Read(stored.Body.Span).Root?.TextAt("url") is { } own ? (own, null)
            : (null, Outcome.Error(422, "required", "The resource has no url, so that nothing can be told of it."));
    }

    /// <summary>The library in which a definition is found, with the address that it has there.</summary>
    internal static async Task<(DefinitionLibrary Library, string Url)> LibraryAsync(FhirCall call, string canonical, string? type = null)
    {
        // Only under the open policy do clients store definitions.
        if (!call.Services.GetRequiredService<ServedTypes>().Generic)
        {
            return (DefinitionLibrary.Default, canonical);
        }

        await using var open = await call.ConnectAsync();
        return await call.Services.GetRequiredService<StoredDefinitions>().LibraryAsync(open.Connection, open.Transaction, call.Rights, type ?? call.Type, canonical, call.Cancel);
    }

    private static (ValueSet? Set, DefinitionLibrary Library, FhirAnswer? Refusal) Refused(FhirAnswer refusal) => (null, DefinitionLibrary.Default, refusal);
}
