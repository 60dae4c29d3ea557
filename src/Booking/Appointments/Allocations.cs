using Booking.Availability;
using CareRecords.Database;
using Npgsql;
using NpgsqlTypes;

namespace Booking.Appointments;

/// <summary>The guarded calendar: a resource's time is taken once, by an exclusion constraint of the database.</summary>
internal static class Allocations
{
    /// <summary>
    /// Blocks the time of every resource for an appointment. Throws what <see cref="IsTaken"/> recognises when one of them is taken: the transaction
    /// is then to be rolled back.
    /// </summary>
    public static async Task TakeAsync(
        UnitOfWork work, IEnumerable<Guid> resources, TimeRange during, Guid appointmentId, CancellationToken cancel)
    {
        var (ids, range) = await QueueAsync(work, resources, during, cancel);
        await work.ExecuteAsync(
            "insert into booking.allocation (resource_id, kind, appointment_id, during) select id, 'booking', $2, $3 from unnest($1) as id",
            cancel, ids, appointmentId, range);
    }

    /// <summary>Keeps the time of every resource from others for some minutes; throws as <see cref="TakeAsync"/> does. Says when the hold ends.</summary>
    /// <param name="note">What is held, in the holder's words.</param>
    public static async Task<DateTimeOffset> HoldAsync(
        UnitOfWork work, IEnumerable<Guid> resources, TimeRange during, Guid hold, Guid holder, string note, int minutes, CancellationToken cancel)
    {
        var (ids, range) = await QueueAsync(work, resources, during, cancel);
        var expires = await work.QueryAsync(
            """
            insert into booking.allocation (resource_id, kind, hold_id, held_by, note, during, expires_at)
            select id, 'hold', $2, $3, $4, $5, now() + make_interval(mins => $6) from unnest($1) as id returning expires_at
            """,
            row => row.GetFieldValue<DateTimeOffset>(0), cancel, ids, hold, holder, note, range, minutes);
        return expires[0];
    }

    /// <summary>Gives a held time back and says what was held; null where this holder has no such hold.</summary>
    public static async Task<string?> ReleaseHoldAsync(UnitOfWork work, Guid hold, Guid holder, CancellationToken cancel) =>
        (await work.QueryAsync("delete from booking.allocation where hold_id = $1 and held_by = $2 returning note", row => row.GetString(0), cancel, hold, holder)).FirstOrDefault();

    private static async Task<(Guid[] Ids, NpgsqlRange<DateTime> Range)> QueueAsync(UnitOfWork work, IEnumerable<Guid> resources, TimeRange during, CancellationToken cancel)
    {
        var ids = resources.Distinct().Order().ToArray();
        var range = new NpgsqlRange<DateTime>(during.From, true, during.To, false);
        // Contenders for one resource queue here, in one order: the exclusion constraint alone lets simultaneous inserts wait for each other in a circle.
        await work.ExecuteAsync("select pg_advisory_xact_lock(hashtextextended(id::text, 20)) from unnest($1) as id", cancel, ids);
        await work.ExecuteAsync(
            "delete from booking.allocation where kind = 'hold' and expires_at <= now() and resource_id = any($1) and during && $2", cancel, ids, range);
        return (ids, range);
    }

    /// <summary>Gives the time of an appointment back.</summary>
    public static async Task ReleaseAsync(UnitOfWork work, Guid appointmentId, CancellationToken cancel) =>
        await work.ExecuteAsync("delete from booking.allocation where appointment_id = $1", cancel, appointmentId);

    public static bool IsTaken(PostgresException e) =>
        e.SqlState == PostgresErrorCodes.ExclusionViolation && e.ConstraintName == "no_overlap";

    /// <summary>Two transactions stood in each other's way; the whole use case may be tried again.</summary>
    public static bool IsTransient(PostgresException e) =>
        e.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure;
}
