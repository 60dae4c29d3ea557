using System.Text.Json;
using System.Text.Json.Nodes;
using CareRecords.Database;
using CareRecords.Practice;
using CareRecords.Store;
using Fhir.Validation;

namespace CareRecords.Treatments;

/// <summary>Writes the FHIR side of treatments into the store, in the use case's own transaction.</summary>
public sealed class TreatmentResources(ResourceStore store, PracticeDirectory directory, ICustomerCards cards, People people)
{
    internal async Task WriteServiceEventAsync(UnitOfWork work, ServiceEventFacts facts, string patientId, CancellationToken cancel, bool wrong = false)
    {
        var (practice, practitioner) = await WhoAsync(work, facts.PractitionerId, cancel);
        var controller = practice.Controller(facts.ControllerId);
        var shown = await ShownAsync(work, patientId, facts.Id, null, cancel);
        await MustAsync(work, Marked(EncounterResources.ServiceEvent(facts, practitioner, controller, practice.Zone), wrong), patientId, controller.Id, shown, cancel);
    }

    internal async Task WriteVisitAsync(UnitOfWork work, VisitFacts facts, ServiceEventFacts serviceEvent, CancellationToken cancel, bool wrong = false)
    {
        var (practice, practitioner) = await WhoAsync(work, facts.PractitionerId, cancel);
        var controller = practice.Controller(serviceEvent.ControllerId);
        var shown = await ShownAsync(work, facts.PatientId, null, facts, cancel);
        await MustAsync(work, Marked(EncounterResources.Visit(facts, practitioner, controller, practice.Zone), wrong), facts.PatientId, controller.Id, shown, cancel);
    }

    /// <summary>Writes a signed version with its facts and its Provenance; what does not conform comes back with the field it was made from.</summary>
    internal async Task<List<Refusal>> WriteNoteAsync(UnitOfWork work, SignedNote note, CancellationToken cancel)
    {
        var practice = await directory.GetAsync(cancel);
        var refusals = new List<Refusal>();
        DateTimeOffset? seesFrom = !PortalView.Shows(note.Visit, note.Patient.BirthDate) ? null : note.Content.ReleaseOn is { } day
            ? new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), practice.Zone.GetUtcOffset(day.ToDateTime(TimeOnly.MinValue)))
            : note.SignedAt;
        foreach (var (resource, field) in NoteResources.Of(note, practice.Zone).Append((SigningProvenance.Of(note, practice.Zone), "")))
        {
            var errors = await WriteAsync(work, resource, note.Patient.PatientId, note.Controller.Id, seesFrom, cancel);
            refusals.AddRange(errors.Select(e => new Refusal(field, "Care.Note.NotConforming", e)));
        }

        return refusals;
    }

    /// <summary>An approved piece of additional data and the Consent that says who approved it, when, how and which version. Returns the resource's id.</summary>
    internal async Task<string> WriteApprovedDataAsync(
        UnitOfWork work, AdditionalDatum datum, CurrentUser user, string how, DateTimeOffset at, CancellationToken cancel)
    {
        var practice = await directory.GetAsync(cancel);
        var (document, consent) = ApprovalResources.Of(datum, how, at, practice.Zone, user.Role == UserRole.Customer);
        await MustAsync(work, document, datum.PatientId, datum.ControllerId, true, cancel);
        await MustAsync(work, consent, datum.PatientId, datum.ControllerId, true, cancel);
        return datum.Id.ToString();
    }

    private static JsonObject Marked(JsonObject encounter, bool wrong)
    {
        encounter["status"] = wrong ? "entered-in-error" : encounter["status"]!.DeepClone();
        return encounter;
    }

    private async Task<(PracticeFacts Practice, PractitionerFacts Practitioner)> WhoAsync(UnitOfWork work, Guid practitionerId, CancellationToken cancel) => (
        await directory.GetAsync(cancel),
        await cards.PractitionerAsync(practitionerId, work, cancel) ?? throw new InvalidOperationException($"Practitioner {practitionerId} is unknown."));

    // A service event is shown with the first of its visits that is.
    private async Task<bool> ShownAsync(UnitOfWork work, string patientId, Guid? serviceEvent, VisitFacts? visit, CancellationToken cancel)
    {
        var birth = (await people.FindAsync(work, patientId, cancel))?.BirthDate;
        return visit is not null
            ? PortalView.Shows(visit, birth)
            : (await TreatmentRows.VisitsOfPatientAsync(work, patientId, cancel)).Any(v => v.ServiceEventId == serviceEvent && PortalView.Shows(v, birth));
    }

    // What we build ourselves conforms, or we have a bug: the transaction is given up.
    private async Task MustAsync(UnitOfWork work, JsonObject resource, string patientId, Guid controllerId, bool shown, CancellationToken cancel)
    {
        var errors = await WriteAsync(work, resource, patientId, controllerId, shown ? DateTimeOffset.UnixEpoch : null, cancel);
        if (errors.Count > 0)
        {
            throw new InvalidOperationException($"{resource["resourceType"]} does not conform: {string.Join(" ", errors)}");
        }
    }

    private async Task<IReadOnlyList<string>> WriteAsync(
        UnitOfWork work, JsonObject resource, string patientId, Guid controllerId, DateTimeOffset? patientSeesFrom, CancellationToken cancel)
    {
        var result = await store.WriteAsync(
            work,
            new ResourceWrite(
                resource["resourceType"]!.GetValue<string>(), resource["id"]!.GetValue<string>(), JsonSerializer.SerializeToUtf8Bytes(resource),
                patientId, controllerId)
            {
                PatientSeesFrom = patientSeesFrom,
            },
            cancel);
        return result.Succeeded ? [] : result.Issues.Count == 0 ? [result.Outcome.ToString()] : [.. result.Issues.Where(IsError).Select(Describe)];
    }

    private static bool IsError(ValidationIssue issue) => issue.Severity == IssueSeverity.Error;

    private static string Describe(ValidationIssue issue) => $"{issue.Place}: {issue.Message}";
}
