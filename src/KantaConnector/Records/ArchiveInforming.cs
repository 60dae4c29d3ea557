using CareRecords;
using CareRecords.Database;
using CareRecords.Practice;
using CareRecords.Protection;
using CareRecords.Terminology;
using CareRecords.Treatments;
using KantaConnector.Documents;
using KantaConnector.Queue;
using Microsoft.Extensions.Options;

namespace KantaConnector.Records;

/// <summary>
/// Within the recording transaction: queues the document of an informing, a permission or a denial, and a new version of it for a withdrawal; each act is a
/// chain of its own. What was given elsewhere, or whose form is not configured, is recorded and not sent. Nothing else ever waits for it.
/// </summary>
internal sealed class ArchiveInforming(
    FieldCipher cipher, PracticeDirectory practices, People people, ICustomerCards cards, DocumentFitness fitness, CodeTables codes,
    IOptions<KantaOptions> options, TimeProvider clock)
    : IInformingRecorded
{
    public async Task RecordedAsync(Guid informingId, int version, UnitOfWork work, CancellationToken cancel)
    {
        var practice = await practices.GetAsync(cancel);
        if (await RecordInforming.FindAsync(work, informingId, cancel) is not { Elsewhere: false, ControllerId: { } controllerId } act
            || !options.Value.UnverifiedForms.Of(act.Kind).IsSet || !ArchiveSignedRecord.IsArchived(practice, act.RecordedAt))
        {
            return;
        }
        var before = (await work.QueryAsync(
            "select oid, set_id, version from kanta.document where informing_id = $1 order by version desc limit 1",
            reader => (Oid: reader.GetString(0), Set: reader.GetString(1), Version: reader.GetInt32(2)), cancel, informingId)).FirstOrDefault();
        if (version > 1 && before.Oid is null)
        {
            // The act itself was never sent: the archive holds nothing that could be withdrawn.
            return;
        }
        var controller = practice.Controller(controllerId);
        var oid = await OidIssuer.NextAsync(work, controller, OidKind.Document, clock.GetUtcNow().Year, cancel);
        var place = before.Oid is null ? (Oid: oid, Set: oid, Version: 1, Replaces: null)
            : (Oid: oid, before.Set, Version: before.Version + 1, Replaces: new PreviousVersion(before.Oid, before.Version));
        var (built, unfit) = await Build(work, act, version, controller, (place.Oid, place.Set, place.Version, place.Replaces), practice, cancel);
        await QueueDocument.Handle(work, cipher, new Submission
        {
            Kind = SubmissionKind.Information,
            ControllerId = controllerId,
            PatientId = act.PatientId,
            Oid = oid,
            SetId = place.Set,
            Version = place.Version,
            PractitionerId = version > 1 ? act.Withdrawn!.PractitionerId : act.PractitionerId,
            InformingId = informingId,
            InformingVersion = version,
            Document = built,
            Unfit = unfit,
        }, cancel);
    }

    /// <returns>The document, or why it is not fit to be sent.</returns>
    internal async Task<(BuiltDocument? Built, string? Unfit)> Build(
        UnitOfWork work, InformingFacts act, int version, ControllerFacts controller, (string, string, int, PreviousVersion?) identity, PracticeFacts practice,
        CancellationToken cancel)
    {
        var patient = await people.FindAsync(work, act.PatientId, cancel);
        var recorder = (version > 1 ? act.Withdrawn?.PractitionerId : act.PractitionerId) is { } by ? await cards.PractitionerAsync(by, work, cancel) : null;
        if (patient is null || recorder is null || !options.Value.UnverifiedForms.Of(act.Kind).IsSet)
        {
            return (null, DocumentFitness.Unfit + (patient is null ? "patient: not recorded yet" : recorder is null ? "authors: the recorder is no practitioner" : "form: not configured"));
        }
        if (options.Value.UnverifiedForms.Of(act.Kind).Layout.Length > 0 && act.Scope == "all")
        {
            return (null, DocumentFitness.Unfit + "form: the layout has no place for a denial of all data");
        }
        var period = (await work.QueryAsync(
            "select started_at, ended_at from care.service_event where oid = $1",
            reader => (From: reader.GetFieldValue<DateTimeOffset>(0), Until: reader.IsDBNull(1) ? (DateTimeOffset?)null : reader.GetFieldValue<DateTimeOffset>(1)), cancel,
            act.ServiceEventOid ?? "")).Select(row => ((DateTimeOffset, DateTimeOffset?)?)row).FirstOrDefault();
        var form = FormFromInforming.Form(act, version, patient, controller, recorder, identity, options.Value, await codes.GetAsync(cancel), practice.Zone.Id, period);
        var problems = DocumentProblems.Of(form);
        var built = problems.Count == 0 ? CdaBuilder.Build(form) : null;
        return (built, fitness.Reason(problems, built, practice.Environment));
    }
}
