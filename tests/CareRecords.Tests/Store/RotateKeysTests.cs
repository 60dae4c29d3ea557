using System.Net;
using CareRecords.Protection;
using CareRecords.Search;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Shouldly;

namespace CareRecords.Tests.Store;

/// <summary>A database and a key file of its own: a rotation goes over everything.</summary>
public sealed class RotateKeysTests(RotateKeysTests.OwnDatabase database) : IClassFixture<RotateKeysTests.OwnDatabase>, IDisposable
{
    private const int Before = 130;
    private readonly string _folder = Directory.CreateTempSubdirectory("keys").FullName;

    public sealed class OwnDatabase : CareDatabaseFixture;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string File => Path.Combine(_folder, "master.json");

    [Fact]
    public async Task Rotate_WhileOthersWriteAndSearch_KilledInTheMiddle_LosesAndHidesNothing_AndLeavesNothingOnOldKeys()
    {
        MasterKeys.Create(File);
        await using var server = await FhirServer.StartAsync(database, more: s => Projections.AddTo(s.AddSingleton(MasterKeys.Load(File)), "Patient"));
        using var client = await server.ClientAsync();
        var numbers = new List<string>();
        for (var n = 0; n < Before; n++)
        {
            numbers.Add(await CreateAsync(client, $"A{n}"));
        }

        var old = Path.Combine(_folder, "old.json");
        System.IO.File.Copy(File, old);
        await using var stale = await FhirServer.StartAsync(database, more: s => Projections.AddTo(s.AddSingleton(MasterKeys.Load(old)), "Patient"));
        using var staleClient = await stale.ClientAsync();

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var written = Task.Run(() => WriteUntilAsync(client, stop), Cancel);
        var searched = Task.Run(() => SearchUntilAsync(client, numbers, stop), Cancel);

        // Stopped after its first step of indexing: old and new rows stand side by side, and are found.
        var steps = await RotateAsync(untilFirst: "indexing");
        steps.ShouldContain(p => p.Step == "wrapping");
        KeyFile.Read(File).IsRotating.ShouldBeTrue();
        await EachIsFoundAsync(client, numbers);

        // Whoever still has only the old keys can hide nothing under them.
        var refused = await staleClient.SendAsync(HttpMethod.Post, "Patient", Patient("stale"));
        ((int)refused.StatusCode).ShouldBeGreaterThanOrEqualTo(400);
        await FoundAsync(client, "stale", 0);

        // Another process goes on, and then twice more from the beginning.
        for (var turn = 0; turn < 3; turn++)
        {
            (await RotateAsync()).ShouldContain(p => p.Step == "done");
        }

        await stop.CancelAsync();
        numbers.AddRange(await written);
        (await searched).ShouldBeGreaterThan(0);
        await EachIsFoundAsync(client, numbers);

        var file = KeyFile.Read(File);
        file.IsRotating.ShouldBeFalse();
        (file.Current, file.SearchEpoch).ShouldBe(("m4", (short)4));
        (await ScalarAsync("select count(*) from data_key where master_key <> 'm4' and destroyed_at is null")).ShouldBe(0);
        (await ScalarAsync("select count(*) from care.search_key where retired_at is null")).ShouldBe(1);
        (await RowsUnderAsync(MasterKeys.Load(old), epoch: 1, numbers)).ShouldBe(0);
        (await RowsUnderAsync(MasterKeys.Load(File), epoch: 4, numbers)).ShouldBe(numbers.Count);

        await using var restarted = await FhirServer.StartAsync(database, more: s => Projections.AddTo(s.AddSingleton(MasterKeys.Load(File)), "Patient"));
        using var after = await restarted.ClientAsync();
        await EachIsFoundAsync(after, numbers);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>As a process of its own.</summary>
    private async Task<List<RotationProgress>> RotateAsync(string? untilFirst = null)
    {
        await using var services = database.Build([], s => s.AddSingleton(MasterKeys.Load(File)));
        var rotate = services.GetRequiredService<RotateKeys>();
        // Whoever has not taken up the file by then is refused and tries again.
        rotate.TakeUp = TimeSpan.FromMilliseconds(500);
        var steps = new List<RotationProgress>();
        await foreach (var step in rotate.RunAsync(Cancel))
        {
            steps.Add(step);
            if (step.Step == untilFirst)
            {
                break;
            }
        }

        return steps;
    }

    private static async Task<List<string>> WriteUntilAsync(HttpClient client, CancellationTokenSource stop)
    {
        var numbers = new List<string>();
        while (!stop.IsCancellationRequested)
        {
            numbers.Add(await CreateAsync(client, $"B{numbers.Count}"));
        }

        return numbers;
    }

    private static async Task<int> SearchUntilAsync(HttpClient client, List<string> numbers, CancellationTokenSource stop)
    {
        var asked = 0;
        for (; !stop.IsCancellationRequested; asked++)
        {
            await FoundAsync(client, numbers[asked * 7 % Before], 1);
        }

        return asked;
    }

    private static async Task<string> CreateAsync(HttpClient client, string number)
    {
        await client.CreateAsync("Patient", Patient(number));
        return number;
    }

    private static string Patient(string number) => $$"""{"resourceType":"Patient","identifier":[{"system":"urn:rotated","value":"{{number}}"}],"gender":"other"}""";

    private static async Task EachIsFoundAsync(HttpClient client, IEnumerable<string> numbers)
    {
        foreach (var number in numbers)
        {
            await FoundAsync(client, number, 1);
        }
    }

    private static async Task FoundAsync(HttpClient client, string number, int times)
    {
        var answer = await client.SendAsync(HttpMethod.Get, $"Patient?identifier=urn:rotated|{number}");
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await answer.JsonAsync())["total"]!.GetValue<int>().ShouldBe(times, $"identifier {number}");
    }

    private async Task<long> RowsUnderAsync(MasterKeys keys, short epoch, List<string> numbers)
    {
        using var hash = new SearchHash(keys, epoch);
        var parameter = SearchTable.Key("Patient.identifier");
        return await ScalarAsync(
            "select count(*) from care.index_token where param = $1 and code = any($2)", parameter, numbers.Select(n => hash.Token(parameter, n)).ToArray());
    }

    private async Task<long> ScalarAsync(string sql, params object[] values)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return (long)(await command.ExecuteScalarAsync(Cancel))!;
    }
}
