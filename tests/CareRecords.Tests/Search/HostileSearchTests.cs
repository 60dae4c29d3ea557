using System.Net;
using Shouldly;

namespace CareRecords.Tests.Search;

/// <summary>Ten thousand mutated searches: each is answered or refused as a client's fault, and an answer used or named every parameter.</summary>
public sealed class HostileSearchTests(SpecificationFixture data) : IClassFixture<SpecificationFixture>
{
    private const int Searches = 10_000;

    private static readonly string[] _seeds =
    [
        "Patient?family=meik&birthdate=ge1990-01-01&gender=female", "Patient?identifier=urn:oid:1.2.246.21|140390-999Y&_sort=-birthdate,family&_count=3",
        "Observation?code=http://loinc.org|8867-4&value-quantity=gt70|http://unitsofmeasure.org|/min&date=2026-11",
        "Observation?subject:Patient.family=meik&_include=Observation:subject&_revinclude:iterate=Provenance:target",
        "Patient?_has:Observation:patient:code=8867-4&_summary=count", "Observation?code-value-quantity=8867-4$72,29463-7$ge80",
        "ValueSet?url:below=http://example.org/a&_elements=url,status&_total=accurate", "Condition?code:in=http://hl7.org/fhir/ValueSet/administrative-gender",
        "?_type=Patient,Observation&_lastUpdated=gt2020&_tag=urn:x|special", "Observation?_id=a,b,c&_security:missing=true&_contained=false",
        "ChargeItem?factor-override=ap1e2&subject=Patient/1", "Patient?name:exact=Nimi\\, jossa&telecom=phone|040&organization:identifier=77",
    ];

    private static readonly string[] _pieces =
    [
        "%00", "%C3%28", "%ED%A0%80", "'", "\"", ";--", "\\", "\\,", "$", "|", "||", ",", ",,", ":", ".", "..", "*", "%25", "_", "(", ")", "&", "=", "?", "%0A", "%F0%9F%98%80", "9999999999999999999999",
        "1e999", "-1", "NaN", "0001-01-01", "9999-12-31", "2026-02-30", ":not", ":missing", ":in", ":iterate", ":above", "_has:", "_include=*", "_filter=a", "&_count=0", "&_page=x", "Patient/", "urn:uuid:", "%2500",
    ];

    [Fact]
    public async Task Search_MutatedTenThousandTimes_IsAnsweredOrRefused_AndNothingIsLeftOutSilently()
    {
        var random = new Random(20261125);
        var searches = Enumerable.Range(0, Searches).Select(_ => Mutate(random)).ToList();
        var (faults, answered, refused) = (new List<string>(), 0, 0);
        await Parallel.ForEachAsync(searches, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (search, cancel) =>
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            limit.CancelAfter(TimeSpan.FromSeconds(60));
            using var response = await data.Client.GetAsync(search, limit.Token);
            var body = await response.Content.ReadAsStringAsync(limit.Token);
            Interlocked.Increment(ref response.IsSuccessStatusCode ? ref answered : ref refused);
            var fault = response.StatusCode is HttpStatusCode.OK ? LeftOut(search, body)
                : response.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.NotFound or HttpStatusCode.NotAcceptable ? null : $"{(int)response.StatusCode}";
            if (fault is not null)
            {
                lock (faults)
                {
                    faults.Add($"{search}: {fault}");
                }
            }
        });
        faults.Take(10).ShouldBeEmpty();
        answered.ShouldBeGreaterThan(1000);
        refused.ShouldBeGreaterThan(1000);
    }

    private static string Mutate(Random random)
    {
        var text = _seeds[random.Next(_seeds.Length)];
        for (var i = random.Next(3); i >= 0; i--)
        {
            var at = random.Next(text.IndexOf('?') + 1, text.Length);
            text = random.Next(6) switch
            {
                0 => text.Remove(at, Math.Min(random.Next(1, 6), text.Length - at)),
                1 => text.Insert(at, _pieces[random.Next(_pieces.Length)]),
                2 => text.Insert(at, text[at..Math.Min(text.Length, at + random.Next(1, 20))]),
                3 => text[..at] + (char)random.Next(33, 126) + text[(at + 1)..],
                4 => text + "&" + _seeds[random.Next(_seeds.Length)].Split('?')[1],
                _ => text.Insert(at, new string('a', random.Next(1, 200))),
            };
        }

        return text.Replace("#", "%23", StringComparison.Ordinal).Replace(" ", "%20", StringComparison.Ordinal);
    }

    /// <summary>A parameter that is neither in the self link nor named in an outcome; null: there is none.</summary>
    private static string? LeftOut(string search, string body)
    {
        var bundle = System.Text.Json.Nodes.JsonNode.Parse(body)!;
        var self = Names(bundle["link"]!.AsArray().First(l => l!["relation"]!.GetValue<string>() == "self")!["url"]!.GetValue<string>()).ToList();
        var named = string.Concat((bundle["entry"]?.AsArray() ?? []).Where(e => e!["search"]!["mode"]!.GetValue<string>() == "outcome")
            .SelectMany(e => e!["resource"]!["issue"]!.AsArray()).Select(i => i!["diagnostics"]!.GetValue<string>()));
        return Names(search).Where(n => n is not ("_format" or "_pretty" or "")).FirstOrDefault(n => !self.Remove(n) && !named.Contains(n.Length > 60 ? n[..60] : n, StringComparison.Ordinal));
    }

    private static IEnumerable<string> Names(string url)
    {
        var question = url.IndexOf('?');
        foreach (var pair in new Microsoft.AspNetCore.WebUtilities.QueryStringEnumerable(question < 0 ? "" : url[question..]))
        {
            yield return pair.DecodeName().ToString();
        }
    }
}
