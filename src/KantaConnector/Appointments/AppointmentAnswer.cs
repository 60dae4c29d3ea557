using System.Text.Json;
using KantaConnector.Messages;

namespace KantaConnector.Appointments;

/// <summary>What the appointment interface said about one transaction.</summary>
internal abstract record AppointmentAnswer
{
    /// <summary>Taken over; after an invalidation <paramref name="Held"/> may be unknown.</summary>
    internal sealed record Taken(HeldVersion? Held) : AppointmentAnswer;

    /// <summary>It holds another version than ours follows, has no such appointment, or has the identifier already.</summary>
    internal sealed record Conflict(int Status, IReadOnlyList<AcknowledgementDetail> Details) : AppointmentAnswer;

    /// <summary>Judged and refused, with the reasons.</summary>
    internal sealed record Refused(int Status, IReadOnlyList<AcknowledgementDetail> Details) : AppointmentAnswer;

    /// <summary>Nothing certain can be read from it.</summary>
    internal sealed record Unclear(string Reason) : AppointmentAnswer;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 32, AllowDuplicateProperties = false };

    /// <summary>Strict about everything that decides: a verdict needs a transaction-response or an OperationOutcome under a status that suits it.</summary>
    public static AppointmentAnswer Read(int status, ReadOnlyMemory<byte> body)
    {
        try
        {
            using var json = JsonDocument.Parse(body, Strict);
            return (status, Text(json.RootElement, "resourceType")) switch
            {
                (200, "Bundle") => Response(json.RootElement),
                (404 or 409 or 410 or 412, "OperationOutcome") => new Conflict(status, DetailsOf(json.RootElement)),
                (400 or 401 or 403 or 413 or 415 or 422 or 428, "OperationOutcome") => new Refused(status, DetailsOf(json.RootElement)),
                var (_, type) => new Unclear($"HTTP {status} with {type ?? "something else than a resource"}"),
            };
        }
        catch (JsonException)
        {
            return new Unclear($"HTTP {status} without readable JSON");
        }
    }

    private static AppointmentAnswer Response(JsonElement bundle)
    {
        if (Text(bundle, "type") != "transaction-response" || !bundle.TryGetProperty("entry", out var entries) || entries.ValueKind != JsonValueKind.Array || entries.GetArrayLength() != 2
            || entries[0].ValueKind != JsonValueKind.Object || !entries[0].TryGetProperty("response", out var response) || Text(response, "status") is not { } status
            || !status.StartsWith('2'))
        {
            return new Unclear("HTTP 200 with a Bundle that answers no transaction of ours");
        }
        var location = (Text(response, "location") ?? "").Split('/');
        var at = Array.LastIndexOf(location, "Appointment");
        var id = at >= 0 && at + 1 < location.Length ? location[at + 1] : "";
        return id.Length > 0 && Text(response, "etag") is { Length: > 0 } etag ? new Taken(new HeldVersion(id, etag))
            : status.StartsWith("204", StringComparison.Ordinal) ? new Taken(null)
            : new Unclear("HTTP 200 with a Bundle that names no version");
    }

    private static IReadOnlyList<AcknowledgementDetail> DetailsOf(JsonElement outcome) =>
        outcome.TryGetProperty("issue", out var issues) && issues.ValueKind == JsonValueKind.Array ? [.. issues.EnumerateArray().Select(Detail)] : [];

    private static AcknowledgementDetail Detail(JsonElement issue)
    {
        var coding = Child(issue, "details") is { } details && Child(details, "coding") is { ValueKind: JsonValueKind.Array } codings && codings.GetArrayLength() > 0 ? codings[0] : default;
        var text = Child(issue, "details") is { } said ? Text(said, "text") : null;
        return new AcknowledgementDetail(
            Text(coding, "code") ?? Text(issue, "code"), Text(coding, "system"), text ?? Text(coding, "display") ?? Text(issue, "diagnostics") ?? "",
            Text(issue, "severity") is not ("warning" or "information"));
    }

    private static JsonElement? Child(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var child) ? child : null;

    private static string? Text(JsonElement element, string name) => Child(element, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
}
