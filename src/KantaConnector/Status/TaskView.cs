using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using CareRecords.Database;
using CareRecords.Store;

namespace KantaConnector.Status;

/// <summary>
/// The queue to the archive as FHIR Tasks, one a document: where it stands, which version of which record it is, and what the archive answered. The clinical resources
/// know nothing of it, so that a change of state makes no new version of them.
/// </summary>
internal sealed class TaskView : IViewedType
{
    internal const string Codes = "https://carerecords.example/fhir/CodeSystem/archive-task";
    private static readonly JsonSerializerOptions _plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public string Type => "Task";

    public async Task<ViewedResource?> FindAsync(string id, UnitOfWork work, CancellationToken cancel) => Guid.TryParse(id, out var key)
        ? (await WriteAsync(await Submissions.PageAsync(work, [key], null, null, 1, cancel), work, cancel)).SingleOrDefault(t => t.Id == id) : null;

    public async Task<IReadOnlyList<ViewedResource>> ListAsync(ViewQuestion question, UnitOfWork work, CancellationToken cancel)
    {
        const string patient = "Patient/";
        var ids = question.Ids?.Select(i => Guid.TryParse(i, out var id) ? id : Guid.Empty).ToArray();
        var patients = question.References?.All(r => r.StartsWith(patient, StringComparison.Ordinal)) == true ? question.References.Select(r => r[patient.Length..]).ToArray() : null;
        return await WriteAsync(
            await Submissions.PageAsync(work, ids, patients, Guid.TryParse(question.After, out var after) ? after : null, question.Limit, cancel), work, cancel);
    }

    private static async Task<IReadOnlyList<ViewedResource>> WriteAsync(IReadOnlyList<SubmissionStatus> documents, UnitOfWork work, CancellationToken cancel)
    {
        var messages = await Submissions.LastMessagesAsync(work, [.. documents.Select(d => d.Id)], cancel);
        var versions = await ResourceStore.VersionNumbersAsync(work, "Composition", [.. documents.Select(d => d.NoteId?.ToString()).OfType<string>().Distinct()], cancel);
        return [.. documents.Select(d =>
        {
            var message = messages.TryGetValue(d.Id, out var last) ? last : ((string MessageId, DateTimeOffset At)?)null;
            var changed = d.ArchivedAt ?? message?.At ?? d.QueuedAt;
            return new ViewedResource(
                d.Id.ToString(), changed, Encoding.UTF8.GetBytes(Build(d, message?.MessageId, changed, Focus(d, versions)).ToJsonString(_plain)), d.PatientId, d.ControllerId);
        })];
    }

    private static JsonObject Build(SubmissionStatus document, string? message, DateTimeOffset changed, string? focus)
    {
        var (status, business, text) = State(document.State);
        var task = new JsonObject
        {
            ["resourceType"] = "Task",
            ["id"] = document.Id.ToString(),
            ["meta"] = new JsonObject { ["lastUpdated"] = Instant(changed) },
            ["identifier"] = Identifiers(document, message),
            ["status"] = status,
            ["businessStatus"] = Concept(business, text),
            ["intent"] = "order",
            ["code"] = Concept("kanta-archive", "Archive the document"),
            ["for"] = new JsonObject { ["reference"] = $"Patient/{document.PatientId}" },
            ["authoredOn"] = Instant(document.QueuedAt),
            ["lastModified"] = Instant(changed),
        };
        if (document.Reason is { } reason)
        {
            task["statusReason"] = new JsonObject { ["text"] = reason };
        }

        if (focus is not null)
        {
            task["focus"] = new JsonObject { ["reference"] = focus };
        }

        if (document.DueAt is { } due)
        {
            task["restriction"] = new JsonObject { ["period"] = new JsonObject { ["end"] = Instant(due) } };
        }

        if (Output(document) is { Count: > 0 } output)
        {
            task["output"] = output;
        }

        return task;
    }

    private static (string Status, string Business, string Text) State(SubmissionState state) => state switch
    {
        SubmissionState.Queued => ("requested", "queued", "Waits for its turn"),
        SubmissionState.Sending => ("in-progress", "sending", "Is being sent"),
        SubmissionState.Archived => ("completed", "archived", "Archived"),
        SubmissionState.HandledElsewhere => ("cancelled", "handled-elsewhere", "Closed by hand"),
        _ => ("failed", "needs-attention", "Refused, or not fit to be sent"),
    };

    /// <summary>A note's document is that of one version of its Composition; a service event's that of its Encounter; an appointment is its own.</summary>
    private static string? Focus(SubmissionStatus document, IReadOnlyDictionary<string, IReadOnlyList<int>> versions) =>
        document.NoteId is { } note
            ? document.NoteVersion is { } number && versions.TryGetValue(note.ToString(), out var stored) && number <= stored.Count
                ? string.Create(CultureInfo.InvariantCulture, $"Composition/{note}/_history/{stored[number - 1]}") : $"Composition/{note}"
            : document.AppointmentId is { } appointment ? $"Appointment/{appointment}"
            : document.ServiceEventId is { } serviceEvent ? $"Encounter/{serviceEvent}" : null;

    private static JsonArray Identifiers(SubmissionStatus document, string? message)
    {
        var identifiers = new JsonArray(new JsonObject { ["use"] = "official", ["system"] = "urn:ietf:rfc:3986", ["value"] = "urn:oid:" + document.Oid });
        if (message is not null)
        {
            identifiers.Add(new JsonObject { ["use"] = "secondary", ["type"] = new JsonObject { ["text"] = "Message" }, ["system"] = "urn:ietf:rfc:3986", ["value"] = "urn:oid:" + message });
        }

        return identifiers;
    }

    private static JsonArray Output(SubmissionStatus document)
    {
        var output = new JsonArray();
        if (document.State == SubmissionState.Archived)
        {
            output.Add(new JsonObject { ["type"] = Concept("document", "Id in the archive"), ["valueString"] = document.Oid });
        }

        foreach (var code in document.Codes)
        {
            output.Add(new JsonObject { ["type"] = Concept("answer", "The archive's answer"), ["valueString"] = $"{code.Code}: {code.Text}" });
        }

        return output;
    }

    private static JsonObject Concept(string code, string text) => new()
    {
        ["coding"] = new JsonArray(new JsonObject { ["system"] = Codes, ["code"] = code, ["display"] = text }),
    };

    private static string Instant(DateTimeOffset at) => at.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
