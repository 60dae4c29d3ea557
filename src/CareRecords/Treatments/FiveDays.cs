using CareRecords.Database;
using Npgsql;
using NpgsqlTypes;

namespace CareRecords.Treatments;

/// <summary>A care visit whose record is not finished: nothing is written, or a draft waits for its signature. Times UTC.</summary>
/// <param name="DraftId">Null: nothing is written.</param>
/// <param name="Corrects">The draft corrects a signed note.</param>
/// <param name="ClockFrom">The end of the visit, or its start while it is still open; for a correction the time it was begun.</param>
public sealed record OpenRecord(VisitFacts Visit, Guid? DraftId, Guid? DraftAuthor, bool Corrects, DateTimeOffset ClockFrom);

/// <summary>How many records are open, by the age of their clock.</summary>
public sealed record OpenRecords(long NotWritten, long NotSigned, long Over24, long Over72, long Over96, DateTimeOffset? Oldest);

/// <summary>
/// The clock of five days per visit, whether or not a note exists: an open treatment series hides none of its visits, and nothing falls out of the
/// list by age. Source: the recording duty as kanta.fi's professionals' pages state it.
/// </summary>
public static class FiveDays
{
    public static readonly TimeSpan Limit = TimeSpan.FromDays(5);

    // A note that was invalidated is no record of its visit; whoever invalidates it says whether care was given, and settles the visit if not.
    private const string Open = """
        from care.visit v left join care.note_draft d on d.visit_id = v.id
        where v.is_care and v.settled_at is null
          and (d.id is not null or not exists (select from care.note n where n.visit_id = v.id and n.status <> 'entered_in_error'))
        """;

    private const string Clock = "case when d.corrects_note is null then coalesce(v.ended_at, v.started_at) else d.begun_at end";

    /// <summary>The oldest clocks first.</summary>
    /// <param name="controllerId">Null: of all controllers.</param>
    /// <param name="practitioners">Null: everybody's; otherwise their visits and their drafts.</param>
    public static Task<List<OpenRecord>> OpenAsync(
        UnitOfWork work, Guid? controllerId, IReadOnlyCollection<Guid>? practitioners, int limit, CancellationToken cancel) => work.QueryAsync(
        $"""
        select {TreatmentRows.VisitColumns}, d.id, d.author_id, d.corrects_note is not null, {Clock}
        {Open} and ($1 is null or v.controller_id = $1) and ($2 is null or v.practitioner_id = any($2) or d.author_id = any($2))
        order by {Clock} limit $3
        """,
        r => new OpenRecord(
            TreatmentRows.ReadVisit(r), r.IsDBNull(13) ? null : r.GetGuid(13), r.IsDBNull(14) ? null : r.GetGuid(14), r.GetBoolean(15),
            r.GetFieldValue<DateTimeOffset>(16)),
        cancel, Sql.Null(controllerId),
        new NpgsqlParameter { Value = (object?)practitioners?.ToArray() ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid }, limit).AsTask();

    public static async Task<OpenRecords> CountAsync(UnitOfWork work, DateTimeOffset now, CancellationToken cancel) => (await work.QueryAsync(
        $"""
        select count(*) filter (where draft is null), count(*) filter (where draft is not null), count(*) filter (where at <= $1 - interval '24 hours'),
          count(*) filter (where at <= $1 - interval '72 hours'), count(*) filter (where at <= $1 - interval '96 hours'), min(at)
        from (select d.id as draft, {Clock} as at {Open}) as open
        """,
        r => new OpenRecords(
            r.GetInt64(0), r.GetInt64(1), r.GetInt64(2), r.GetInt64(3), r.GetInt64(4), r.IsDBNull(5) ? null : r.GetFieldValue<DateTimeOffset>(5)),
        cancel, now.ToUniversalTime())).Single();
}
