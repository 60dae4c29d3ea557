using System.Text.Json;
using CareRecords;
using CareRecords.Access;
using CareRecords.Database;
using KantaConnector.Messages;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace KantaConnector.Queue;

internal sealed record Finished(Claim Claim, Outcome Outcome);

/// <summary>
/// The last of the queue's three steps, one transaction for all results at hand. A document's result counts only where the fence is still ours;
/// what came too late stays written at its attempt. Faults of the way move the breaker and cost a document no attempt.
/// </summary>
internal sealed class RecordOutcomes(NpgsqlDataSource database, IServiceScopeFactory scopes, IOptions<KantaOptions> options, CrashPoints crash)
{
    /// <returns>How many results were too late: another worker holds, or has finished, the document.</returns>
    public async Task<int> Handle(IReadOnlyList<Finished> finished, CancellationToken cancel)
    {
        await using var work = new UnitOfWork(database);
        var late = 0;
        foreach (var (claim, outcome) in finished)
        {
            late += await Document(work, claim, outcome, cancel) == 1 ? 0 : 1;
        }
        await Attempts(work, finished, cancel);
        await Log(work, finished, cancel);
        await Breaker.Record(work, finished.Select(result => result.Outcome).ToArray(), options.Value, cancel);
        await crash.At("record: before commit");
        await work.CommitAsync(cancel);
        await crash.At("record: committed");
        return late;
    }

    private ValueTask<int> Document(UnitOfWork work, Claim claim, Outcome outcome, CancellationToken cancel)
    {
        const string mine = " where id = $1 and fence = $2 and state = 'queued'";
        var (first, longest) = (options.Value.FirstRetry, options.Value.LongestRetry);
        switch (outcome)
        {
            case Outcome.Accepted:
                return work.ExecuteAsync(
                    "update kanta.document set state = 'archived', finished_at = clock_timestamp(), lease_until = null, attempts = attempts + 1, reason = null, codes = null"
                    + mine, cancel, claim.Id, claim.Fence);
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
                      state = case when rejected_at < (select last_accepted_at from kanta.endpoint) then 'refused' else 'queued' end,
                      endpoint_faults = endpoint_faults + 1, available_at = clock_timestamp() + least($6, $5 * power(2, least(endpoint_faults, 20)))
                    """ + mine, cancel, claim.Id, claim.Fence, Summary(rejected.Details), Codes(rejected.Details), first, longest);
            case Outcome.Unknown unknown:
                return Later(unknown.Reason, unknown.RetryAfter);
            case Outcome.NotSent notSent:
                return Later(notSent.Reason, null);
            default:
                return work.ExecuteAsync("update kanta.document set lease_until = null" + mine, cancel, claim.Id, claim.Fence);
        }

        ValueTask<int> Later(string reason, TimeSpan? retryAfter)
        {
            var jitter = 0.5 + (0.5 * Random.Shared.NextDouble());
            var asked = retryAfter is { } wish && wish > TimeSpan.Zero ? wish : TimeSpan.Zero;
            return work.ExecuteAsync(
                """
                update kanta.document set lease_until = null, reason = $3, endpoint_faults = endpoint_faults + 1,
                  available_at = clock_timestamp() + greatest($4, $7 * least($6, $5 * power(2, least(endpoint_faults, 20))))
                """ + mine, cancel, claim.Id, claim.Fence, reason, asked < longest ? asked : longest, first, longest, jitter);
        }
    }

    private static async Task Attempts(UnitOfWork work, IReadOnlyList<Finished> finished, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(await work.ConnectionAsync(cancel), work.Transaction);
        foreach (var (claim, outcome) in finished)
        {
            var (name, reason, details) = outcome switch
            {
                Outcome.Accepted => ("accepted", null, null),
                Outcome.Refused refused => ("refused", Summary(refused.Details), refused.Details),
                Outcome.Rejected rejected => ("rejected", Summary(rejected.Details), rejected.Details),
                Outcome.Unknown unknown => ("unknown", unknown.Reason, null),
                Outcome.NotSent notSent => ("not_sent", notSent.Reason, null),
                _ => ("released", (string?)null, (IReadOnlyList<AcknowledgementDetail>?)null),
            };
            batch.BatchCommands.Add(new NpgsqlBatchCommand(
                "update kanta.attempt set finished_at = clock_timestamp(), outcome = $2, reason = $3, codes = $4 where message_id = $1 and outcome is null")
            {
                Parameters =
                {
                    new() { Value = claim.MessageId }, new() { Value = name }, new() { Value = (object?)reason ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
                    Codes(details ?? []),
                },
            });
        }
        await batch.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>A document that left this house is a disclosure: one entry of the access log for each that the archive took.</summary>
    private async Task Log(UnitOfWork work, IReadOnlyList<Finished> finished, CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CurrentUser>().Become(null, "Kanta", UserRole.System);
        await scope.ServiceProvider.GetRequiredService<AccessLog>().RecordAsync(work, [.. finished.Where(result => result.Outcome is Outcome.Accepted)
            .Select(result => new AccessEntry
            {
                Interaction = "send",
                ResourceType = "KantaDocument",
                ResourceId = result.Claim.Oid,
                ResourceVersion = result.Claim.Version,
                PatientIds = [result.Claim.PatientId],
                ControllerId = result.Claim.ControllerId,
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

    private static NpgsqlParameter Codes(IReadOnlyList<AcknowledgementDetail> details) => new()
    {
        Value = details.Count == 0 ? DBNull.Value
            : JsonSerializer.Serialize(details.Select(detail => detail with { Text = PlainText.WithoutIdentityCodes(detail.Text) })),
        NpgsqlDbType = NpgsqlDbType.Jsonb,
    };
}
