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
        var ids = resources.Distinct().Order().ToArray();
        var range = new NpgsqlRange<DateTime>(during.From, true, during.To, false);
        // Contenders for one resource queue here, in one order: the exclusion constraint alone lets simultaneous inserts wait for each other in a circle.
        await work.ExecuteAsync("select pg_advisory_xact_lock(hashtextextended(id::text, 20)) from unnest($1) as id", cancel, ids);
        await work.ExecuteAsync(
            "delete from booking.allocation where kind = 'hold' and expires_at <= now() and resource_id = any($1) and during && $2", cancel, ids, range);
        await work.ExecuteAsync(
            "insert into booking.allocation (resource_id, kind, appointment_id, during) select id, 'booking', $2, $3 from unnest($1) as id",
            cancel, ids, appointmentId, range);
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
