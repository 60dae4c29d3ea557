using System.Text;
using System.Text.Json;

namespace CareRecords.Rest;

/// <summary>An entry of a batch or transaction: its call, and where others refer to it.</summary>
/// <param name="Refusal">Why it cannot be taken, in a batch, whose other entries are.</param>
internal sealed record BundleEntry(int Number, string? FullUrl, FhirCall Call, FhirAnswer? Refusal = null)
{
    /// <summary>Whether it creates, updates, patches or deletes; what is left is asked once all of those are done.</summary>
    internal bool Writes => Call.Method != "GET" && !Call.IsOperation;
}

/// <summary>Reads the entries of a batch or transaction (https://hl7.org/fhir/R4/http.html#transaction).</summary>
internal static class BundleEntries
{
    /// <summary>The entries in their order, or why the Bundle cannot be taken.</summary>
    /// <param name="call">The call of the Bundle.</param>
    /// <param name="isBatch">An entry that cannot be taken leaves the others alone.</param>
    internal static (IReadOnlyList<BundleEntry> Entries, FhirAnswer? Refusal) Read(FhirCall call, JsonElement bundle, int limit, bool isBatch)
    {
        var entries = new List<BundleEntry>();
        if (!bundle.TryGetProperty("entry", out var array) || array.ValueKind != JsonValueKind.Array)
        {
            return (entries, null);
        }

        if (array.GetArrayLength() > limit)
        {
            return (entries, Outcome.Error(413, "too-long", $"A Bundle may have {limit} entries at most."));
        }

        var urls = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in array.EnumerateArray())
        {
            var place = $"Bundle.entry[{entries.Count}]";
            var (read, refusal) = One(call, entry, entries.Count, place);
            if (read is null && !isBatch)
            {
                return (entries, refusal);
            }

            read ??= new BundleEntry(entries.Count, null, call, refusal);

            if (read.FullUrl is { } fullUrl && !urls.Add(fullUrl))
            {
                return (entries, Outcome.Error(400, "duplicate", "Two entries have the same fullUrl.", place + ".fullUrl"));
            }

            entries.Add(read);
        }

        return (entries, null);
    }

    private static (BundleEntry? Entry, FhirAnswer? Refusal) One(FhirCall call, JsonElement entry, int number, string place)
    {
        if (!entry.TryGetProperty("request", out var request) || Text(request, "method") is not { } method || Text(request, "url") is not { } url)
        {
            return (null, Outcome.Error(400, "required", "An entry needs request.method and request.url.", place + ".request"));
        }

        if (method is not ("GET" or "HEAD" or "POST" or "PUT" or "PATCH" or "DELETE"))
        {
            return (null, Outcome.Error(400, "not-supported", "request.method is GET, HEAD, POST, PUT, PATCH or DELETE.", place + ".request.method"));
        }

        if (method is "PUT" or "PATCH" && !entry.TryGetProperty("resource", out _))
        {
            return (null, Outcome.Error(400, "required", $"A {method} needs a resource in its entry.", place + ".resource"));
        }

        var (body, contentType) = Body(entry, method);
        var inner = Dispatch.Address(
            call with
            {
                Method = method == "HEAD" ? "GET" : method,
                IsHead = method == "HEAD",
                Body = body,
                IfMatch = Text(request, "ifMatch"),
                IfNoneMatch = Text(request, "ifNoneMatch"),
                IfNoneExist = Text(request, "ifNoneExist"),
                IfModifiedSince = DateTimeOffset.TryParse(Text(request, "ifModifiedSince"), System.Globalization.CultureInfo.InvariantCulture, out var since) ? since : null,
                ContentType = contentType,
                Accept = null,
                // In a Bundle a Binary is a resource.
                Wanted = call.Wanted with { IsExplicit = true },
            },
            url);
        return inner is null
            ? (null, Outcome.Error(400, "invalid", "request.url is an address within this service.", place + ".request.url"))
            : (new BundleEntry(number, Text(entry, "fullUrl"), inner), null);
    }

    /// <summary>The entry's resource; for a JSON Patch, which is none, what the Binary around it holds (https://hl7.org/fhir/R4/http.html#jsonpatch).</summary>
    private static (ReadOnlyMemory<byte> Body, string ContentType) Body(JsonElement entry, string method)
    {
        if (!entry.TryGetProperty("resource", out var resource))
        {
            return (default, FhirJsonText.MediaType);
        }

        return method == "PATCH" && Text(resource, "resourceType") == "Binary" && Text(resource, "contentType") == FhirMediaTypes.JsonPatch
            ? (Convert.FromBase64String(Text(resource, "data") ?? ""), FhirMediaTypes.JsonPatch)
            : (Encoding.UTF8.GetBytes(resource.GetRawText()), FhirJsonText.MediaType);
    }

    private static string? Text(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
