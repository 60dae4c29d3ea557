using CareRecords;
using CareRecords.Database;
using CareRecords.Practice;
using CareRecords.Protection;
using CareRecords.Treatments;
using KantaConnector.Queue;
using KantaConnector.Records;
using Microsoft.Extensions.Options;

namespace KantaConnector.Appointments;

/// <summary>
/// Queues an appointment's new state for the archive, in the transaction that changes it: of health-care services, of persons with an identity code, of a practice that
/// has joined. An appointment that the archive does not have yet (her identity code was learnt later) goes as a new one at its next change. Scoped.
/// </summary>
public sealed class ArchiveAppointment(
    IAppointmentBook book, People people, ICustomerCards cards, FieldCipher cipher, PracticeDirectory practices, IOptions<KantaOptions> settings, TimeProvider clock)
{
    private readonly AppointmentOptions options = settings.Value.Appointments;

    /// <summary>To be called after the appointment's row was written; the caller commits. Does nothing where the channel is switched off.</summary>
    public async Task ChangedAsync(Guid appointmentId, UnitOfWork work, CancellationToken cancel)
    {
        if (!options.Enabled || await book.FindAsync(appointmentId, work, cancel) is not { IsCare: true } facts)
        {
            return;
        }
        var practice = await practices.GetAsync(cancel);
        if (!ArchiveSignedRecord.IsArchived(practice, facts.Start) || await people.FindAsync(work, facts.PatientId, cancel) is not { IdentityCode: not null } patient
            || await cards.PractitionerAsync(facts.PractitionerId, work, cancel) is not { } practitioner)
        {
            return;
        }
        await work.ExecuteAsync("select pg_advisory_xact_lock(hashtextextended('kanta.appointment ' || $1::text, 0))", cancel, appointmentId);
        // What was refused, or never fit to be sent, the archive does not have: this version goes in its place.
        await work.ExecuteAsync(
            """
            update kanta.document set state = 'superseded', finished_at = clock_timestamp()
            where appointment_id = $1 and state = 'refused' and (content_refused or signed_at is null)
            """, cancel, appointmentId);
        var before = (await work.QueryAsync(
            """
            select oid, max(version), bool_or(state in ('queued', 'archived', 'refused')) from kanta.document where appointment_id = $1 group by oid
            """,
            reader => (Oid: reader.GetString(0), Version: reader.GetInt32(1), Held: reader.GetBoolean(2)), cancel, appointmentId)).SingleOrDefault();
        if (!before.Held && facts.State is AppointmentState.Cancelled or AppointmentState.NoShow or AppointmentState.Mistake)
        {
            // The archive never had it, and it is over.
            return;
        }
        var controller = practice.Controller(facts.ControllerId);
        var oid = before.Oid ?? await OidIssuer.NextAsync(work, controller, OidKind.Appointment, clock.GetUtcNow().Year, cancel);
        await QueueDocument.Handle(work, cipher, new Submission
        {
            Kind = SubmissionKind.Appointment,
            ControllerId = facts.ControllerId,
            PatientId = facts.PatientId,
            Oid = oid,
            SetId = oid,
            Version = before.Version + 1,
            PractitionerId = facts.PractitionerId,
            AppointmentId = appointmentId,
            Bundle = AppointmentBundle.Draft(facts, oid, patient, practitioner, controller, practice, clock.GetUtcNow(), options, await Care(work, appointmentId, cancel)),
        }, cancel);
    }

    // Known from the visit on: who has bought the service, and what a minor lets her guardians see.
    private static async Task<AppointmentCare> Care(UnitOfWork work, Guid appointmentId, CancellationToken cancel) =>
        await TreatmentRows.VisitOfAppointmentAsync(work, appointmentId, cancel) is { ServiceEventId: { } serviceEvent } visit
            ? new AppointmentCare((await TreatmentRows.ServiceEventAsync(work, serviceEvent, cancel))?.Outsourcing, visit.GuardianDisclosure)
            : new AppointmentCare(null, null);

    /// <summary>Builds a version anew from the calendar as it stands, under the id that it has: one that never left, or whose content the archive refused.</summary>
    /// <returns>Why it cannot be sent; null when its new content is stored.</returns>
    internal async Task<string?> RebuildAsync(UnitOfWork work, Guid documentId, CancellationToken cancel)
    {
        var row = (await work.QueryAsync(
            "select appointment_id, oid from kanta.document where id = $1 and (signed_at is null or (state = 'refused' and content_refused))",
            reader => (Appointment: reader.GetGuid(0), Oid: reader.GetString(1)), cancel, documentId)).Single();
        if (await book.FindAsync(row.Appointment, work, cancel) is not { } facts || await people.FindAsync(work, facts.PatientId, cancel) is not { IdentityCode: not null } patient
            || await cards.PractitionerAsync(facts.PractitionerId, work, cancel) is not { } practitioner)
        {
            return "the appointment it is built from cannot be read";
        }
        var practice = await practices.GetAsync(cancel);
        var draft = AppointmentBundle.Draft(
            facts, row.Oid, patient, practitioner, practice.Controller(facts.ControllerId), practice, clock.GetUtcNow(), options,
            await Care(work, row.Appointment, cancel));
        await work.ExecuteAsync(
            "update kanta.document set body = $2, signed_at = null, sha256 = null, content_refused = false where id = $1", cancel, documentId,
            await cipher.EncryptAsync(KeyScope.Patient(facts.PatientId), QueueDocument.Body(documentId), draft, cancel));
        return null;
    }
}
