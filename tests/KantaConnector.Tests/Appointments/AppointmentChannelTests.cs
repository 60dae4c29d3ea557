using System.Text.Json.Nodes;
using CareRecords.Database;
using CareRecords.Protection;
using Fhir.Validation;
using KantaConnector.Appointments;
using KantaConnector.Queue;
using KantaConnector.Status;
using KantaConnector.Tests.Faults;
using KantaConnector.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace KantaConnector.Tests.Appointments;

/// <summary>Appointments on their way to the archive: the real queue, PostgreSQL and simulator process, which demands and verifies the Bundle's signature.</summary>
public sealed class AppointmentChannelTests(SigningSimulator shared) : IClassFixture<SigningSimulator>, IAsyncLifetime
{
    private static readonly string[] Life = ["1 booked", "2 booked", "3 checked-in", "4 fulfilled"];
    private readonly AppointmentBench bench = new(shared.Process);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await shared.Process.Faults(new { faults = Array.Empty<object>() });
        await bench.DisposeAsync();
    }

    [Fact]
    public async Task Changes_GoOneByOneInTheirOrder_WithTheFinnishStatus()
    {
        await bench.Open();
        var node = bench.Node();
        await bench.Life(node);
        await node.Start();
        await bench.Archived();
        (await bench.Taken()).ShouldBe(Life);
        (await bench.Database.Scalar<string>("select string_agg(remote_version, ' ' order by version) from kanta.document")).ShouldBe("W/\"1\" W/\"2\" W/\"3\" W/\"4\"");
        (await bench.Database.Scalar<long>("select count(*) from kanta.attempt")).ShouldBe(4);
        (await bench.Database.Scalar<long>("select count(*) from care.access_leaf where interaction = 'send'")).ShouldBe(4);
    }

    [Fact]
    public async Task Bundle_IsValidR4()
    {
        await bench.Open();
        var node = bench.Node();
        await bench.Change(node, AppointmentState.Booked);
        var id = await bench.Database.Scalar<Guid>("select id from kanta.document");
        var body = await node.Get<FieldCipher>().DecryptAsync(QueueDocument.Body(id), await bench.Database.Scalar<byte[]>("select body from kanta.document"));
        var certificate = Some.Certificate();
        foreach (var held in new[] { null, new HeldVersion("17", "W/\"3\"") })
        {
            var bundle = AppointmentBundle.Sign(body, held, $"{Some.Root}.10.0", certificate, DateTimeOffset.UnixEpoch, conditionalCreate: held is null)!;
            FhirValidator.Default.Validate(bundle).Where(issue => issue.Severity == IssueSeverity.Error).ShouldBeEmpty();
            var entry = JsonNode.Parse(bundle)!["entry"]![0]!;
            entry["request"]!["ifMatch"]?.ToString().ShouldBe(held?.Version);
            entry["resource"]!["_status"]!["extension"]![0]!["valueCoding"]!["code"]!.ToString().ShouldBe("3");
        }
    }

    [Fact]
    public async Task Cancelled_IsAStatus_AMistakeIsInvalidated()
    {
        await bench.Open();
        var node = bench.Node();
        await bench.Change(node, AppointmentState.Booked);
        await bench.Change(node, AppointmentState.Cancelled);
        await bench.Change(node, AppointmentState.Mistake);
        await node.Start();
        await bench.Archived();
        (await bench.Taken()).ShouldBe(["1 booked", "2 cancelled", "invalidated"]);
    }

    [Fact]
    public async Task WhatIsNotForTheArchive_IsNotQueued()
    {
        await bench.Open(identityCode: false);
        await bench.Change(bench.Node(), AppointmentState.Booked);
        await bench.Database.Execute("update care.person set temporary_id = null, temporary_id_root = null, identity_index = '\\x01', identity_code = $1",
            (await bench.Node().Get<FieldCipher>().EncryptTextAsync(KeyScope.Patient("pat-1"), new FieldPlace("care.person.identity_code", "pat-1"), "010594Y9032"))!);
        await bench.Change(bench.Node(), AppointmentState.Booked, care: false);
        await bench.Change(bench.Node(("Appointments:Enabled", "false")), AppointmentState.Booked);
        // Over before the archive ever had it.
        await bench.Change(bench.Node(), AppointmentState.Cancelled);
        (await bench.Database.Scalar<long>("select count(*) from kanta.document")).ShouldBe(0);
        // Her identity code was learnt later: the next change is new to the archive.
        var node = bench.Node();
        await bench.Change(node, AppointmentState.Arrived);
        await node.Start();
        await bench.Archived();
        (await bench.Taken()).ShouldBe(["1 checked-in"]);
    }

    [Theory]
    [InlineData("before-archiving", "rst")]
    [InlineData("before", "fin")]
    [InlineData("in-headers", "rst")]
    [InlineData("within", "rst")]
    [InlineData("last-byte", "fin")]
    public async Task AnswerLost_EachVersionIsTakenOnce(string when, string how)
    {
        await bench.Open();
        var node = bench.Node();
        await bench.Life(node);
        await bench.Change(node, AppointmentState.Mistake);
        await bench.Simulator.Faults(new { faults = new[] { new { kind = "lose-ack", when, how, count = 7, path = "fhir" } } });
        await node.Start();
        await bench.Archived();
        (await bench.Taken()).ShouldBe([.. Life, "invalidated"]);
        (await bench.Database.Scalar<long>("select count(*) from kanta.attempt where outcome = 'unknown'")).ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task AnotherVersionThere_IsAskedForAndFollowed()
    {
        await bench.Open();
        var node = bench.Node();
        await bench.Change(node, AppointmentState.Booked);
        await node.Start();
        await bench.Archived();
        // As after a restore from a backup that did not know of the last answer.
        await bench.Database.Execute("update kanta.document set remote_version = 'W/\"9\"'");
        await bench.Change(node, AppointmentState.Arrived);
        await bench.Archived();
        (await bench.Taken()).ShouldBe(["1 booked", "2 checked-in"]);
        (await bench.Database.Scalar<long>("select count(*) from kanta.attempt where outcome = 'refused' and reason like 'the archive holds W/\"1\"%'")).ShouldBe(1);
    }

    [Fact]
    public async Task InterfaceDown_DocumentsGoOn_AndNothingIsLost()
    {
        await bench.Open();
        var node = bench.Node();
        await bench.Life(node);
        await bench.Simulator.Faults(new { faults = new[] { new { kind = "status", status = 503, path = "fhir" } } });
        await node.Start();
        await Until.Holds(async () => await bench.Database.Scalar<int>("select failures from kanta.endpoint where way = 'appointments'") >= Breaker.Threshold, () => Task.FromResult("breaker"));
        await node.Queue(Fixtures.Node.Event(7));
        await Until.Holds(async () => await bench.Database.Scalar<long>("select count(*) from kanta.document where kind <> 'appointment' and state <> 'archived'") == 0, () => Task.FromResult("documents"));
        (await bench.Database.Scalar<long>("select count(*) from kanta.document where kind = 'appointment' and (state <> 'queued' or attempts > 0)")).ShouldBe(0);
        await bench.Simulator.Faults(new { faults = Array.Empty<object>() });
        await bench.Archived();
        (await bench.Taken()).ShouldBe(Life);
    }

    [Fact]
    public async Task Refused_NeedsAttention_AndTheNextChangeGoesInItsPlace()
    {
        await bench.Open();
        var node = bench.Node();
        await bench.Change(node, AppointmentState.Booked);
        await bench.Simulator.Faults(new { faults = new[] { new { kind = "refuse", code = "SIM-A07", path = "fhir" } } });
        await node.Start();
        await Until.Holds(async () => await bench.Database.Scalar<long>("select count(*) from kanta.document where state = 'refused'") == 1, () => Task.FromResult("refusal"));
        await using (var scope = node.Services.CreateAsyncScope())
        {
            var work = scope.ServiceProvider.GetRequiredService<UnitOfWork>();
            var status = (await Submissions.OfAppointmentAsync(work, bench.Appointment, CancellationToken.None))!;
            status.Codes.Select(code => code.Code).ShouldBe(["SIM-A07"]);
            (await scope.ServiceProvider.GetRequiredService<MendSubmission>().ResendAsync(work, status.Id, CancellationToken.None)).ShouldBe(MendResult.Done);
            await work.CommitAsync();
        }
        await Until.Holds(async () => await bench.Database.Scalar<long>("select count(*) from kanta.attempt where outcome = 'refused'") == 2, () => Task.FromResult("second refusal"));
        await bench.Simulator.Faults(new { faults = Array.Empty<object>() });
        await bench.Change(node, AppointmentState.Booked, movedBy: 3);
        await Until.Holds(async () => await bench.Database.Scalar<string>("select string_agg(state, ' ' order by version) from kanta.document") == "superseded archived", () => Task.FromResult("states"));
        (await bench.Taken()).ShouldBe(["1 booked"]);
    }

    [Fact]
    public async Task GarbageOfEveryKind_ClosesNothingWrongly()
    {
        await bench.Open();
        var node = bench.Node(("TotalTimeout", "00:00:01"), ("Lease", "00:00:03"));
        await bench.Life(node);
        var every = Runs.Of(3, 1);
        var kinds = (await bench.Simulator.Garbage()).Where((_, at) => at % every == 0);
        await bench.Simulator.Faults(new { faults = kinds.Select(variant => new { kind = "garbage", variant, count = 1, path = "fhir" }) });
        await node.Start();
        await bench.Archived(240);
        (await bench.Taken()).ShouldBe(Life);
        (await bench.Database.Scalar<long>("select count(*) from kanta.attempt where outcome in ('refused', 'rejected')")).ShouldBe(0);
    }

    [Theory]
    [InlineData("claim: before commit", 2)]
    [InlineData("claim: committed", 1)]
    [InlineData("send: before the first byte", 3)]
    [InlineData("send: answered", 1)]
    [InlineData("send: answered", 4)]
    [InlineData("record: before commit", 2)]
    [InlineData("record: committed", 1)]
    public async Task ProcessDiesBetweenTheSteps_SuccessorFinishes(string point, int hit)
    {
        await bench.Open();
        (string, string)[] quick = [("TotalTimeout", "00:00:01"), ("Lease", "00:00:02")];
        var first = bench.Node(quick);
        await bench.Life(first);
        var died = new TaskCompletionSource();
        first.Crash.Reached = Fixtures.Node.DieAt(point, hit, died);
        await first.Start();
        await died.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        await bench.Node(quick).Start();
        await bench.Archived();
        (await bench.Taken()).ShouldBe(Life);
    }
}
