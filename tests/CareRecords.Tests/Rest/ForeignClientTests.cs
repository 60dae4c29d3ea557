using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using CareRecords.Rest;
using Shouldly;

namespace CareRecords.Tests.Rest;

/// <summary>A client written by others (fhir-kit-client) against /fhir: what it is told, what it writes and finds, its pages and its history. The build fetches it by npm.</summary>
public sealed class ForeignClientTests(CareDatabase database)
{
    [Fact]
    public async Task FhirKitClient_ReadsTheStatement_Creates_Searches_Pages_AndFollowsHistory()
    {
        var folder = Folder();
        Assert.SkipUnless(
            Directory.Exists(Path.Combine(folder, "node_modules", "fhir-kit-client")),
            "Needs fhir-kit-client: 'npm ci' in tests/CareRecords.Tests/Client, which the build tried, did not fetch it.");
        var server = await database.OpenServer;
        var token = await server.IssueAsync(new IssueToken.Request { Name = "fhir-kit-client", Scopes = ["system/*.cruds"] });
        var found = await RunAsync(folder, server.Base.TrimEnd('/'), token.Token);

        found["fhirVersion"]!.GetValue<string>().ShouldBe("4.0.1");
        found["can"]!.GetValue<bool>().ShouldBeTrue();
        found["searchable"]!.GetValue<bool>().ShouldBeTrue();
        found["created"]!.ToJsonString().ShouldBe("""{"location":true,"etag":"W/\u00221\u0022","version":"1"}""");
        found["createdAgain"]!.GetValue<bool>().ShouldBeTrue();
        found["total"]!.GetValue<int>().ShouldBe(7);
        found["pages"]!.ToJsonString().ShouldBe("""[["Hoitola 0","Hoitola 1","Hoitola 2"],["Hoitola 3","Hoitola 4","Hoitola 5"],["Hoitola 6"]]""");
        found["back"]!.GetValue<bool>().ShouldBeTrue();
        Texts(found["posted"]).ShouldBe(["Hoitola 4"]);
        found["stale"]!.GetValue<int>().ShouldBe(412);
        found["etag"]!.GetValue<string>().ShouldBe("W/\"3\"");
        Texts(found["history"]).ShouldBe(["PATCH 3 Kolmas", "PUT 2 Toinen", "POST 1 Hoitola 0"]);
        found["vread"]!.GetValue<string>().ShouldBe("Toinen");
        found["versionsOfType"]!.GetValue<string>().ShouldBe("history");
        found["notModified"]!.GetValue<int>().ShouldBe(304);
        Texts(found["transaction"]).ShouldBe(["transaction-response", "Asiakasohjelma", "Kolmas"]);
        Texts(found["included"]).ShouldBe(["PractitionerRole match", "Practitioner include"]);
        found["validated"]!.GetValue<string>().ShouldBe("OperationOutcome");
        found["deleted"]!.GetValue<int>().ShouldBe(410);
        found["nothing"]!.GetValue<int>().ShouldBe(404);
    }

    private static IEnumerable<string> Texts(JsonNode? array) => array!.AsArray().Select(t => t!.GetValue<string>());

    private static async Task<JsonNode> RunAsync(string folder, string baseUrl, string token)
    {
        var start = new ProcessStartInfo("node", "client.mjs") { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        (start.Environment["FHIR_BASE"], start.Environment["FHIR_TOKEN"], start.Environment["FHIR_KEY"]) = (baseUrl, token, Guid.NewGuid().ToString("N"));
        Process? node = null;
        try
        {
            node = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("Needs node on the path (Debian: apt-get install nodejs).");
        }

        using (node)
        {
            var (output, error) = (node.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), node.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
            await node.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.SkipWhen(node.ExitCode == 3, "Needs Node 20 or later, as fhir-kit-client does.");
            node.ExitCode.ShouldBe(0, await error);
            return JsonNode.Parse(await output)!;
        }
    }

    private static string Folder([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../Client"));
}
