namespace CareRecords.Rest;

/// <summary>Finds the interaction for an entry of a Bundle by its method and address, in the table of the routes.</summary>
internal static class Dispatch
{
    /// <param name="call">The call of the Bundle; method, headers and body are the entry's already.</param>
    /// <param name="url">Relative to the service, or absolute within it.</param>
    /// <returns>The entry's call; null where the address is none of this service's.</returns>
    internal static FhirCall? Address(FhirCall call, string url)
    {
        var relative = url.StartsWith(call.BaseUrl + "/", StringComparison.Ordinal) ? url[(call.BaseUrl.Length + 1)..] : url;
        var question = relative.IndexOf('?', StringComparison.Ordinal);
        var path = question < 0 ? relative : relative[..question];
        if (path.Contains("://", StringComparison.Ordinal) || path.Contains("..", StringComparison.Ordinal) || path.Contains('%', StringComparison.Ordinal))
        {
            return null;
        }

        path = path.StartsWith('/') ? path : "/" + path;
        var groups = (Find(call.Method, path) ?? FhirEndpoints.Routes.FirstOrDefault(r => r.Path.IsMatch(path)))?.Path.Match(path).Groups;
        return call with
        {
            Path = path,
            Type = groups?["type"].Value ?? (path.Split('/')[1] is { Length: > 0 } first && char.IsAsciiLetterUpper(first[0]) ? first : ""),
            Id = groups?["id"].Value ?? "",
            VersionId = groups?["vid"].Value ?? "",
            Query = question < 0 ? [] : FhirRequestReader.Parameters(relative[question..]),
        };
    }

    /// <summary>Whether an interaction is reached by the call's method and address.</summary>
    internal static bool IsRouted(FhirCall call) => Find(call.Method, call.Path) is not null;

    internal static async Task<FhirAnswer> RunAsync(FhirCall call)
    {
        var answer = await InteractAsync(call);
        return call.IsHead && answer.Status < 400 ? answer with { Body = default } : answer;
    }

    private static Task<FhirAnswer> InteractAsync(FhirCall call)
    {
        if (call is { Path: "/metadata", Method: "GET" })
        {
            return Task.FromResult(Metadata.Answer(call));
        }

        return Find(call.Method, call.Path) is not { } route ? Task.FromResult(FhirEndpoints.Elsewhere(call))
            : IsAlone(call.Path) ? Task.FromResult(Outcome.Error(400, "not-supported", "This interaction is not an entry of a Bundle: send it as a request of its own."))
            : route.Interaction(call);
    }

    private static FhirRoute? Find(string method, string path) => FhirEndpoints.Routes.FirstOrDefault(r => r.Methods.Contains(method) && r.Path.IsMatch(path));

    /// <summary>A Bundle in a Bundle, and exports, which are answered by headers of their own.</summary>
    private static bool IsAlone(string path) => path == "/" || path.Contains("/$export", StringComparison.Ordinal);
}
