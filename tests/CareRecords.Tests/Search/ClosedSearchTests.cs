using System.Text;
using System.Text.Json.Nodes;
using CareRecords.Database;
using CareRecords.Rest;
using CareRecords.Store;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace CareRecords.Tests.Search;

/// <summary>
/// Random searches by three narrow callers. What each finds is what single reads give of what an unbounded caller finds, and no change of a record that she cannot read changes any of her answers:
/// matches, order, includes, chains, _has, totals, pages.
/// </summary>
public sealed class ClosedSearchTests(CareDatabase database)
{
    private const int Queries = 700;
    private static readonly string[] _codes = ["a1", "b2", "c3"];
    private static readonly string[] _names = ["Aalto", "Berg", "Ceder"];
    private static readonly Guid?[] _controllers = [CareDatabaseFixture.Controller.Id, Guid.Parse("0193a000-0000-7000-8000-00000000000b"), null];
    private readonly string _tag = "t" + Guid.NewGuid().ToString("N")[..10];

    [Fact]
    public async Task Search_EqualsSingleReads_AndTellsNothingOfWhatCannotBeRead()
    {
        var random = new Random(340);
        var world = new List<ResourceWrite>();
        for (var i = 0; i < 4; i++)
        {
            world.Add(Record(random, "Patient", i));
        }

        foreach (var type in (string[])["Encounter", "Observation", "Condition", "Procedure"])
        {
            for (var i = 0; i < 14; i++)
            {
                world.Add(Record(random, type, i));
            }
        }

        await WriteAsync(world);
        using var all = await database.Server.ClientAsync("system/*.rs");
        var callers = new Dictionary<string, HttpClient>
        {
            ["controller"] = await database.Server.ClientAsync(new IssueToken.Request { Name = "x", Scopes = ["system/*.rs"], ControllerId = _controllers[0] }),
            ["patient"] = await database.Server.ClientAsync(new IssueToken.Request { Name = "x", Role = UserRole.Customer, PatientId = Id("Patient", 0), Scopes = ["patient/*.rs"] }),
            ["types"] = await database.Server.ClientAsync("system/Observation.rs", "system/Encounter.rs"),
        };
        var queries = Enumerable.Range(0, Queries).Select(_ => Query(random)).ToList();
        foreach (var (name, caller) in callers)
        {
            var readable = new HashSet<string>();
            foreach (var record in world)
            {
                if ((await caller.GetAsync($"{record.Type}/{record.Id}", TestContext.Current.CancellationToken)).IsSuccessStatusCode)
                {
                    readable.Add($"{record.Type}/{record.Id}");
                }
            }

            readable.Count.ShouldBeInRange(5, world.Count - 10, name);
            var (found, answers) = (0, await EachAsync(queries, q => AnswerAsync(caller, q)));
            await EachAsync(queries.Where(q => !q.Contains('.') && !q.Contains("_has") && !q.Contains("_include") && !q.Contains("_revinclude")), async q =>
            {
                var mine = await AnswerAsync(caller, q);
                Interlocked.Add(ref found, mine.Matches.Count);
                if (mine.Refused)
                {
                    return mine;
                }

                (await AnswerAsync(all, q)).Matches.Where(readable.Contains).ShouldBe(mine.Matches, $"{name}: {q}");
                mine.Total.ShouldBe(mine.Matches.Count, $"{name}: {q}");
                return mine;
            });
            found.ShouldBeGreaterThan(50, name);
            answers.Values.SelectMany(a => a.Included).ShouldAllBe(i => readable.Contains(i), name);

            var changed = await ChangeAsync(random, world.Where(r => !readable.Contains($"{r.Type}/{r.Id}")), name);
            world = [.. world.Where(r => changed.All(c => c.Id != r.Id)), .. changed];
            var after = await EachAsync(queries, q => AnswerAsync(caller, q));
            foreach (var query in queries)
            {
                after[query].Text.ShouldBe(answers[query].Text, $"{name}: {query}");
            }

            caller.Dispose();
        }
    }

    /// <summary>Every field that a search looks at becomes another, or the record goes, and others of its kind are added.</summary>
    private async Task<List<ResourceWrite>> ChangeAsync(Random random, IEnumerable<ResourceWrite> hidden, string caller)
    {
        var changed = new List<ResourceWrite>();
        foreach (var record in hidden)
        {
            var number = int.Parse(record.Id.Split('-')[^1], System.Globalization.CultureInfo.InvariantCulture);
            var other = Record(random, record.Type, number, PatientIn(record));
            changed.Add(other with { ControllerId = record.ControllerId, PatientSeesFrom = record.PatientSeesFrom });
            if (record.Type != "Patient")
            {
                var added = Record(random, record.Type, 100 + random.Next(1_000_000), PatientIn(record));
                changed.Add(added with { ControllerId = record.ControllerId, PatientSeesFrom = record.PatientSeesFrom });
            }
        }

        changed.Count.ShouldBeGreaterThan(10, caller);
        await WriteAsync(changed);
        await using var work = new UnitOfWork(database.DataSource);
        foreach (var gone in changed.Where(c => c.Type == "Procedure" && int.Parse(c.Id.Split('-')[^1], System.Globalization.CultureInfo.InvariantCulture) < 4))
        {
            await database.Services.GetRequiredService<ResourceStore>().DeleteAsync(work, gone.Type, gone.Id, cancel: TestContext.Current.CancellationToken);
        }

        await work.CommitAsync();
        return changed;
    }

    private async Task WriteAsync(IEnumerable<ResourceWrite> records)
    {
        await using var work = new UnitOfWork(database.DataSource);
        foreach (var record in records)
        {
            var result = await database.Services.GetRequiredService<ResourceStore>().WriteAsync(work, record, TestContext.Current.CancellationToken);
            result.Succeeded.ShouldBeTrue(string.Join("; ", result.Issues));
        }

        await work.CommitAsync();
    }

    private string Id(string type, int number) => $"{_tag}-{type[..3].ToLowerInvariant()}-{number}";

    private static string? PatientIn(ResourceWrite record) => JsonNode.Parse(record.Json.Span)!["subject"]?["reference"]?.GetValue<string>();

    private ResourceWrite Record(Random random, string type, int number, string? subject = null)
    {
        subject ??= $"Patient/{Id("Patient", Math.Max(0, random.Next(7) - 3))}";
        var code = $$"""{"coding":[{"system":"urn:c","code":"{{Pick(random, _codes)}}","display":"{{Pick(random, _names)}}"}]}""";
        var day = $"2026-0{random.Next(1, 10)}-1{random.Next(10)}";
        var content = type switch
        {
            "Patient" => $$""" "name":[{"family":"{{Pick(random, _names)}}"}],"gender":"{{Pick(random, ["male", "female"])}}","birthDate":"19{{random.Next(10, 99)}}-01-01" """,
            "Encounter" => $$""" "status":"{{Pick(random, ["finished", "planned"])}}","class":{"code":"{{Pick(random, _codes)}}"},"subject":{"reference":"{{subject}}"},"period":{"start":"{{day}}"} """,
            "Observation" => $$""" "status":"{{Pick(random, ["final", "amended"])}}","code":{{code}},"subject":{"reference":"{{subject}}"},"encounter":{"reference":"Encounter/{{Id("Encounter", random.Next(14))}}"},"effectiveDateTime":"{{day}}","valueQuantity":{"value":{{random.Next(100)}},"code":"mg","system":"http://unitsofmeasure.org"} """,
            "Condition" => $$""" "code":{{code}},"subject":{"reference":"{{subject}}"},"encounter":{"reference":"Encounter/{{Id("Encounter", random.Next(14))}}"},"onsetDateTime":"{{day}}" """,
            _ => $$""" "status":"completed","code":{{code}},"subject":{"reference":"{{subject}}"},"reasonReference":[{"reference":"Condition/{{Id("Condition", random.Next(14))}}"}],"performedDateTime":"{{day}}" """,
        };
        var json = $$"""{"resourceType":"{{type}}","id":"{{Id(type, number)}}","meta":{"tag":[{"code":"{{_tag}}"}]},{{content}}}""";
        return new ResourceWrite(type, Id(type, number), Encoding.UTF8.GetBytes(json))
        {
            ControllerId = _controllers[random.Next(3)],
            PatientSeesFrom = random.Next(5) switch { 0 => null, 1 => DateTimeOffset.UtcNow.AddDays(30), _ => DateTimeOffset.UtcNow.AddDays(-1) },
        };
    }

    private string Query(Random random)
    {
        var type = Pick(random, ["Patient", "Encounter", "Observation", "Condition", "Procedure", "Observation"]);
        var parts = new List<string> { "_tag=" + _tag };
        for (var i = random.Next(3); i > 0; i--)
        {
            parts.Add(Criterion(random, type));
        }

        if (random.Next(3) == 0)
        {
            parts.Add(Pick(random, type switch
            {
                "Patient" => ["_revinclude=Observation:subject", "_revinclude=*", "_revinclude=Condition:patient", "_revinclude=Encounter:patient&_revinclude:iterate=Observation:encounter"],
                "Procedure" => ["_include=Procedure:reason-reference&_include:iterate=Condition:encounter", "_include=*"],
                "Encounter" => ["_include=Encounter:patient", "_revinclude=Observation:encounter", "_revinclude=*"],
                _ => [$"_include={type}:subject", $"_include={type}:encounter", "_include=*", $"_include={type}:*&_include:iterate=*"],
            }));
        }

        if (random.Next(2) == 0)
        {
            parts.Add("_sort=" + Pick(random, ["_id", "-_id", type == "Patient" ? "birthdate" : "-date", type == "Patient" ? "-family" : "-_lastUpdated", type == "Condition" ? "-onset-date" : "_lastUpdated"]));
        }

        parts.Add(Pick(random, ["_count=200", "_count=3", "_count=5", "_count=200"]));
        return $"{type}?{string.Join('&', parts.Distinct())}&_total=accurate";
    }

    private string Criterion(Random random, string type)
    {
        var (code, name, patient) = (Pick(random, _codes), Pick(random, _names), Id("Patient", random.Next(4)));
        var month = $"2026-0{random.Next(1, 10)}";
        return Pick(random, type switch
        {
            "Patient" =>
            [
                $"family={name}", $"gender:not=female", $"birthdate=lt19{random.Next(20, 90)}", $"_has:Observation:patient:code={code}", $"_has:Condition:subject:code:not={code}",
                $"_has:Encounter:patient:_has:Observation:encounter:value-quantity=gt{random.Next(90)}", $"_id={patient}", $"_has:Observation:subject:encounter.class={code}",
            ],
            "Encounter" =>
            [
                $"class={code}", $"status:not=planned", $"date=ge{month}", $"subject=Patient/{patient}", $"patient.family={name}", $"_has:Observation:encounter:code={code}", $"patient.birthdate=lt1960",
                $"subject:Patient._has:Condition:patient:code={code}",
            ],
            "Observation" =>
            [
                $"code={code}", $"code:text={name}", $"value-quantity=gt{random.Next(90)}", $"date=lt{month}", $"patient={patient}", $"subject.family={name}", $"encounter.class={code}", $"encounter.subject.gender=male",
                $"code-value-quantity={code}$gt{random.Next(90)}", $"encounter:missing=true", $"encounter._has:Condition:encounter:code={code}", $"patient.gender:not=male",
            ],
            "Condition" => [$"code={code}", $"onset-date=ge{month}", $"encounter.date=ge{month}", $"subject:Patient.family={name}", $"_has:Procedure:reason-reference:code={code}", $"code:not={code}"],
            _ => [$"code={code}", $"date=ge{month}", $"reason-reference.code={code}", $"reason-reference:Condition.encounter.class={code}", $"patient.family={name}", $"reason-reference:Condition.onset-date=lt{month}"],
        });
    }

    /// <summary>All pages of an answer, as far as the caller can tell one from another.</summary>
    private sealed record Answer(bool Refused, List<string> Matches, List<string> Included, int Total, string Text);

    private static async Task<Answer> AnswerAsync(HttpClient client, string query)
    {
        var (matches, included, total, text) = (new List<string>(), new List<string>(), 0, new StringBuilder());
        for (var url = (string?)query; url is not null;)
        {
            var response = await client.GetAsync(url, TestContext.Current.CancellationToken);
            var body = await response.JsonAsync();
            if (!response.IsSuccessStatusCode)
            {
                ((int)response.StatusCode).ShouldBeOneOf(400, 403);
                return new Answer(true, [], [], 0, body.ToJsonString());
            }

            total = body["total"]!.GetValue<int>();
            foreach (var entry in body["entry"]?.AsArray() ?? [])
            {
                var resource = entry!["resource"]!;
                var mode = entry["search"]!["mode"]!.GetValue<string>();
                var name = $"{resource["resourceType"]}/{resource["id"]}";
                (mode == "match" ? matches : included).Add(mode == "outcome" ? "" : name);
                text.Append(mode).Append(' ').Append(resource.ToJsonString()).Append('\n');
            }

            url = body["link"]!.AsArray().FirstOrDefault(l => l!["relation"]!.GetValue<string>() == "next")?["url"]!.GetValue<string>();
            text.Append(total).Append(url is null ? " end\n" : " more\n");
        }

        return new Answer(false, matches, [.. included.Where(i => i.Length > 0)], total, text.ToString());
    }

    private static async Task<Dictionary<string, Answer>> EachAsync(IEnumerable<string> queries, Func<string, Task<Answer>> ask)
    {
        var answers = new System.Collections.Concurrent.ConcurrentDictionary<string, Answer>();
        await Parallel.ForEachAsync(queries.Distinct(), new ParallelOptions { MaxDegreeOfParallelism = 6 }, async (query, _) => answers[query] = await ask(query));
        return new(answers);
    }

    private static string Pick(Random random, IReadOnlyList<string> choices) => choices[random.Next(choices.Count)];
}
