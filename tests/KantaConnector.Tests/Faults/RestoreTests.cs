using System.Diagnostics;
using System.Text.Json;
using CareRecords.Database;
using CareRecords.Practice;
using CareRecords.Protection;
using KantaConnector.Documents;
using KantaConnector.Queue;
using KantaConnector.Retrieval;
using KantaConnector.Tests.Fixtures;
using KantaConnector.Transport;
using KantaConnector.Verbs;
using Npgsql;
using Shouldly;

namespace KantaConnector.Tests.Faults;

/// <summary>F25: the database is put back to a backup (pg_dump, pg_restore) while the archive went on.</summary>
public sealed class RestoreTests : IAsyncLifetime
{
    private readonly KantaDatabase database = new();
    private readonly string folder = Directory.CreateTempSubdirectory("kanta-restore-").FullName;
    private SimulatorProcess simulator = null!;

    public ValueTask InitializeAsync() => database.InitializeAsync();

    public async ValueTask DisposeAsync()
    {
        await (simulator?.DisposeAsync() ?? ValueTask.CompletedTask);
        await database.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private Node NewNode()
    {
        var settings = Node.Settings(simulator.Endpoint, simulator.CaFile, simulator.Client);
        (settings["Kanta:TotalTimeout"], settings["Kanta:Lease"]) = ("00:00:20", "00:00:40");
        return new Node(database.ConnectionString, database.Keys, settings, seen: database.Epochs);
    }

    [Fact]
    public async Task F25_RestoredToYesterday_IsReconciledAndNothingIsSentTwice()
    {
        SkipWithoutBackups();
        simulator = await SimulatorProcess.Start();
        var runs = Runs.Of(1, 10);
        for (var run = 0; run < runs; run++)
        {
            await Once(run * 10);
        }
        Runs.Passed("F25", runs, "restores by pg_dump and pg_restore");
    }

    [Fact]
    public async Task F25_SameBackupRestoredAgainAndAgain_NoOidIsGivenTwice()
    {
        SkipWithoutBackups();
        var given = new List<string> { await NextOid() };
        await Postgres("pg_dump", "-Fc", "-f", Path.Combine(folder, "backup"));
        given.Add(await NextOid());
        var runs = Runs.Of(3, 20);
        for (var run = 1; run <= runs; run++)
        {
            await Restore();
            if (run == 1)
            {
                // Nothing outside the database can know of the first restore but who did it.
                (await AfterRestore.NoticeAsync(database.DataSource, database.Epochs, CancellationToken.None)).ShouldBeFalse();
                await Declare();
            }
            else if (run % 2 == 0)
            {
                await Declare();
            }
            else
            {
                // Nobody says so: the next start sees it, and the queue waits for the comparison.
                (await AfterRestore.NoticeAsync(database.DataSource, database.Epochs, CancellationToken.None)).ShouldBeTrue();
                (await database.Scalar<long>("select count(*) from kanta.endpoint where restored_at is null")).ShouldBe(0);
            }
            (await AfterRestore.NoticeAsync(database.DataSource, database.Epochs, CancellationToken.None)).ShouldBeFalse("it was declared already");
            await Declare();
            (await database.Scalar<int>("select max(epoch) from care.installation_epoch")).ShouldBe(run + 1);
            given.Add(await NextOid());
        }
        given.Distinct().Count().ShouldBe(given.Count, string.Join('\n', given));
        Runs.Passed("F25", runs, "restores of one backup, each with OIDs of its own");

        async Task Declare()
        {
            await using var work = new UnitOfWork(database.DataSource);
            await AfterRestore.Begin(work, database.Epochs, CancellationToken.None);
            await work.CommitAsync();
        }

        async Task<string> NextOid()
        {
            // As after a start: what the practice's epoch is, a fresh process reads.
            var practice = await new PracticeDirectory(database.DataSource, database.Epochs).GetAsync();
            await using var work = new UnitOfWork(database.DataSource);
            var oid = await OidIssuer.NextAsync(work, practice.Controllers[0], OidKind.Document, 2026, CancellationToken.None);
            await work.CommitAsync();
            return oid;
        }
    }

    private static void SkipWithoutBackups() =>
        Assert.SkipUnless((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(place => File.Exists(Path.Combine(place, "pg_dump"))), "pg_dump is not installed");

    private async Task Restore()
    {
        await Postgres("pg_restore", "--clean", "--if-exists", Path.Combine(folder, "backup"));
        NpgsqlConnection.ClearAllPools();
    }

    private async Task Once(int from)
    {
        var before = FaultBench.Events(2, notes: 2, correction: false, from: from + 1);
        var waiting = FaultBench.Events(1, from: from + 3);
        var attempted = FaultBench.Events(1, notes: 0, correction: false, from: from + 6);
        await using (var node = NewNode())
        {
            await PatientOf(node, before[0].PatientId);
            await node.Queue(before);
            await node.Start();
            await Invariants.AllArchived(database);
        }
        await using (var still = NewNode())
        {
            // At the backup some wait unsigned, and one was signed and is under way.
            await still.Queue(attempted);
            (await still.Get<ClaimDocuments>().Take(10, still.Get<KantaCertificates>().Signing.Current().Certificate!, CancellationToken.None)).Count.ShouldBe(1);
            await still.Queue(waiting);
        }
        await Postgres("pg_dump", "-Fc", "-f", Path.Combine(folder, "backup"));
        await database.Execute("update kanta.document set lease_until = null where lease_until is not null");

        // After the backup: what waited is archived, a note that was archived gets a correction, and a whole event is new.
        var corrected = Correction(before[1], from);
        var forgotten = FaultBench.Events(1, from: from + 4);
        await using (var node = NewNode())
        {
            await node.Queue([corrected, .. forgotten]);
            await node.Start();
            await Invariants.AllArchived(database);
        }
        var atDisaster = await Archived();

        await Restore();
        await using var restored = NewNode();
        var epoch = await database.Scalar<int>("select max(epoch) from care.installation_epoch");
        await database.Execute("update kanta.document set lease_until = null where lease_until is not null");
        await using (var work = new UnitOfWork(database.DataSource))
        {
            await AfterRestore.Begin(work, database.Epochs, CancellationToken.None);
            await work.CommitAsync();
        }
        // Whoever starts the program before reconciling sends nothing.
        await restored.Start();
        await Until.Holds(async () => await database.Scalar<string?>("select hold from kanta.endpoint where way = 'documents'") is { } hold && hold.Contains("reconcile", StringComparison.Ordinal), () => Task.FromResult("hold"));
        (await Archived()).ShouldBe(atDisaster);

        var said = new StringWriter();
        var code = await ReconcileVerb.RunAsync(restored.Services, afterRestore: true, DateTimeOffset.UtcNow.AddDays(-400), proceedUnanswered: false, json: true, said, CancellationToken.None);
        var reports = said.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).Where(line => line.TryGetProperty("oid", out _))
            .Select(line => (Oid: line.GetProperty("oid").GetString()!, Verdict: line.GetProperty("verdict").GetString()!)).ToArray();
        code.ShouldBe(1, said.ToString());
        reports.Where(report => report.Verdict == "takenOver").Select(report => report.Oid).Order().ShouldBe(waiting.Select(submission => submission.Oid).Order(), said.ToString());
        reports.Where(report => report.Verdict == "wasArchived").Select(report => report.Oid).ShouldBe(attempted.Select(submission => submission.Oid), said.ToString());
        reports.Where(report => report.Verdict == "adopted").Select(report => report.Oid).Order().ShouldBe(forgotten.Append(corrected).Select(submission => submission.Oid).Order(), said.ToString());
        (await database.Scalar<int>("select max(epoch) from care.installation_epoch")).ShouldBe(epoch + 1);

        // Life goes on: new documents are archived, and nothing that the archive had is sent again.
        var afterwards = FaultBench.Events(1, from: from + 5);
        await restored.Queue(afterwards);
        await Invariants.AllArchived(database);
        (await Archived()).ShouldBe([.. atDisaster, .. afterwards.Select(submission => submission.Oid)], ignoreOrder: true);
        (await Entries()).ShouldNotContain(entry => entry.ToString().Contains("SIM-V1", StringComparison.Ordinal));
        foreach (var oid in atDisaster)
        {
            Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(await simulator.Document(oid)))
                .ShouldBe(await database.Scalar<string>("select encode(sha256, 'hex') from kanta.document where oid = $1", oid));
        }
        // Once more changes nothing.
        var again = new StringWriter();
        (await ReconcileVerb.RunAsync(restored.Services, false, DateTimeOffset.UtcNow.AddDays(-400), false, true, again, CancellationToken.None)).ShouldBe(0, again.ToString());
        again.ToString().ShouldNotContain("verdict");
    }

    private static Submission Correction(Submission note, int from)
    {
        var facts = Some.Correction().Facts with
        {
            Oid = $"{note.Oid}9{from}",
            SetId = note.Oid,
            Replaces = new PreviousVersion(note.Oid, 1),
            ServiceEvent = Some.ServiceEvent() with { Oid = note.ServiceEventOid! },
        };
        return new Submission
        {
            Kind = SubmissionKind.Care,
            ControllerId = note.ControllerId,
            PatientId = note.PatientId,
            Oid = facts.Oid,
            SetId = facts.SetId,
            Version = 2,
            ServiceEventOid = note.ServiceEventOid,
            Document = CdaBuilder.Build(Some.Correction() with { Facts = facts }),
        };
    }

    // All test documents are of the one test person: asking for her leads to what the database has forgotten.
    private async Task PatientOf(Node node, string patient)
    {
        var cipher = node.Get<FieldCipher>();
        async Task<byte[]> Sealed(string column, string text) =>
            (await cipher.EncryptTextAsync(KeyScope.Patient(patient), new FieldPlace("care.person." + column, patient), text))!;
        await database.Execute(
            """
            insert into care.person (patient_id, identity_code, identity_index, birth_date, sex, recorded_at, recorded_by)
            values ($1, $2, $3, $4, '2', now(), $5) on conflict (identity_index) do update set patient_id = excluded.patient_id, identity_code = excluded.identity_code,
              birth_date = excluded.birth_date
            """, patient, await Sealed("identity_code", "010594Y9032"), new byte[] { 1 }, await Sealed("birth_date", "1994-05-01"), Guid.CreateVersion7());
    }

    private async Task<string[]> Archived() => [.. (await Entries()).Where(entry => entry.TryGetProperty("outcome", out var outcome) && outcome.GetString() == "archived")
        .Select(entry => entry.GetProperty("document").GetProperty("id").GetString()!)];

    private async Task<JsonElement[]> Entries() => [.. (await simulator.Ledger()).GetProperty("entries").EnumerateArray()];

    private async Task Postgres(string program, params string[] arguments)
    {
        var connection = new NpgsqlConnectionStringBuilder(database.SuperuserConnectionString);
        var start = new ProcessStartInfo(program) { RedirectStandardError = true };
        foreach (var argument in (string[])["-h", connection.Host!, "-p", connection.Port.ToString(System.Globalization.CultureInfo.InvariantCulture), "-U", connection.Username!, "-d", connection.Database!, .. arguments])
        {
            start.ArgumentList.Add(argument);
        }
        start.Environment["PGPASSWORD"] = connection.Password;
        using var process = Process.Start(start)!;
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, errors);
    }
}
