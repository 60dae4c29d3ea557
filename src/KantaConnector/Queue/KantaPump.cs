using System.Threading.Channels;
using CareRecords.Database;
using CareRecords.Practice;
using KantaConnector.Records;
using KantaConnector.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace KantaConnector.Queue;

/// <summary>
/// Drains the queue of one way while the program runs: claims, sends with bounded parallelism, records in batches. Everything that it must not forget stands
/// in the database, so it may die at any moment; another turn, here or on another node, goes on when the lease ends.
/// </summary>
internal sealed class KantaPump(
    Way way, Func<Claim, CancellationToken, Task<Outcome>> send, NpgsqlDataSource database, ClaimDocuments claims, RecordOutcomes record, KantaCertificates certificates,
    PracticeDirectory practices, IServiceScopeFactory scopes, IOptions<KantaOptions> options, QueueSignal signal, TimeProvider clock, ILogger<KantaPump> log)
    : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private readonly int parallelism = way == Way.Appointments ? options.Value.Appointments.Parallelism : options.Value.Parallelism;
    private readonly Pace pace = new(clock, way == Way.Appointments ? options.Value.Appointments.Parallelism : options.Value.Parallelism);
    private string? hold;

    // Faults in a row of this process; three of them, or one that speaks for the whole way, give back what was claimed and not yet tried.
    private int faults;

    // The archive asked to wait: no success of another document ends that.
    private long pausedUntil;

    // Results that the database does not know yet: after faults nothing is claimed before it has them, or the breaker would come too late.
    private int unrecorded;

    // A sender took what waited for it: there may be room for the next batch.
    private readonly Channel<bool> fewer = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var toSend = Channel.CreateUnbounded<Claim>();
        var done = Channel.CreateUnbounded<Finished>(new UnboundedChannelOptions { SingleReader = true });
        var recorder = Record(done.Reader, toSend.Reader, stoppingToken);
        var senders = Enumerable.Range(0, parallelism).Select(_ => Send(toSend.Reader, done.Writer, stoppingToken)).ToArray();
        if (way == Way.Documents)
        {
            await Promote();
        }
        try
        {
            await Claim(toSend, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            log.LogInformation("The Kanta queue stops.");
        }
        toSend.Writer.Complete();
        await Task.WhenAll(senders);
        done.Writer.Complete();
        await recorder;
    }

    private async Task Claim(Channel<Claim> toSend, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            // One batch ahead of the senders, so that they need not wait for the claim: half a second's work.
            while (toSend.Reader.Count >= pace.Batch)
            {
                await fewer.Reader.ReadAsync(stopping);
            }
            var claimed = 0;
            try
            {
                claimed = await ClaimOnce(toSend.Writer, stopping);
            }
            catch (Exception error) when (error is NpgsqlException or TimeoutException or InvalidOperationException or System.Security.Cryptography.CryptographicException)
            {
                log.LogError(error, "The Kanta queue could not be read; next try in {Pause}.", Pause);
                await Task.Delay(Pause, clock, stopping);
                continue;
            }
            if (claimed == 0)
            {
                await signal.Wait(way, options.Value.PollInterval, stopping);
            }
        }
    }

    private async Task<int> ClaimOnce(ChannelWriter<Claim> toSend, CancellationToken stopping)
    {
        var why = await WhyNot(stopping);
        if (why is not null || !claims.AwaitsReconciliation)
        {
            await Hold(why, stopping);
        }
        if (why is not null || certificates.Signing.Current() is not { IsUsable: true, Certificate: { } certificate })
        {
            return 0;
        }
        if ((Volatile.Read(ref faults) >= Breaker.Threshold || clock.GetTimestamp() < Volatile.Read(ref pausedUntil)) && Volatile.Read(ref unrecorded) > 0)
        {
            return 0;
        }
        var taken = await claims.Take(pace.Batch, certificate, stopping, way);
        if (claims.AwaitsReconciliation)
        {
            // The epoch was raised, or will be: what this process knows of the practice is old.
            practices.Forget();
            await Hold("the database was restored from a backup: run care kanta reconcile", stopping);
        }
        Volatile.Write(ref faults, 0);
        foreach (var claim in taken)
        {
            // Not cancelled by a stop: the senders give back at once what they no longer send, and the next start need not wait for the lease.
            toSend.TryWrite(claim);
        }
        if (taken.Count == 0)
        {
            pace.Restart();
        }
        return taken.Count;
    }

    private async Task Hold(string? why, CancellationToken stopping)
    {
        if (why == hold)
        {
            return;
        }
        hold = why;
        await using var change = new UnitOfWork(database);
        await change.ExecuteAsync("update kanta.endpoint set hold = $1 where way = $2", stopping, Sql.Null(why), way.Name());
        await change.CommitAsync(stopping);
        log.LogWarning("Sending {Way} to the archive: {State}", way.Name(), why ?? "possible");
    }

    /// <summary>Why nothing can be sent from here at all; null when sending is possible.</summary>
    private async ValueTask<string?> WhyNot(CancellationToken stopping)
    {
        if (await practices.FindAsync(stopping) is not { } practice)
        {
            return "no practice is set up";
        }
        if (way == Way.Appointments)
        {
            if (!options.Value.Appointments.Enabled)
            {
                return "appointments are switched off (Kanta:Appointments:Enabled)";
            }
            if (options.Value.Appointments.Endpoint is null)
            {
                return "no archive address is configured (Kanta:Appointments:Endpoint)";
            }
        }
        else if (options.Value.Endpoint is null)
        {
            return "no archive address is configured (Kanta:Endpoint)";
        }
        if (practice.Environment == KantaEnvironment.Production && options.Value.CertificationEntry.Length == 0)
        {
            return "production needs the owner's entry of the certification (Kanta:CertificationEntry)";
        }
        if (way == Way.Documents && practice.Environment == KantaEnvironment.Production && options.Value.CareFunctionCode.StartsWith("DEMO-", StringComparison.Ordinal))
        {
            return "production needs a real task class (Kanta:CareFunctionCode)";
        }
        return certificates.WhyNot() is { Length: > 0 } reason ? reason : null;
    }

    private async Task Send(ChannelReader<Claim> toSend, ChannelWriter<Finished> done, CancellationToken stopping)
    {
        await foreach (var claim in toSend.ReadAllAsync(CancellationToken.None))
        {
            fewer.Writer.TryWrite(true);
            if (stopping.IsCancellationRequested || Volatile.Read(ref faults) >= Breaker.Threshold || clock.GetTimestamp() < Volatile.Read(ref pausedUntil))
            {
                Finish(done, claim, new Outcome.Released());
                continue;
            }
            try
            {
                // A send under way is finished even when the program stops: its answer saves a repetition.
                var outcome = await send(claim, CancellationToken.None);
                if (outcome is Outcome.Unknown { RetryAfter: { } asked })
                {
                    Volatile.Write(ref pausedUntil, clock.GetTimestamp() + (long)(Breaker.Asked(asked).TotalSeconds * clock.TimestampFrequency));
                }
                Count(Breaker.Weight(outcome));
                Finish(done, claim, outcome);
            }
            catch (Exception error) when (error is not CrashedException)
            {
                log.LogError(error, "Sending document {Document} failed in an unforeseen way; its fate is unknown.", claim.Id);
                Finish(done, claim, new Outcome.Unknown($"internal fault {error.GetType().Name}"));
            }
        }
    }

    private void Finish(ChannelWriter<Finished> done, Claim claim, Outcome outcome)
    {
        Interlocked.Increment(ref unrecorded);
        done.TryWrite(new Finished(claim, outcome));
    }

    private void Count(int weight)
    {
        if (weight < 0)
        {
            Volatile.Write(ref faults, 0);
        }
        else if (weight > 0)
        {
            Interlocked.Add(ref faults, weight);
        }
    }

    private async Task Record(ChannelReader<Finished> done, ChannelReader<Claim> toSend, CancellationToken stopping)
    {
        var batch = new List<Finished>();
        // What could not be written is tried again by itself: there may be no further result to wait for.
        while (batch.Count > 0 || await done.WaitToReadAsync(CancellationToken.None))
        {
            if (batch.Count == 0 && pace.Gather is { Ticks: > 0 } gather && toSend.Count > parallelism && Volatile.Read(ref unrecorded) < 64)
            {
                await Task.Delay(gather, clock, CancellationToken.None);
            }
            while (batch.Count < 256 && done.TryRead(out var finished))
            {
                batch.Add(finished);
            }
            try
            {
                var late = await record.Handle(batch, CancellationToken.None);
                if (late > 0)
                {
                    log.LogWarning("{Late} results came after their lease had passed on.", late);
                }
                pace.Done(batch.Count(finished => finished.Outcome is Outcome.Accepted or Outcome.Refused));
                var anyRefused = batch.Any(finished => finished.Outcome is Outcome.Refused);
                Interlocked.Add(ref unrecorded, -batch.Count);
                batch.Clear();
                if (anyRefused)
                {
                    await Promote();
                }
                signal.Wake(way);
            }
            // A connection that breaks in the middle says so in several ways; whoever stopped here would send on and never write down.
            catch (Exception error) when (error is NpgsqlException or TimeoutException or InvalidOperationException or IOException)
            {
                log.LogError(error, "Results from the archive could not be recorded; next try in {Pause}.", Pause);
                if (stopping.IsCancellationRequested)
                {
                    // The attempts stand in the database: their leases end and the documents are sent again, which the archive recognises.
                    return;
                }
                await Task.Delay(Pause, clock, CancellationToken.None);
            }
        }
    }

    /// <summary>Corrections that wait behind a refused document go in its place; what a crash leaves undone the next refusal or start finds.</summary>
    private async Task Promote()
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var work = scope.ServiceProvider.GetRequiredService<UnitOfWork>();
            if (await scope.ServiceProvider.GetRequiredService<PromoteCorrections>().Handle(work, CancellationToken.None) is var set and > 0)
            {
                await work.CommitAsync(CancellationToken.None);
                log.LogInformation("{Count} corrections go out in the place of refused documents.", set);
            }
        }
        catch (Exception error) when (error is NpgsqlException or TimeoutException or InvalidOperationException)
        {
            log.LogError(error, "Corrections behind refused documents could not be set going; the next refusal or start tries again.");
        }
    }
}
