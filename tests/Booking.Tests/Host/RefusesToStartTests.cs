using Booking.Host;
using Booking.Host.Database;
using Microsoft.Extensions.Configuration;
using Npgsql;
using Shouldly;
using Xunit;

namespace Booking.Tests.Host;

/// <summary>Settings that would lose data, or that a real practice must not run with, stop the start and say what to change.</summary>
public sealed class RefusesToStartTests(HostDatabase database) : IClassFixture<HostDatabase>
{
    private static readonly Dictionary<string, string?> _right = new()
    {
        ["Mail:Host"] = "smtp.example.fi",
        ["Mail:PublicAddress"] = "https://hoitola.example.fi",
        ["urls"] = "https://0.0.0.0:443",
    };

    [Theory]
    [InlineData("fsync")]
    [InlineData("full_page_writes")]
    [InlineData("synchronous_commit")]
    public async Task Server_ThatMayLoseCommits_IsRefusedByName(string setting)
    {
        // The tests' own cluster runs in memory with these off.
        var refused = await Should.ThrowAsync<StartupException>(() => DurabilityCheck.RequireAsync(database.DataSource, TestContext.Current.CancellationToken));
        refused.Message.ShouldContain($"{setting} is off: set `{setting} = on` in postgresql.conf");
    }

    [Fact]
    public void ProductionSettings_AsDocumented_AreRight() => Faults([]).ShouldBeEmpty();

    [Theory]
    [InlineData("Mail:Host", "", "Set it to your SMTP server.")]
    [InlineData("Mail:PublicAddress", "http://hoitola.example.fi", "Set it to the address that customers use.")]
    [InlineData("Mail:PublicAddress", "https://127.0.0.1", "Set it to the address that customers use.")]
    [InlineData("Postgres:AllowLoss", "true", "Postgres:AllowLoss is on")]
    [InlineData("Fhir:Conformance", "true", "Fhir:Conformance is on")]
    [InlineData("Environment", "Development", "Set it to Production.")]
    [InlineData("urls", "http://0.0.0.0:80", "set Kestrel:Endpoints to an https address")]
    public void ProductionSetting_ThatIsWrong_IsNamedWithItsCure(string key, string value, string cure) =>
        Faults(new() { [key] = value }).ShouldHaveSingleItem().ShouldContain(cure);

    [Fact]
    public async Task RealPractice_OnSettingsForTrying_DoesNotStart_ASimulatedOneDoes()
    {
        var cancel = TestContext.Current.CancellationToken;
        var settings = new HostSettings("/nowhere", new ConfigurationBuilder().Build());
        await ProductionCheck.RequireAsync(settings, database.DataSource, cancel);
        await using var practice = database.DataSource.CreateCommand(
            "insert into care.practice (id, name, environment, organization_oid, time_zone) values (gen_random_uuid(), 'Testi', 'production', '1.2.246.10.99999999.10.0', 'Europe/Helsinki')");
        await practice.ExecuteNonQueryAsync(cancel);
        (await Should.ThrowAsync<StartupException>(() => ProductionCheck.RequireAsync(settings, database.DataSource, cancel))).Message.ShouldContain("Mail:Host");
    }

    [Fact]
    public async Task MissingKeyFile_OnADatabaseThatHoldsData_StopsTheStart()
    {
        await using var app = new Holding();
        await app.InitializeAsync();
        File.Delete(Path.Combine(app.Folder, "keys", "master.json"));
        var settings = HostSettings.Load(app.Folder,
            [$"--ConnectionStrings:CareRecords={app.ConnectionString}", $"--ConnectionStrings:Keys={app.ConnectionString}", "--Postgres:AllowLoss=true"]);
        var refused = await Should.ThrowAsync<StartupException>(() => OpenPractice.PrepareAsync(settings, migrate: false, TestContext.Current.CancellationToken));
        refused.Message.ShouldContain("master.json missing");
        refused.Message.ShouldContain("Put the file back from its safe copy");
    }

    [Fact]
    public async Task KeyFile_WithoutTheKeyOfTheSearchIndex_StopsTheStart()
    {
        await using var app = new Holding();
        await app.InitializeAsync();
        await using (var rotated = app.DataSource.CreateCommand("insert into care.search_key (epoch) values (2)"))
        {
            await rotated.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        var settings = HostSettings.Load(app.Folder,
            [$"--ConnectionStrings:CareRecords={app.ConnectionString}", $"--ConnectionStrings:Keys={app.ConnectionString}", "--Postgres:AllowLoss=true"]);
        var refused = await Should.ThrowAsync<StartupException>(() => OpenPractice.PrepareAsync(settings, migrate: false, TestContext.Current.CancellationToken));
        refused.Message.ShouldContain("lacks the key of search index epoch 2");
        refused.Message.ShouldContain("Put back the copy of the file");
    }

    private static List<string> Faults(Dictionary<string, string?> changes) => [.. ProductionCheck.Faults(
        new ConfigurationBuilder().AddInMemoryCollection(_right).AddInMemoryCollection(changes).Build())];

    private sealed class Holding : BookingApp
    {
        public override async ValueTask InitializeAsync()
        {
            await base.InitializeAsync();
            await using var key = DataSource.CreateCommand("insert into host.data_protection_key (name, content) values ('test', 'x')");
            await key.ExecuteNonQueryAsync();
        }
    }
}
