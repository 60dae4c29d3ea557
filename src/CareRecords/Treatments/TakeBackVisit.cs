using CareRecords.Access;
using CareRecords.Database;

namespace CareRecords.Treatments;

/// <summary>
/// The way back from a visit that was opened on the wrong customer, before anything of it is signed or after that was invalidated: what was written goes
/// over to the right customer's visit as a draft, with the person's data if they were recorded at this visit alone, and additional data that still wait for
/// an answer are proposed to her instead; the visit becomes entered-in-error, and with it its service event when it was the only one; its booking is free
/// to be opened again. A wellness visit, which has no record, is taken back alike. Both customers' logs show it.
/// </summary>
public sealed class TakeBackVisit(
    UnitOfWork work, Drafts drafts, InvalidateServiceEvent mistake, SettleVisit settle, TreatmentResources resources, People people,
    RecordPerson record, AdditionalData extras, ICustomerCards cards, AccessLog log, TimeProvider clock)
{
    public sealed record Request
    {
        public required Guid VisitId { get; init; }
        public required string Reason { get; init; }

        /// <summary>The right customer's visit; null where nothing is taken over.</summary>
        public Guid? RightVisitId { get; init; }
    }

    /// <summary>Whether the person's data of this visit's patient were recorded at this visit, so that they are the right customer's.</summary>
    public static async Task<bool> HoldsPersonAsync(UnitOfWork work, VisitFacts visit, CancellationToken cancel) => await work.ScalarAsync<bool>(
        """
        select exists (select from care.person where patient_id = $1)
          and not exists (select from care.visit where patient_id = $1 and is_care and id <> $2 and taken_back_at is null) and not exists (select from care.note where patient_id = $1)
        """,
        cancel, visit.PatientId, visit.Id);

    public static async Task<bool> IsTakenBackAsync(UnitOfWork work, Guid visitId, CancellationToken cancel) =>
        await work.ScalarAsync<bool>("select exists (select from care.visit where id = $1 and taken_back_at is not null)", cancel, visitId);

    // A visit may be opened before its booked time, and written up after it; its id holds the moment at which it was opened.
    internal static DateTimeOffset OpenedAt(VisitFacts visit)
    {
        var opened = DateTimeOffset.FromUnixTimeMilliseconds(Convert.ToInt64(visit.Id.ToString("N")[..12], 16));
        return opened < visit.StartedAt ? opened : visit.StartedAt;
    }

    /// <summary>The visit that was taken back, as it was. The caller has checked the right to both visits, commits on success and rolls back on a refusal.</summary>
    public async Task<Outcome<VisitFacts>> HandleAsync(Request request, CancellationToken cancel)
    {
        if (string.IsNullOrWhiteSpace(request.Reason) || request.Reason.Length > SignNote.LongestReason)
        {
            return new Refusal("MistakeReason", "Care.Note.ReasonNeeded");
        }

        await work.ExecuteAsync("select 1 from care.visit where id = $1 for update", cancel, request.VisitId);
        if (await TreatmentRows.VisitAsync(work, request.VisitId, cancel) is { IsCare: false } wellness)
        {
            return await WellnessAsync(wellness, request.RightVisitId, cancel);
        }

        if (await TreatmentRows.VisitAsync(work, request.VisitId, cancel) is not { ServiceEventId: { } eventId } wrong
            || await TreatmentRows.ServiceEventAsync(work, eventId, cancel) is not { Invalidated: false } serviceEvent)
        {
            return new Refusal("", "Care.Event.Gone");
        }

        var right = request.RightVisitId is { } id ? await TreatmentRows.VisitAsync(work, id, cancel) : null;
        if (request.RightVisitId is not null && (right is not { ServiceEventId: { } rightEvent } || right.Id == wrong.Id || right.ControllerId != wrong.ControllerId
            || await TreatmentRows.ServiceEventAsync(work, rightEvent, cancel) is not { Invalidated: false }))
        {
            return new Refusal("RightVisit", "Care.Note.VisitUnknown");
        }

        var mine = await drafts.OfVisitAsync(wrong.Id, cancel);
        if (mine.Count > 0 && right is null)
        {
            return new Refusal("RightVisit", "Care.Visit.HasDrafts");
        }

        if (await work.ScalarAsync<long>("select count(*) from care.note_draft where visit_id = $1", cancel, wrong.Id) > mine.Count
            || await work.ScalarAsync<bool>("select exists (select from care.note where visit_id = $1 and status <> 'entered_in_error')", cancel, wrong.Id))
        {
            return new Refusal("", "Care.Visit.HasNotes");
        }

        if (right is not null)
        {
            foreach (var draft in mine)
            {
                await drafts.BeginAsync(right, draft.Content, null, cancel, "taken over from a visit that was opened on the wrong customer");
                await drafts.DropAsync(draft.Id, cancel);
            }

            var given = await GivePersonAsync(wrong, right, cancel);
            if (given.Count > 0)
            {
                return Outcome.Refused<VisitFacts>(given);
            }
        }

        await extras.TakeBackAsync(wrong, right, cancel);
        await LetGoAsync(wrong, cancel);
        return await InvalidateAsync(wrong, serviceEvent, request.Reason, cancel) is { Count: > 0 } refusals ? Outcome.Refused<VisitFacts>(refusals) : wrong;
    }

    private async Task<Outcome<VisitFacts>> WellnessAsync(VisitFacts wrong, Guid? rightId, CancellationToken cancel)
    {
        var right = rightId is { } id ? await TreatmentRows.VisitAsync(work, id, cancel) : null;
        if (await IsTakenBackAsync(work, wrong.Id, cancel))
        {
            return new Refusal("", "Care.Event.Gone");
        }

        if (rightId is not null && (right is null || right.Id == wrong.Id || right.ControllerId != wrong.ControllerId))
        {
            return new Refusal("RightVisit", "Care.Note.VisitUnknown");
        }

        await extras.TakeBackAsync(wrong, right, cancel);
        await LetGoAsync(wrong, cancel);
        await work.ExecuteAsync(
            "update care.visit set ended_at = greatest(started_at, $2) where id = $1 and ended_at is null", cancel, wrong.Id, clock.GetUtcNow());
        await log.RecordAsync(work, Entry("invalidate", "Visit", wrong.Id.ToString(), wrong, "visit opened on the wrong customer") with { Purpose = "booking" }, cancel);
        if (right is not null && right.PatientId != wrong.PatientId)
        {
            await log.RecordAsync(work, Entry("update", "Visit", right.Id.ToString(), right, "taken over from a visit that was opened on the wrong customer") with { Purpose = "booking" }, cancel);
        }

        return wrong;
    }

    // Its booking may be opened again, and a code that was handed over at it went to somebody else.
    private async Task LetGoAsync(VisitFacts wrong, CancellationToken cancel)
    {
        await work.ExecuteAsync(
            "update care.link_code set used_at = $3 where patient_id = $1 and used_at is null and handed_at >= $2", cancel, wrong.PatientId, OpenedAt(wrong),
            clock.GetUtcNow());
        await work.ExecuteAsync("update care.visit set appointment_id = null, taken_back_at = $2 where id = $1", cancel, wrong.Id, clock.GetUtcNow());
    }

    private async Task<IReadOnlyList<Refusal>> InvalidateAsync(VisitFacts wrong, ServiceEventFacts serviceEvent, string reason, CancellationToken cancel)
    {
        if (!await work.ScalarAsync<bool>("select exists (select from care.visit where service_event_id = $1 and id <> $2)", cancel, serviceEvent.Id, wrong.Id))
        {
            return (await mistake.HandleAsync(serviceEvent.Id, reason, cancel)).Refusals;
        }

        await work.ExecuteAsync(
            "update care.visit set ended_at = greatest(started_at, $2) where id = $1 and ended_at is null", cancel, wrong.Id, clock.GetUtcNow());
        await settle.HandleAsync(wrong.Id, reason, cancel);
        await resources.WriteVisitAsync(work, (await TreatmentRows.VisitAsync(work, wrong.Id, cancel))!, serviceEvent, cancel, wrong: true);
        await log.RecordAsync(work, Entry("invalidate", "Encounter", wrong.Id.ToString(), wrong, "visit entered in error"), cancel);
        return [];
    }

    private async Task<IReadOnlyList<Refusal>> GivePersonAsync(VisitFacts wrong, VisitFacts right, CancellationToken cancel)
    {
        if (wrong.PatientId == right.PatientId || !await HoldsPersonAsync(work, wrong, cancel) || await people.FindAsync(work, wrong.PatientId, cancel) is not { } person)
        {
            return [];
        }

        await work.ExecuteAsync("delete from care.person where patient_id = $1", cancel, wrong.PatientId);
        await cards.ProjectPatientAsync(wrong.PatientId, work, cancel);
        await log.RecordAsync(work, Entry("update", "Patient", wrong.PatientId, wrong, "personal data recorded on the wrong customer taken back"), cancel);
        if (await people.FindAsync(work, right.PatientId, cancel) is not null)
        {
            return [];
        }

        return (await record.HandleAsync(
            new RecordPerson.Request
            {
                PatientId = right.PatientId,
                ControllerId = right.ControllerId,
                IdentityCode = person.IdentityCode,
                BirthDate = person.BirthDate,
                Sex = person.Sex,
                HomeMunicipality = person.HomeMunicipality,
                NonDisclosure = person.NonDisclosure,
            },
            cancel)).Refusals;
    }

    private static AccessEntry Entry(string interaction, string type, string id, VisitFacts visit, string detail) => new()
    {
        Interaction = interaction,
        ResourceType = type,
        ResourceId = id,
        PatientIds = [visit.PatientId],
        ControllerId = visit.ControllerId,
        Purpose = "treatment",
        Detail = detail,
    };
}
