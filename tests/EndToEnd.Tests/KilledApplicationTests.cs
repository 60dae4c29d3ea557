using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Booking.Tests.Journey;
using Npgsql;
using Shouldly;
using Xunit;

namespace EndToEnd.Tests;

/// <summary>
/// The application or its database is killed with SIGKILL at a chosen moment and started again: nothing that was acknowledged is lost, nothing is
/// archived twice (judged by the simulator's own ledger), and everything goes on by itself.
/// </summary>
public sealed class KilledApplicationTests(KilledApplicationTests.MortalPractice practice) : IClassFixture<KilledApplicationTests.MortalPractice>
{
    private const string Finding = "Olkanivelen liike on vapaa.";

    /// <summary>A practice of its own, in which the physiotherapist is signed in; her session outlives every kill.</summary>
    public sealed class MortalPractice : IAsyncLifetime
    {
        private readonly string _data = Directory.CreateTempSubdirectory("cr-kill-").FullName;

        internal PracticeProcess Process { get; private set; } = null!;

        internal Caller Maija { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            // Short waits, so that a successor takes over what the dead left within seconds.
            Process = new PracticeProcess(
                _data, "--Kanta:TotalTimeout=00:00:06", "--Kanta:Lease=00:00:08", "--Kanta:FirstRetry=00:00:01", "--Kanta:PollInterval=00:00:01",
                "--Booking:PostsPerMinute=10000", "--Booking:ViewsPerMinute=10000");
            await Process.StartAsync();
            Maija = new Caller(Process.Address);
            await Maija.GetAsync("/account/sign-in");
            await Maija.SendAsync(Maija.Form("Password").Set("Email", "maija.malli@example.fi").Set("Password", "kolme sinista venetta"));
            await Maija.SendAsync(Maija.Form("Code").Set("Code", Person.TotpCode()));
        }

        public async ValueTask DisposeAsync() => await Process.EndAsync();
    }

    private Caller Maija => practice.Maija;

    [Fact]
    public async Task Killed_AfterTheClaim_ArchivesOnceAfterTheRestart()
    {
        await FaultAsync(new { kind = "delay", milliseconds = 30_000 });
        var oid = await SignAsync();
        await UntilAsync("True", async () => $"{await ScalarAsync("select exists (select from kanta.attempt where finished_at is null)")}");
        (await AcceptedAsync(oid)).ShouldBe(0);
        await DieAndRiseAsync();
        await ArchivedOnceAsync(oid);
    }

    [Fact]
    public async Task Killed_AfterTheArchiveHasIt_BeforeTheAnswerIsRecorded_ArchivesOnce()
    {
        // The service-event document goes first and is not to be held up.
        await FaultAsync(new { kind = "trickle", bytesPerSecond = 1, match = new { documentType = "1" } });
        var oid = await SignAsync();
        await UntilAsync("1", async () => $"{await AcceptedAsync(oid)}");
        (await StateAsync()).ShouldBe("sending");
        await DieAndRiseAsync();
        await ArchivedOnceAsync(oid);
    }

    [Fact]
    public async Task Killed_BetweenSigningAndCommit_LeavesTheDraft_AndNothingToSend()
    {
        var (draft, form) = await DraftAsync();
        await using (var gate = new NpgsqlConnection(practice.Process.Superuser()))
        {
            // The log leaf is the last thing of the signing transaction: it waits here, with everything else written.
            await gate.OpenAsync();
            await using var transaction = await gate.BeginTransactionAsync();
            await ExecuteAsync(gate, "lock table care.access_leaf in share row exclusive mode");
            var signing = Maija.RawAsync(form());
            await UntilAsync("True", async () => $"{await ScalarAsync("select exists (select from pg_locks where not granted and relation = 'care.access_leaf'::regclass)")}");
            await practice.Process.KillAsync();
            await Should.ThrowAsync<HttpRequestException>(signing);
        }

        await practice.Process.StartAsync();
        (await ScalarAsync($"select count(*) from care.note_version where draft_id = '{draft}'")).ShouldBe(0L);
        await Maija.GetAsync($"/practice/note/{draft}");
        Maija.Text.ShouldContain(Finding);
        await SendAsync("Sign");
        await ArchivedOnceAsync(Oid());
    }

    [Fact]
    public async Task Killed_DuringBookings_LosesNoAcknowledgedOne_AndRepeatsBookOnce()
    {
        var visitors = new List<(Caller Caller, Dictionary<string, string> Form, string Path)>();
        for (var i = 0; i < 6; i++)
        {
            visitors.Add(await ReadyToBookAsync(i));
        }

        var before = (long)(await ScalarAsync("select count(*) from booking.appointment"))!;
        var answers = visitors.Select(v => AcknowledgedAsync(v.Caller, v.Path, v.Form)).ToList();
        await Task.WhenAny(answers);
        await DieAndRiseAsync();
        var links = await Task.WhenAll(answers);
        links.ShouldContain(l => l != null, "some were acknowledged before the kill");
        for (var i = 0; i < visitors.Count; i++)
        {
            // Whoever got no answer sends the same form again; whoever got one sees her booking.
            var link = links[i] ?? await AcknowledgedAsync(visitors[i].Caller, visitors[i].Path, visitors[i].Form);
            link.ShouldNotBeNull();
            (await visitors[i].Caller.GetAsync(link)).Status.ShouldBe(HttpStatusCode.OK);
            (await AcknowledgedAsync(visitors[i].Caller, visitors[i].Path, visitors[i].Form)).ShouldBe(link);
            visitors[i].Caller.Dispose();
        }

        ((long)(await ScalarAsync("select count(*) from booking.appointment"))!).ShouldBe(before + visitors.Count);
    }

    [Fact]
    public async Task PostgresKilled_WhileANoteIsWritten_KeepsWhatWasSaved_AndGoesOnByItself()
    {
        var (draft, _) = await DraftAsync();
        practice.Process.KillPostgres();
        using var answer = await Maija.RawAsync(new HttpRequestMessage(HttpMethod.Get, $"/practice/note/{draft}"));
        if (answer.StatusCode != HttpStatusCode.OK)
        {
            answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
            answer.Headers.RetryAfter.ShouldNotBeNull();
        }

        await UntilAsync("OK", async () => $"{(await Maija.GetAsync($"/practice/note/{draft}")).Status}");
        Maija.Text.ShouldContain(Finding);
        await SendAsync("Sign");
        await ArchivedOnceAsync(Oid());
    }

    private async Task DieAndRiseAsync()
    {
        await practice.Process.KillAsync();
        await practice.Process.StartAsync();
    }

    // A visit with the person recorded and a saved draft; the second is the request that would sign it.
    private async Task<(Guid Draft, Func<HttpRequestMessage> Sign)> DraftAsync()
    {
        var time = DateTime.Today.AddDays(-2).AddMinutes(30 * Interlocked.Increment(ref _visits));
        await Maija.GetAsync("/practice/add");
        var add = Maija.Form("Input.Offer");
        await Maija.SendAsync(add.Set("Input.GivenNames", "Kalle").Set("Input.FamilyName", "Kävijä")
            .Set("Input.Offer", Maija.Find("<option value=\"([^\"]*)\">Maija Malli: Fysioterapia \\(")).Set("Input.Date", $"{time:yyyy-MM-dd}")
            .Set("Input.Time", $"{time:HH:mm}").Set("Input.Minutes", "5").Set("Input.Contact", "InPerson").Set("Input.Arrived", "true").Set("Input.Notify", "false"));
        await Maija.GetAsync(Maija.Find("href=\"(/practice/visit/open/[^\"]*)\""));
        await Maija.SendAsync(Maija.Form("Choice"));
        var visit = Maija.Address;
        await Maija.GetAsync(visit + "/person");
        await Maija.SendAsync(Maija.Form("Input.IdentityCode").Set("Input.BirthDate.Day", "6").Set("Input.BirthDate.Month", "5").Set("Input.BirthDate.Year", "1979").Set("Input.Sex", "2"));
        await Maija.GetAsync(visit);
        await Maija.SendAsync(Maija.Form("Template").Set("Template", "physiotherapy"));
        await SendAsync("Save", Finding);
        var path = Maija.Address.Split('?')[0];
        var fields = Maija.Form("Revision").Fields.ToList();
        return (Guid.Parse(path.Split('/')[^1]), () => new HttpRequestMessage(HttpMethod.Post, path + "?handler=Sign") { Content = new FormUrlEncodedContent(fields) });
    }

    private static int _visits;

    private async Task SendAsync(string handler, string? text = null)
    {
        var form = Maija.Form("Revision");
        if (text is not null)
        {
            form.Set(form.TextAreas[0], text);
        }

        form.Action = $"{Maija.Address.Split('?')[0]}?handler={handler}";
        await Maija.SendAsync(form);
    }

    private async Task<string> SignAsync()
    {
        await DraftAsync();
        await SendAsync("Sign");
        return Oid();
    }

    private string Oid() => Maija.Find("<span class=\"code\">([0-9.]+)</span>");

    private async Task<string> StateAsync()
    {
        await Maija.GetAsync(Maija.Address);
        return Maija.Find("data-archive-state=\"([^\"]*)\"");
    }

    private async Task ArchivedOnceAsync(string oid)
    {
        await UntilAsync("archived", StateAsync);
        (await AcceptedAsync(oid)).ShouldBe(1);
    }

    // How often the archive's own ledger says that it took this document in.
    private async Task<int> AcceptedAsync(string oid)
    {
        using var http = new HttpClient();
        var ledger = await http.GetFromJsonAsync<JsonElement>(practice.Process.Simulator + "/api/ledger?from=1&limit=1000");
        return ledger.GetProperty("entries").EnumerateArray().Count(e => e.TryGetProperty("outcome", out var outcome) && outcome.GetString() == "archived"
            && e.TryGetProperty("document", out var document) && document.ValueKind == JsonValueKind.Object && document.GetProperty("id").GetString() == oid);
    }

    private async Task FaultAsync(object fault)
    {
        using var http = new HttpClient();
        (await http.PostAsJsonAsync(practice.Process.Simulator + "/api/faults", new { faults = new[] { fault } })).EnsureSuccessStatusCode();
    }

    private async Task<(Caller, Dictionary<string, string>, string)> ReadyToBookAsync(int number)
    {
        var visitor = new Caller(practice.Process.Address);
        await visitor.GetAsync("/book");
        await visitor.GetAsync(visitor.Find("<a href=\"([^\"]*)\">Fysioterapia</a>"));
        if (visitor.Address.Contains("/practitioner", StringComparison.Ordinal))
        {
            await visitor.GetAsync(visitor.Find("href=\"(/book/time[^\"]*)\""));
        }

        // Nobody wants the time of another: two on each of three days, the first and the last.
        var days = Regex.Matches(visitor.Text, "href=\"(/book/time[^\"]*date=[^\"&]*)[^\"]*\"").Select(m => m.Groups[1].Value).Distinct().ToList();
        await visitor.GetAsync(days[3 + number % 3]);
        var times = Regex.Matches(visitor.Text, "href=\"(/book/details[^\"]*)\"").Select(m => m.Groups[1].Value).Distinct().ToList();
        await visitor.GetAsync(number < 3 ? times[1] : times[^1]);
        await visitor.SendAsync(visitor.Form("Input.FamilyName").Set("Input.GivenNames", "Aino").Set("Input.FamilyName", "Asiakas")
            .Set("Input.Phone", "040 123 4567").Set("Input.Terms", "true"));
        return (visitor, visitor.Form("__RequestVerificationToken").Fields.ToDictionary(), visitor.Address);
    }

    // The booking's page when the booking was acknowledged; null when there was no answer.
    private static async Task<string?> AcknowledgedAsync(Caller visitor, string path, Dictionary<string, string> form)
    {
        try
        {
            using var answer = await visitor.RawAsync(new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent(form) });
            return answer.StatusCode == HttpStatusCode.Redirect ? answer.Headers.Location!.OriginalString.Split('?')[0] : null;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    private async Task<object?> ScalarAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(practice.Process.Superuser());
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task UntilAsync(string wanted, Func<Task<string>> look)
    {
        var seen = "";
        for (var i = 0; i < 240 && (seen = await look()) != wanted; i++)
        {
            await Task.Delay(250);
        }

        seen.ShouldBe(wanted);
    }
}
