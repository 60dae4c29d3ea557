using CareRecords;
using CareRecords.Access;
using CareRecords.Database;
using CareRecords.Treatments;

namespace Booking.Treatments;

/// <summary>
/// Which patient records a practitioner reaches: those of her own controller, and no other's. What is not hers looks like what does not exist; the
/// denied try is logged.
/// </summary>
internal sealed class StaffAccess(UnitOfWork work, CurrentUser user, ICustomerCards cards, AccessLog log)
{
    private PractitionerFacts? _me;

    /// <summary>The practitioner who acts, or null in any other role.</summary>
    public async Task<PractitionerFacts?> MeAsync(CancellationToken cancel) =>
        user is { Role: UserRole.Practitioner, PractitionerId: { } id } ? _me ??= await cards.PractitionerAsync(id, work, cancel) : null;

    public async Task<VisitFacts?> VisitAsync(Guid id, CancellationToken cancel)
    {
        var me = await MeAsync(cancel);
        var visit = await TreatmentRows.VisitAsync(work, id, cancel);
        if (visit is null || me?.ControllerId == visit.ControllerId)
        {
            return me is null ? null : visit;
        }

        await DeniedAsync("Encounter", id, visit.PatientId, cancel);
        return null;
    }

    public async Task<NoteRow?> NoteAsync(Guid id, CancellationToken cancel)
    {
        var me = await MeAsync(cancel);
        var note = await NoteList.FindAsync(work, id, cancel);
        if (note is null || me?.ControllerId == note.ControllerId)
        {
            return me is null ? null : note;
        }

        await DeniedAsync("Composition", id, note.PatientId, cancel);
        return null;
    }

    /// <summary>Logs that patient data was shown; nothing is shown when that fails.</summary>
    public ValueTask ReadAsync(string type, Guid id, string patientId, Guid controllerId, CancellationToken cancel) => log.RecordAsync(
        new AccessEntry
        {
            Interaction = "read",
            ResourceType = type,
            ResourceId = id.ToString(),
            PatientIds = [patientId],
            ControllerId = controllerId,
            Purpose = "treatment",
        },
        cancel);

    private ValueTask DeniedAsync(string type, Guid id, string patientId, CancellationToken cancel) => log.RecordAsync(
        new AccessEntry
        {
            Interaction = "read",
            ResourceType = type,
            ResourceId = id.ToString(),
            PatientIds = [patientId],
            Purpose = "treatment",
            Outcome = 4,
            Detail = "denied",
        },
        cancel);
}
