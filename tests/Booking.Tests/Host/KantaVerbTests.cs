using System.Text.Json;
using Booking.Host.Verbs;
using Booking.Tests.Attention;
using Shouldly;
using Xunit;

namespace Booking.Tests.Host;

/// <summary>The verbs of the archive's queue as a shell uses them, beside the running practice: arguments, words, JSON, exit codes.</summary>
public sealed class KantaVerbTests(PracticeApp app) : IClassFixture<PracticeApp>
{
    [Fact]
    public async Task Queue_Resend_Compare_Reconcile_FromTheCommandLine()
    {
        var visit = await app.VisitAsync(PracticeApp.Maija, TimeSpan.FromHours(2));
        var note = await app.SignAsync(PracticeApp.Maija, visit, await app.DraftAsync(PracticeApp.Maija, visit));
        var oid = await app.ScalarAsync<string>("select oid from kanta.document where note_id = $1", note);

        var (code, said) = await RunAsync("kanta", "queue");
        code.ShouldBe(0, said);
        said.ShouldContain("need attention 0");
        said.ShouldContain(oid);
        said.ShouldNotContain(visit.PatientId);
        (code, said) = await RunAsync("kanta", "queue", "--json");
        code.ShouldBe(0, said);
        var queue = JsonDocument.Parse(said).RootElement;
        queue.GetProperty("overview").GetProperty("queued").GetInt64().ShouldBeGreaterThanOrEqualTo(2);
        queue.GetProperty("documents").EnumerateArray().Select(d => d.GetProperty("oid").GetString()).ShouldContain(oid);
        said.ShouldNotContain(visit.PatientId);

        (code, said) = await RunAsync("kanta", "resend", oid);
        code.ShouldBe(1, said);
        said.ShouldContain($"{oid}: does not need attention");
        await app.ExecuteAsync("update kanta.document set state = 'refused', reason = 'koe' where oid = $1", oid);
        (code, said) = await RunAsync("kanta", "queue");
        code.ShouldBe(1, "something needs attention");
        said.ShouldContain("NeedsAttention");
        (code, said) = await RunAsync("kanta", "resend", "--json", oid);
        code.ShouldBe(0, said);
        JsonDocument.Parse(said).RootElement.GetProperty("result").GetString().ShouldBe("done");
        (code, said) = await RunAsync("kanta", "resend", "1.2.3.4");
        (code, said.Trim()).ShouldBe((1, "1.2.3.4: no such document"));
        await app.ExecuteAsync("update kanta.document set state = 'refused', reason = 'koe' where oid = $1", oid);
        (code, said) = await RunAsync("kanta", "resend", "--all");
        code.ShouldBe(0, said);
        (await app.ScalarAsync<long>("select count(*) from kanta.document where state = 'refused'")).ShouldBe(0);

        // No archive is configured here: nothing is compared, and nothing is claimed to agree.
        (code, said) = await RunAsync("kanta", "compare", oid);
        code.ShouldBe(1, said);
        said.ShouldContain("could not be compared");
        (code, said) = await RunAsync("kanta", "reconcile", "--json", "--since", "2026-01-01");
        code.ShouldBe(2, said);
        JsonDocument.Parse(said.Trim().Split('\n')[^1]).RootElement.GetProperty("unanswered").GetBoolean().ShouldBeTrue();

        (code, said) = await RunAsync("status", "--json");
        JsonDocument.Parse(said).RootElement.GetProperty("attention").GetProperty("notSent").GetInt64().ShouldBeGreaterThanOrEqualTo(2);
        (code, said) = await RunAsync("status");
        said.ShouldContain("way to the archive: HELD, no archive address is configured (Kanta:Endpoint)");
        code.ShouldBe(1, said);
    }

    [Theory]
    [InlineData("kanta")]
    [InlineData("kanta", "send")]
    [InlineData("kanta", "resend")]
    [InlineData("kanta", "compare")]
    [InlineData("kanta", "verify")]
    [InlineData("kanta", "reconcile", "--since", "yesterday")]
    public async Task WrongUsage_Is64(params string[] arguments) => (await CommandLine.RunAsync([.. arguments, .. Settings()])).ShouldBe(64);

    private string[] Settings() =>
        ["--data", app.Folder, $"--ConnectionStrings:CareRecords={app.ConnectionString}", $"--ConnectionStrings:Keys={app.ConnectionString}", "--Postgres:AllowLoss=true"];

    private async Task<(int Code, string Said)> RunAsync(params string[] arguments)
    {
        var said = new StringWriter();
        var parsed = Arguments.Parse([.. arguments[1..], .. Settings()]);
        var verb = arguments[0] == "kanta" ? KantaVerb.Verb : StatusVerb.Verb;
        return (await verb.RunAsync(new VerbContext(parsed, said, said, CancellationToken.None)), said.ToString());
    }
}
