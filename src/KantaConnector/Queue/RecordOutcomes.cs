using System.Text.Json;
using CareRecords;
using CareRecords.Access;
using CareRecords.Database;
using KantaConnector.Appointments;
using KantaConnector.Messages;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace KantaConnector.Queue;

internal sealed record Finished(Claim Claim, Outcome Outcome);

/// <summary>
/// The last of the queue's three steps, one transaction of two or three round trips for all results at hand. A document's result counts only where the fence is still ours;
/// what came too late stays written at its attempt. Faults of the way move the breaker and cost a document no attempt.
/// </summary>
internal sealed class RecordOutcomes(NpgsqlDataSource database, IServiceScopeFactory scopes, IOptions<KantaOptions> options, CrashPoints crash)
{
    /// <returns>How many results were too late: another worker holds, or has finished, the document.</returns>
    public async Task<int> Handle(IReadOnlyList<Finished> finished, CancellationToken cancel)
    {
        await using var work = new UnitOfWork(database);
        var accepted = finished.Where(result => result.Outcome is Outcome.Accepted).Select(result => result.Claim).ToArray();
        var released = finished.Where(result => result.Outcome is Outcome.Released).Select(result => result.Claim).ToArray();
        var archived = await Together(work, Archived, accepted, cancel);
        var late = accepted.Length - archived.Count + released.Length - (await Together(work, GivenBack, released, cancel)).Count;
        foreach (var (claim, outcome) in finished.Where(result => result.Outcome is not (Outcome.Accepted or Outcome.Released)))
        {
            late += await Document(work, claim, outcome, cancel) == 1 ? 0 : 1;
        }
        Attempts(work, finished);
        Held(work, finished, archived);
        // Only what this transaction closed: after a COMMIT whose answer was lost all of this runs once more, and a document whose lease
        // ran out may be here twice, under two fences.
        await Log(work, [.. accepted.Where(claim => archived.Contains((claim.Id, claim.Fence)))], cancel);
        Breaker.Record(work, Ways.Of(finished[0].Claim.Kind), finished.Select(result => result.Outcome).ToArray(), options.Value);
        await crash.At("record: before commit");
        await work.CommitAsync(cancel);
        await crash.At("record: committed");
        return late;
    }

    private const string Archived =
        "state = 'archived', finished_at = clock_timestamp(), lease_until = null, attempts = attempts + 1, reason = null, codes = null, rejected_at = null";

    private const string GivenBack = "lease_until = null";

    private static async ValueTask<HashSet<(Guid Id, long Fence)>> Together(UnitOfWork work, string change, Claim[] claims, CancellationToken cancel) => claims.Length == 0 ? [] : [.. await work.QueryAsync(
        $"update kanta.document d set {change} from unnest($1, $2) as f(id, fence) where d.id = f.id and d.fence = f.fence and d.state = 'queued' returning d.id, d.fence",
        reader => (reader.GetGuid(0), reader.GetInt64(1)), cancel,
        Many(NpgsqlDbType.Uuid, claims.Select(claim => claim.Id).ToArray()), Many(NpgsqlDbType.Bigint, claims.Select(claim => claim.Fence).ToArray()))];

    /// <summary>Under which id and version the archive has an appointment: the next version follows it.</summary>
    private static void Held(UnitOfWork work, IReadOnlyList<Finished> finished, HashSet<(Guid Id, long Fence)> archived)
    {
        (Guid Id, HeldVersion Held)[] held =
            [.. finished.Where(result => archived.Contains((result.Claim.Id, result.Claim.Fence))).Select(result => (result.Claim.Id, (result.Outcome as Outcome.Accepted)?.Held!)).Where(one => one.Item2 is not null)];
        if (held.Length > 0)
        {
            work.Defer(
                "update kanta.document d set remote_id = h.remote_id, remote_version = h.version from unnest($1, $2, $3) as h(id, remote_id, version) where d.id = h.id",
                Many(NpgsqlDbType.Uuid, held.Select(one => one.Id).ToArray()), Many(NpgsqlDbType.Text, held.Select(one => one.Held.Id).ToArray()),
                Many(NpgsqlDbType.Text, held.Select(one => one.Held.Version).ToArray()));
        }
    }

    private static NpgsqlParameter Many(NpgsqlDbType type, object values) => new() { Value = values, NpgsqlDbType = NpgsqlDbType.Array | type };

    private ValueTask<int> Document(UnitOfWork work, Claim claim, Outcome outcome, CancellationToken cancel)
    {
        const string mine = " where id = $1 and fence = $2 and state = 'queued'";
        var (first, longest) = (options.Value.FirstRetry, options.Value.LongestRetry);
        switch (outcome)
        {
            case Outcome.Refused refused:
                return work.ExecuteAsync(
                    """
                    update kanta.document set state = 'refused', lease_until = null, attempts = attempts + 1, reason = $3, codes = $4, content_refused = $5
                    """ + mine, cancel, claim.Id, claim.Fence, Summary(refused.Details), Codes(refused.Details), !HoldsAnother(refused.Details));
            case Outcome.Rejected rejected:
                // The second rejection of a document is its own fault when the archive has accepted others since the first.
                return work.ExecuteAsync(
                    """
                    update kanta.document set lease_until = null, reason = $3, codes = $4, rejected_at = coalesce(rejected_at, clock_timestamp()),
                      state = case when rejected_at < (select last_accepted_at from kanta.endpoint where way = $8) then 'refused' else 'queued' end,
                      endpoint_faults = endpoint_faults + 1, available_at = clock_timestamp() + $7 * least($6, $5 * power(2, least(endpoint_faults, 20)))
                    """ + mine, cancel, claim.Id, claim.Fence, Summary(rejected.Details), Codes(rejected.Details), first, longest, Breaker.Jitter(),
                    Ways.Of(claim.Kind).Name());
            case Outcome.Unknown unknown:
                return Later(unknown.Reason, unknown.RetryAfter);
            case Outcome.NotSent notSent:
                return Later(notSent.Reason, null);
            case Outcome.Outdated outdated:
                // The archive refused these bytes for the version that they follow: they are signed anew. Waiting grows, should that not end it.
                return work.ExecuteAsync(
                    """
                    update kanta.document set lease_until = null, remote_asked = true, remote_id = $3, remote_version = $4, signed_at = null, sha256 = null, endpoint_faults = endpoint_faults + 1,
                      available_at = clock_timestamp() + case when endpoint_faults = 0 then interval '0' else $7 * least($6, $5 * power(2, least(endpoint_faults, 20))) end
                    """ + mine, cancel, claim.Id, claim.Fence, Sql.Null(outdated.Held?.Id), Sql.Null(outdated.Held?.Version), first, longest, Breaker.Jitter());
            default:
                throw new InvalidOperationException($"{outcome.GetType().Name} is recorded together with others.");
        }

        ValueTask<int> Later(string reason, TimeSpan? retryAfter)
        {
            return work.ExecuteAsync(
                """
                update kanta.document set lease_until = null, reason = $3, endpoint_faults = endpoint_faults + 1,
                  available_at = clock_timestamp() + greatest($4, $7 * least($6, $5 * power(2, least(endpoint_faults, 20))))
                """ + mine, cancel, claim.Id, claim.Fence, reason, Breaker.Asked(retryAfter), first, longest, Breaker.Jitter());
        }
    }

    private static void Attempts(UnitOfWork work, IReadOnlyList<Finished> finished)
    {
        (string Name, string? Reason, string? Codes)[] results = [.. finished.Select(result => result.Outcome switch
        {
            Outcome.Accepted => ("accepted", null, null),
            Outcome.Refused refused => ("refused", Summary(refused.Details), Json(refused.Details)),
            Outcome.Rejected rejected => ("rejected", Summary(rejected.Details), Json(rejected.Details)),
            Outcome.Unknown unknown => ("unknown", unknown.Reason, null),
            Outcome.NotSent notSent => ("not_sent", notSent.Reason, null),
            Outcome.Outdated outdated => ("refused", $"the archive holds {outdated.Held?.Version ?? "none"}, ours followed another version", null),
            _ => ("released", (string?)null, (string?)null),
        })];
        work.Defer(
            """
            update kanta.attempt a set finished_at = clock_timestamp(), outcome = r.outcome, reason = r.reason, codes = r.codes::jsonb
            from unnest($1, $2, $3, $4) as r(message_id, outcome, reason, codes) where a.message_id = r.message_id and a.outcome is null
            """,
            Many(NpgsqlDbType.Text, finished.Select(result => result.Claim.MessageId).ToArray()), Many(NpgsqlDbType.Text, results.Select(result => result.Name).ToArray()),
            Many(NpgsqlDbType.Text, results.Select(result => result.Reason).ToArray()), Many(NpgsqlDbType.Text, results.Select(result => result.Codes).ToArray()));
    }

    /// <summary>A document that left this house is a disclosure: one entry of the access log for each that the archive took.</summary>
    private async Task Log(UnitOfWork work, Claim[] archived, CancellationToken cancel)
    {
        if (archived.Length == 0)
        {
            return;
        }
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CurrentUser>().Become(null, "Kanta", UserRole.System);
        await scope.ServiceProvider.GetRequiredService<AccessLog>().RecordAsync(work, [.. archived.Select(claim => new AccessEntry
            {
                Interaction = "send",
                ResourceType = "KantaDocument",
                ResourceId = claim.Oid,
                ResourceVersion = claim.Version,
                PatientIds = [claim.PatientId],
                ControllerId = claim.ControllerId,
                Purpose = "archive",
            })], cancel);
    }

    private static string Summary(IReadOnlyList<AcknowledgementDetail> details)
    {
        var errors = details.Where(detail => detail.IsError).Select(detail => $"{detail.Code} {detail.Text}".Trim()).ToArray();
        return errors.Length == 0 ? "refused without a reason" : PlainText.WithoutIdentityCodes(string.Join("; ", errors));
    }

    /// <summary>The archive holds other bytes under the id: nothing may be built anew under it.</summary>
    private bool HoldsAnother(IReadOnlyList<AcknowledgementDetail> details) =>
        details.Any(detail => detail is { IsError: true, Code: { } code } && options.Value.HeldDifferently().Contains(code));

    private static NpgsqlParameter Codes(IReadOnlyList<AcknowledgementDetail> details) =>
        new() { Value = (object?)Json(details) ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Jsonb };

    private static string? Json(IReadOnlyList<AcknowledgementDetail> details) => details.Count == 0 ? null
        : JsonSerializer.Serialize(details.Select(detail => detail with { Text = PlainText.WithoutIdentityCodes(detail.Text) }));
}
