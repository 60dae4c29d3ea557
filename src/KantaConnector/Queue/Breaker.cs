using CareRecords.Database;

namespace KantaConnector.Queue;

/// <summary>
/// The breaker of the way to the archive, one row shared by all nodes. It opens after three faults in a row, at once when no connection can be made
/// or the archive asks to wait; while it is open nothing is claimed, then a single document probes the way.
/// </summary>
internal static class Breaker
{
    public const int Threshold = 3;
    private static readonly TimeSpan LongestAsked = TimeSpan.FromHours(1);

    /// <returns>How much an outcome counts against the way; -1 when it shows that the way is free, 0 when it says nothing.</returns>
    public static int Weight(Outcome outcome) => outcome switch
    {
        Outcome.Accepted or Outcome.Refused or Outcome.Outdated => -1,
        Outcome.NotSent or Outcome.Unknown { RetryAfter: not null } => Threshold,
        Outcome.Unknown or Outcome.Rejected => 1,
        _ => 0,
    };

    /// <summary>What the archive asked for is obeyed, up to an hour: a wrong date must not stop us for days.</summary>
    public static TimeSpan Asked(TimeSpan? retryAfter) =>
        retryAfter is not { } wish || wish < TimeSpan.Zero ? TimeSpan.Zero : wish < LongestAsked ? wish : LongestAsked;

    /// <summary>Half to whole, so that documents and nodes do not come back all at once.</summary>
    public static double Jitter() => 0.5 + (0.5 * Random.Shared.NextDouble());

    /// <returns>How many documents may be claimed: <paramref name="wanted"/>, 1 for a probe, or 0; -1 after a restore that was not reconciled yet.</returns>
    public static async Task<int> Allow(UnitOfWork work, Way way, int wanted, TimeSpan probeFor, CancellationToken cancel)
    {
        var failures = await work.ScalarAsync<int?>(
            """
            select case when restored_at is not null then -1 when greatest(open_until, asked_until, '-infinity') > clock_timestamp() then null else failures end
            from kanta.endpoint where way = $1
            """, cancel, way.Name());
        if (failures < 0)
        {
            return -1;
        }
        if (failures is null)
        {
            return 0;
        }
        if (failures < Threshold)
        {
            return wanted;
        }
        return await work.ExecuteAsync(
            "update kanta.endpoint set open_until = clock_timestamp() + $1 where way = $3 and failures >= $2 and coalesce(open_until, '-infinity') <= clock_timestamp()",
            cancel, probeFor, Threshold, way.Name());
    }

    /// <summary>Goes out with the commit: nothing here asks for an answer.</summary>
    public static void Record(UnitOfWork work, Way way, IReadOnlyList<Outcome> outcomes, KantaOptions options)
    {
        var asked = Asked(outcomes.OfType<Outcome.Unknown>().Max(unknown => unknown.RetryAfter));
        if (asked > TimeSpan.Zero)
        {
            work.Defer("update kanta.endpoint set asked_until = greatest(asked_until, clock_timestamp() + $1) where way = $2", asked, way.Name());
        }
        if (outcomes.Any(outcome => Weight(outcome) < 0))
        {
            // The way is free again: what only waited for it waits no longer.
            work.Defer(
                $"""
                with recovered as (update kanta.endpoint set failures = 0, open_until = null, reason = null where way = $1 and (failures > 0 or reason is not null) returning way)
                update kanta.document set available_at = clock_timestamp(), endpoint_faults = 0
                where exists (select from recovered) and state = 'queued' and endpoint_faults > 0 and rejected_at is null and {way.Kinds()}
                """, way.Name());
            if (outcomes.Any(outcome => outcome is Outcome.Accepted))
            {
                // To the second is enough, and spares the one row that all nodes share.
                work.Defer(
                    "update kanta.endpoint set last_accepted_at = clock_timestamp() where way = $1 and (last_accepted_at is null or last_accepted_at < clock_timestamp() - interval '1 second')",
                    way.Name());
            }
            return;
        }
        var faults = outcomes.Sum(Weight);
        if (faults == 0)
        {
            return;
        }
        var reason = outcomes.Select(outcome => outcome switch
        {
            Outcome.NotSent notSent => notSent.Reason,
            Outcome.Unknown unknown => unknown.Reason,
            Outcome.Rejected rejected => "the archive rejects our messages: " + string.Join(", ", rejected.Details.Select(detail => detail.Code)),
            _ => null,
        }).Last(text => text is not null);
        work.Defer(
            """
            update kanta.endpoint set failures = failures + $1, reason = $2,
              open_until = case when failures + $1 < $3 then open_until
                else clock_timestamp() + $6 * least($5, $4 * power(2, least((failures + $1 - $3) / $3, 20))) end
            where way = $7
            """,
            faults, reason!, Threshold, options.FirstRetry, options.LongestRetry, Jitter(), way.Name());
    }
}
