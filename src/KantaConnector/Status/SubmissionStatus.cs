using System.Text.Json;
using CareRecords.Database;
using KantaConnector.Messages;
using KantaConnector.Queue;
using Npgsql;
using NpgsqlTypes;

namespace KantaConnector.Status;

public enum SubmissionState
{
    /// <summary>Waits for its turn, for an earlier document of its chain or service event, or for the way to the archive.</summary>
    Queued,
    Sending,
    Archived,

    /// <summary>Refused by the archive, or not fit to be sent; somebody must act.</summary>
    NeedsAttention,

    /// <summary>Closed by hand with a reason.</summary>
    HandledElsewhere,

    /// <summary>Refused, never archived; a correction went in its place.</summary>
    Superseded,
}

public enum SubmissionContent
{
    ServiceEvent,
    Note,
    Invalidation,

    /// <summary>A version of an appointment.</summary>
    Appointment,

    /// <summary>Informing, a disclosure permission or a denial.</summary>
    Information,
}

/// <param name="Code">As the archive gave it.</param>
/// <param name="Text">The archive's own words, in its language.</param>
public sealed record ArchiveCode(string Code, string Text);

/// <summary>Where one document stands; no health data. Times are UTC.</summary>
/// <param name="Reason">Plain words, in English, or the archive's own; null when nothing is wrong.</param>
/// <param name="DueAt">Five days after the end of care.</param>
/// <param name="Attempts">Answers that judged the document; faults of the way do not count.</param>
/// <param name="PractitionerId">Whose it is to act; null: any practitioner of the controller.</param>
/// <param name="ClockFrom">When its five days began: the end of care; for corrections and invalidations the time they were signed.</param>
/// <param name="ContentRefused">The archive judged its content and holds nothing under this id: sending it again builds it anew.</param>
/// <param name="HasLeft">Some byte of it may have left; without one it is built anew when sent again.</param>
public sealed record SubmissionStatus(
    Guid Id, SubmissionContent Content, string Oid, int Version, SubmissionState State, string? Reason, IReadOnlyList<ArchiveCode> Codes,
    DateTimeOffset QueuedAt, DateTimeOffset? ArchivedAt, DateTimeOffset? DueAt, int Attempts, string PatientId, Guid ControllerId, Guid? ServiceEventId,
    Guid? VisitId, Guid? NoteId, int? NoteVersion, Guid? PractitionerId, DateTimeOffset ClockFrom, bool ContentRefused, bool HasLeft, Guid? AppointmentId);

/// <summary>One try to send a document.</summary>
/// <param name="Outcome">accepted, refused, rejected, unknown, not_sent, released; null while it runs or when its process died.</param>
public sealed record SubmissionAttempt(string MessageId, DateTimeOffset StartedAt, DateTimeOffset? FinishedAt, string? Outcome, string? Reason, string? Sha256);

/// <summary>How many unfinished documents there are, by the age of their clock.</summary>
public sealed record OpenDocuments(long Unsent, long Refused, long Over24, long Over72, long Over96, DateTimeOffset? Oldest);

/// <summary>How many documents are in each state, and what holds the queue up.</summary>
/// <param name="OldestQueuedAt">Age, not the number of attempts, is what raises an alarm.</param>
/// <param name="Hold">Why nothing can be sent from here at all, such as a missing certificate; null when sending is possible.</param>
/// <param name="Fault">The last fault on the way; null when the way is free.</param>
/// <param name="PausedUntil">No attempt before this time.</param>
public sealed record QueueOverview(
    long Queued, long Archived, long NeedsAttention, long HandledElsewhere, DateTimeOffset? OldestQueuedAt, string? Hold, string? Fault,
    DateTimeOffset? PausedUntil, DateTimeOffset? LastAcceptedAt);

/// <summary>What holds the queue up, from one small row: cheap enough for every poll of a page.</summary>
public sealed record WayState(string? Hold, string? Fault, DateTimeOffset? PausedUntil);

/// <summary>Reads where documents stand, for pages, verbs and polling. The caller has checked the right to see the note or the practice's queue.</summary>
public static class Submissions
{
    private static readonly string Columns = """
        select id, kind, oid, version, state, lease_until is not null and lease_until > clock_timestamp(), reason, codes, created_at, finished_at, due_at,
          attempts, patient_id, controller_id, service_event_id, visit_id, note_id, note_version, practitioner_id, CLOCK, content_refused,
          signed_at is not null, appointment_id
        from kanta.document
        """.Replace("CLOCK", Clock, StringComparison.Ordinal);

    // The clock of care ran out before a later correction was signed: that one has five days of its own.
    private const string Clock = "case when version = 1 and kind not in ('invalidation', 'appointment') then coalesce(due_at - interval '5 days', created_at) else created_at end";

    /// <summary>All versions of a note, oldest first; empty when it was never queued (wellness, or care before the practice joined).</summary>
    public static async Task<IReadOnlyList<SubmissionStatus>> OfNoteAsync(UnitOfWork work, Guid noteId, CancellationToken cancel) =>
        await work.QueryAsync(Columns + " where note_id = $1 order by version", Read, cancel, noteId);

    /// <summary>The documents of an informing, a permission or a denial, oldest first; empty when it is not sent.</summary>
    public static async Task<IReadOnlyList<SubmissionStatus>> OfInformingAsync(UnitOfWork work, Guid informingId, CancellationToken cancel) =>
        await work.QueryAsync(Columns + " where informing_id = $1 order by version", Read, cancel, informingId);

    public static async Task<IReadOnlyList<SubmissionStatus>> OfServiceEventAsync(UnitOfWork work, Guid serviceEventId, CancellationToken cancel) =>
        await work.QueryAsync(Columns + " where service_event_id = $1 order by queued_order", Read, cancel, serviceEventId);

    /// <summary>The newest version of an appointment; null when it was never queued.</summary>
    public static async Task<SubmissionStatus?> OfAppointmentAsync(UnitOfWork work, Guid appointmentId, CancellationToken cancel) =>
        (await work.QueryAsync(Columns + " where appointment_id = $1 order by version desc limit 1", Read, cancel, appointmentId)).SingleOrDefault();

    public static async Task<SubmissionStatus?> FindAsync(UnitOfWork work, string idOrOid, CancellationToken cancel) =>
        (await work.QueryAsync(Columns + " where id::text = $1 or oid = $1 order by state not in ('queued', 'refused'), queued_order limit 1", Read, cancel, idOrOid)).SingleOrDefault();

    /// <summary>What somebody must act on: refused or unfit documents, and those still queued past <paramref name="overdueBefore"/>; soonest due first.</summary>
    public static async Task<IReadOnlyList<SubmissionStatus>> AttentionAsync(UnitOfWork work, DateTimeOffset overdueBefore, int limit, CancellationToken cancel) =>
        await work.QueryAsync(Columns + " where state = 'refused' or (state = 'queued' and due_at < $1) order by due_at nulls last, queued_order limit $2",
            Read, cancel, overdueBefore.ToUniversalTime(), limit);

    /// <summary>
    /// Unfinished documents, those that need somebody first, then by the age of their clock. Appointments have no five days: they are here once refused, or a day old.
    /// </summary>
    /// <param name="controllerId">Null: of all controllers.</param>
    /// <param name="practitioners">Null: everybody's; otherwise theirs and those that are nobody's in particular.</param>
    public static async Task<IReadOnlyList<SubmissionStatus>> OpenAsync(
        UnitOfWork work, Guid? controllerId, IReadOnlyCollection<Guid>? practitioners, int limit, CancellationToken cancel) =>
        await work.QueryAsync(
            Columns + $"""
             where state in ('queued', 'refused') and ($1 is null or controller_id = $1) and ($2 is null or practitioner_id is null or practitioner_id = any($2))
               and (kind <> 'appointment' or state = 'refused' or created_at < clock_timestamp() - interval '1 day')
             order by state <> 'refused', {Clock} limit $3
            """, Read, cancel, Sql.Null(controllerId), Ids(practitioners), limit);

    public static async Task<OpenDocuments> CountOpenAsync(UnitOfWork work, DateTimeOffset now, CancellationToken cancel) => (await work.QueryAsync(
        $"""
        select count(*) filter (where state = 'queued'), count(*) filter (where state = 'refused'), count(*) filter (where at <= $1 - interval '24 hours'),
          count(*) filter (where at <= $1 - interval '72 hours'), count(*) filter (where at <= $1 - interval '96 hours'), min(at)
        from (select state, case when kind <> 'appointment' then {Clock} end as at from kanta.document where state in ('queued', 'refused')) as open
        """,
        reader => new OpenDocuments(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4), Time(reader, 5)),
        cancel, now.ToUniversalTime())).Single();

    /// <summary>What was tried with a document, newest first.</summary>
    public static async Task<IReadOnlyList<SubmissionAttempt>> AttemptsAsync(UnitOfWork work, Guid id, int limit, CancellationToken cancel) => await work.QueryAsync(
        "select message_id, started_at, finished_at, outcome, reason, encode(sha256, 'hex') from kanta.attempt where document_id = $1 order by id desc limit $2",
        reader => new SubmissionAttempt(reader.GetString(0), reader.GetFieldValue<DateTimeOffset>(1), Time(reader, 2), Text(reader, 3), Text(reader, 4), Text(reader, 5)),
        cancel, id, limit);

    /// <summary>Unfinished documents in the order they were queued.</summary>
    public static async Task<IReadOnlyList<SubmissionStatus>> UnfinishedAsync(UnitOfWork work, int limit, CancellationToken cancel) =>
        await work.QueryAsync(Columns + " where state in ('queued', 'refused') order by queued_order limit $1", Read, cancel, limit);

    /// <summary>In the order in which they were queued, after the one with id <paramref name="after"/>; null ids or patients: any.</summary>
    public static async Task<IReadOnlyList<SubmissionStatus>> PageAsync(
        UnitOfWork work, IReadOnlyCollection<Guid>? ids, IReadOnlyCollection<string>? patients, Guid? after, int limit, CancellationToken cancel) => await work.QueryAsync(
            Columns + """
             where ($1 is null or id = any($1)) and ($2 is null or patient_id = any($2))
               and queued_order > coalesce((select queued_order from kanta.document where id = $3), 0)
             order by queued_order limit $4
            """,
            Read, cancel,
            new NpgsqlParameter { Value = ids?.ToArray() ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid },
            new NpgsqlParameter { Value = patients?.ToArray() ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
            new NpgsqlParameter { Value = after ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid }, limit);

    /// <summary>The last message in which each document was sent, and when it was tried last.</summary>
    public static async Task<IReadOnlyDictionary<Guid, (string MessageId, DateTimeOffset At)>> LastMessagesAsync(
        UnitOfWork work, IReadOnlyCollection<Guid> ids, CancellationToken cancel) => (await work.QueryAsync(
            "select distinct on (document_id) document_id, message_id, coalesce(finished_at, started_at) from kanta.attempt where document_id = any($1) order by document_id, id desc",
            reader => (Id: reader.GetGuid(0), Last: (reader.GetString(1), reader.GetFieldValue<DateTimeOffset>(2))), cancel, ids.ToArray())).ToDictionary(m => m.Id, m => m.Last);

    /// <param name="content">Appointments go another way than documents.</param>
    public static async Task<WayState> WayAsync(UnitOfWork work, CancellationToken cancel, SubmissionContent content = SubmissionContent.Note) => (await work.QueryAsync(
        "select hold, reason, case when greatest(open_until, asked_until) > clock_timestamp() then greatest(open_until, asked_until) end from kanta.endpoint where way = $1",
        reader => new WayState(Text(reader, 0), Text(reader, 1), Time(reader, 2)), cancel,
        (content == SubmissionContent.Appointment ? Way.Appointments : Way.Documents).Name())).Single();

    /// <summary>Counts all documents: for the attention page and verbs, not for polling.</summary>
    public static async Task<QueueOverview> OverviewAsync(UnitOfWork work, CancellationToken cancel) => (await work.QueryAsync(
        """
        select count(*) filter (where d.state = 'queued'), count(*) filter (where d.state = 'archived'), count(*) filter (where d.state = 'refused'),
          count(*) filter (where d.state = 'handled'), min(d.created_at) filter (where d.state = 'queued'), e.hold, e.reason,
          case when greatest(e.open_until, e.asked_until) > clock_timestamp() then greatest(e.open_until, e.asked_until) end, e.last_accepted_at
        from kanta.endpoint e left join kanta.document d on true
        where e.way = 'documents'
        group by e.hold, e.reason, e.open_until, e.asked_until, e.last_accepted_at
        """,
        reader => new QueueOverview(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3), Time(reader, 4), Text(reader, 5), Text(reader, 6),
            Time(reader, 7), Time(reader, 8)),
        cancel)).Single();

    private static SubmissionStatus Read(NpgsqlDataReader reader) => new(
        reader.GetGuid(0),
        reader.GetString(1) switch { "service_event" => SubmissionContent.ServiceEvent, "care" => SubmissionContent.Note, "information" => SubmissionContent.Information, "appointment" => SubmissionContent.Appointment, _ => SubmissionContent.Invalidation },
        reader.GetString(2),
        reader.GetInt32(3),
        reader.GetString(4) switch
        {
            "archived" => SubmissionState.Archived,
            "refused" => SubmissionState.NeedsAttention,
            "handled" => SubmissionState.HandledElsewhere,
            "superseded" => SubmissionState.Superseded,
            _ => reader.GetBoolean(5) ? SubmissionState.Sending : SubmissionState.Queued,
        },
        Text(reader, 6), Codes(Text(reader, 7)), reader.GetFieldValue<DateTimeOffset>(8), Time(reader, 9), Time(reader, 10), reader.GetInt32(11), reader.GetString(12),
        reader.GetGuid(13), Id(reader, 14), Id(reader, 15), Id(reader, 16), reader.IsDBNull(17) ? null : reader.GetInt32(17), Id(reader, 18),
        reader.GetFieldValue<DateTimeOffset>(19), reader.GetBoolean(20), reader.GetBoolean(21), Id(reader, 22));

    private static NpgsqlParameter Ids(IReadOnlyCollection<Guid>? ids) =>
        new() { Value = (object?)ids?.ToArray() ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Array | NpgsqlTypes.NpgsqlDbType.Uuid };

    private static IReadOnlyList<ArchiveCode> Codes(string? json) => json is null ? []
        : [.. JsonSerializer.Deserialize<AcknowledgementDetail[]>(json)!.Where(detail => detail.IsError).Select(detail => new ArchiveCode(detail.Code ?? "", detail.Text))];

    private static string? Text(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    private static Guid? Id(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetGuid(column);

    private static DateTimeOffset? Time(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetFieldValue<DateTimeOffset>(column);
}
