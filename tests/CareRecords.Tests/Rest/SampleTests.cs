using System.Text.Json.Nodes;
using Shouldly;

namespace CareRecords.Tests.Rest;

/// <summary>The published examples of R4, one by one through every interaction of a conformance practice.</summary>
public sealed class SampleTests(CareDatabase database)
{
    // Parameters is no resource that is stored; a transaction is posted, not stored.
    private static readonly string[] _notStored = ["Parameters"];

    [Fact]
    public async Task EveryExample_GoesThroughEveryInteraction()
    {
        var files = SharedMaterial.Files("hl7-r4-samples");
        using var client = await (await database.OpenServer).ClientAsync();
        var (faults, walked, refused) = (new List<string>(), 0, new List<string>());
        foreach (var file in files)
        {
            if (JsonNode.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)) is not JsonObject sample
                || sample["resourceType"] is not { } type || _notStored.Contains(type.GetValue<string>()))
            {
                continue;
            }

            // What our validator finds invalid, or whose definition is not held, cannot be walked; that it is refused in good order is checked all the same.
            var check = await client.SendAsync(HttpMethod.Post, $"{type.GetValue<string>()}/$validate", sample.ToJsonString());
            if (check.StatusCode == System.Net.HttpStatusCode.NotFound || (await check.JsonAsync())["issue"]!.AsArray().Any(IsFault))
            {
                refused.Add(Path.GetFileName(file));
                ((int)(await client.SendAsync(HttpMethod.Post, type.GetValue<string>(), sample.ToJsonString())).StatusCode).ShouldBeOneOf(404, 422);
                continue;
            }

            await new SampleRun(client, Path.GetFileName(file), sample, faults).WalkAsync();
            walked++;
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{walked} of {files.Count} examples walked; refused as invalid or of a type without definition: {string.Join(", ", refused)}");
        faults.ShouldBeEmpty(string.Join('\n', faults));
        walked.ShouldBeGreaterThan(files.Count * 8 / 10);
    }

    // A conformance practice stores what a modifier extension changes that it does not know.
    private static bool IsFault(JsonNode? issue) =>
        issue!["severity"]!.GetValue<string>() == "error" && !issue["diagnostics"]!.GetValue<string>().Contains("[extension-unknown", StringComparison.Ordinal);
}
