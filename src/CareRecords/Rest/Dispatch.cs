using CareRecords.Store;
using Microsoft.Extensions.DependencyInjection;

namespace CareRecords.Rest;

/// <summary>Finds the interaction for an entry of a Bundle by its method and address, as the routes do for requests.</summary>
internal static class Dispatch
{
    /// <param name="call">The call of the Bundle; method, headers and body are the entry's already.</param>
    /// <param name="url">Relative to the service, or absolute within it.</param>
    internal static FhirCall? Address(FhirCall call, string url)
    {
        var relative = url.StartsWith(call.BaseUrl + "/", StringComparison.Ordinal) ? url[(call.BaseUrl.Length + 1)..] : url;
        var question = relative.IndexOf('?', StringComparison.Ordinal);
        var path = question < 0 ? relative : relative[..question];
        var query = question < 0 ? [] : FhirRequestReader.Parameters(relative[question..]);
        if (relative.Contains("://", StringComparison.Ordinal) || path.Contains("..", StringComparison.Ordinal) || path.Contains('%', StringComparison.Ordinal))
        {
            return null;
        }

        return path.Split('/') switch
        {
            [""] => call with { Type = "", Id = "", VersionId = "", Query = query },
            [var type] => call with { Type = type, Id = "", VersionId = "", Query = query },
            [var type, var id] => call with { Type = type, Id = id, VersionId = "", Query = query },
            [var type, var id, "_history"] => call with { Type = type, Id = id, VersionId = "*", Query = query },
            [var type, var id, "_history", var version] => call with { Type = type, Id = id, VersionId = version, Query = query },
            _ => null,
        };
    }

    internal static async Task<FhirAnswer> RunAsync(FhirCall call)
    {
        var answer = await InteractAsync(call);
        return call.IsHead && answer.Status < 400 ? answer with { Body = default } : answer;
    }

    private static async Task<FhirAnswer> InteractAsync(FhirCall call)
    {
        if (call.Type.Length > 0 && call.Type[0] != '_' && call.Services.GetRequiredService<ServedTypes>().Find(call.Type) is null)
        {
            return Outcome.Error(404, "not-supported", "This type is not served here.");
        }

        return (call.Method, call) switch
        {
            ("GET", { Type: "_history" }) => await History.HandleAsync(call with { Type = "" }),
            ("GET", { Id: "_history" }) => await History.HandleAsync(call with { Id = "" }),
            ("GET", { VersionId: "*" }) => await History.HandleAsync(call),
            ("GET", { VersionId.Length: > 0 }) => await Read.VersionAsync(call),
            ("POST", { Id: "_search", VersionId: "" }) when call.Body.IsEmpty => await SearchType.HandleAsync(call with { Id = "" }),
            ("GET", { Id.Length: > 0 }) when call.Id[0] is not ('$' or '_') => await Read.HandleAsync(call),
            ("GET", { Id: "" }) => await SearchType.HandleAsync(call),
            ("POST", { Type.Length: > 0, Id: "" }) => await Create.HandleAsync(call),
            ("PATCH", { Id.Length: > 0, VersionId: "" }) => await Patch.HandleAsync(call),
            ("PATCH", { Type.Length: > 0, Id: "" }) => await Patch.ConditionalAsync(call),
            ("PUT", { Id.Length: > 0, VersionId: "" }) => await Update.HandleAsync(call),
            ("PUT", { Type.Length: > 0, Id: "" }) => await Conditional.UpdateAsync(call),
            ("DELETE", { Id.Length: > 0, VersionId: "" }) => await Delete.HandleAsync(call),
            ("DELETE", { Type.Length: > 0, Id: "" }) => await Conditional.DeleteAsync(call),
            _ => Outcome.Error(404, "not-supported", "There is no such interaction in a Bundle."),
        };
    }
}
