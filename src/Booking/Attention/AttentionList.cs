using CareRecords;
using CareRecords.Database;
using CareRecords.Treatments;
using KantaConnector.Status;
using Microsoft.EntityFrameworkCore;

namespace Booking.Attention;

/// <summary>
/// The four states of the five-day clock as one list: not written, unsigned, unsent, refused. A practitioner sees her own and what colleagues of her
/// controller left behind, an administrator everything; nobody else sees any.
/// </summary>
internal sealed class AttentionList(UnitOfWork work, CurrentUser user, TimeProvider clock)
{
    /// <summary>Null: the role may not see the list.</summary>
    public async Task<AttentionScope?> ScopeAsync(CancellationToken cancel) => user switch
    {
        { Role: UserRole.Administrator } => AttentionScope.Everything,
        { Role: UserRole.Practitioner, PractitionerId: { } me } => await ScopeOfAsync(me, cancel),
        _ => null,
    };

    /// <summary>Null: there is no such practitioner.</summary>
    public async Task<AttentionScope?> ScopeOfAsync(Guid practitioner, CancellationToken cancel)
    {
        await using var db = await BookingContext.OnAsync(work, cancel);
        var controller = await db.Practitioners.Where(p => p.Id == practitioner).Select(p => (Guid?)p.ControllerId).SingleOrDefaultAsync(cancel);
        if (controller is null)
        {
            return null;
        }

        var left = await (
            from p in db.Practitioners
            join r in db.Resources on p.Id equals r.Id
            where p.ControllerId == controller && !r.Active
            select p.Id).ToListAsync(cancel);
        return new AttentionScope(controller, [practitioner, .. left]);
    }

    /// <summary>The most urgent first.</summary>
    public async Task<IReadOnlyList<AttentionItem>> ReadAsync(AttentionScope scope, int limit, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var records = await FiveDays.OpenAsync(work, scope.ControllerId, scope.Practitioners, limit, cancel);
        var documents = await Submissions.OpenAsync(work, scope.ControllerId, scope.Practitioners, limit, cancel);
        var visits = (await TreatmentRows.VisitsAsync(work, [.. documents.Select(d => d.VisitId).OfType<Guid>().Distinct()], cancel)).ToDictionary(v => v.Id);
        IEnumerable<AttentionItem> items =
        [
            .. records.Select(r => new AttentionItem
            {
                State = r.DraftId is null ? AttentionState.NotWritten : AttentionState.NotSigned,
                Visit = r.Visit,
                PractitionerId = r.DraftAuthor ?? r.Visit.PractitionerId,
                DraftId = r.DraftId,
                Corrects = r.Corrects,
                ClockFrom = r.ClockFrom,
                Now = now,
            }),
            .. documents.Where(d => d.State == SubmissionState.NeedsAttention).Select(d => Of(d, AttentionState.Refused)),
            // A visit's documents wait together: its oldest stands for them.
            .. documents.Where(d => d.State != SubmissionState.NeedsAttention).GroupBy(d => d.VisitId ?? d.Id)
                .Select(visit => Of(visit.MinBy(d => d.ClockFrom)!, AttentionState.NotSent)),
        ];
        return [.. items.OrderBy(i => !i.HasDeadline).ThenBy(i => i.Deadline).ThenBy(i => i.State).Take(limit)];

        AttentionItem Of(SubmissionStatus document, AttentionState state) => new()
        {
            State = state,
            Visit = document.VisitId is { } id ? visits.GetValueOrDefault(id) : null,
            PractitionerId = document.PractitionerId,
            Document = document,
            ClockFrom = document.ClockFrom,
            Now = now,
        };
    }

    /// <summary>Names of practitioners, and who of them has left.</summary>
    public async Task<Dictionary<Guid, (string Name, bool Left)>> PractitionersAsync(CancellationToken cancel)
    {
        await using var db = await BookingContext.OnAsync(work, cancel);
        var rows = await (from p in db.Practitioners.AsNoTracking() join r in db.Resources on p.Id equals r.Id select new { Practitioner = p, r.Active }).ToListAsync(cancel);
        return rows.ToDictionary(r => r.Practitioner.Id, r => (r.Practitioner.ShownName, !r.Active));
    }
}
