using System.Text;
using System.Text.Json;

namespace CareRecords.Rest;

/// <summary>An entry of a batch or transaction: its call, and where others refer to it.</summary>
internal sealed record BundleEntry(int Number, string? FullUrl, FhirCall Call);

/// <summary>Reads the entries of a batch or transaction (https://hl7.org/fhir/R4/http.html#transaction).</summary>
internal static class BundleEntries
{
    /// <summary>The entries in their order, or why the Bundle cannot be taken.</summary>
    internal static (IReadOnlyList<BundleEntry> Entries, FhirAnswer? Refusal) Read(FhirCall call, JsonElement bundle, int limit)
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

        foreach (var entry in array.EnumerateArray())
        {
            var place = $"Bundle.entry[{entries.Count}].request";
            if (!entry.TryGetProperty("request", out var request) || Text(request, "method") is not { } method || Text(request, "url") is not { } url)
            {
                return (entries, Outcome.Error(400, "required", "An entry needs request.method and request.url.", place));
            }

            if (method is not ("GET" or "POST" or "PUT" or "DELETE"))
            {
                return (entries, Outcome.Error(400, "not-supported", "request.method is GET, POST, PUT or DELETE.", place));
            }

            var inner = Dispatch.Address(
                call with
                {
                    Method = method,
                    Body = entry.TryGetProperty("resource", out var resource) ? Encoding.UTF8.GetBytes(resource.GetRawText()) : default(ReadOnlyMemory<byte>),
                    IfMatch = Text(request, "ifMatch"),
                    IfNoneMatch = Text(request, "ifNoneMatch"),
                    IfNoneExist = Text(request, "ifNoneExist"),
                    IfModifiedSince = DateTimeOffset.TryParse(Text(request, "ifModifiedSince"), System.Globalization.CultureInfo.InvariantCulture, out var since) ? since : null,
                    ContentType = FhirJsonText.MediaType,
                    Accept = null,
                    // In a Bundle a Binary is a resource.
                    Wanted = call.Wanted with { IsExplicit = true },
                },
                url);
            if (inner is null)
            {
                return (entries, Outcome.Error(400, "invalid", "request.url is an address within this service.", place + ".url"));
            }

            entries.Add(new BundleEntry(entries.Count, Text(entry, "fullUrl"), inner));
        }

        return (entries, null);
    }

    private static string? Text(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
