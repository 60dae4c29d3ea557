using System.Text;
using System.Text.RegularExpressions;
using KantaSimulator.Rules;
using KantaSimulator.Tests.Samples;

namespace KantaSimulator.Tests.Messages;

/// <summary>One archive with a service event and a note's first version in it; the messages to bend are the note's replacement and a new service event.</summary>
public sealed class MutationFixture : IAsyncLifetime
{
    internal RunningSimulator Own { get; private set; } = null!;
    internal RunningSimulator Tolerant { get; private set; } = null!;
    internal OwnSample Note { get; private set; } = null!;
    internal OwnSample Event { get; } = OwnSample.NewServiceEvent();

    public async ValueTask InitializeAsync()
    {
        Own = await RunningSimulator.StartAsync();
        Tolerant = await RunningSimulator.StartAsync("--tolerate", "samples");
        var serviceEvent = OwnSample.NewServiceEvent();
        var first = OwnSample.NewNote(serviceEvent.ServiceEvent);
        Assert.Equal("AA", (await Own.SendAsync(serviceEvent)).Type);
        Assert.Equal("AA", (await Own.SendAsync(first)).Type);
        Note = first.NextVersion();
    }

    public async ValueTask DisposeAsync()
    {
        await Own.DisposeAsync();
        await Tolerant.DisposeAsync();
    }
}

/// <summary>Every mutation is refused with the code that names it, in own messages and in the published ones.</summary>
public sealed class MutationTests(MutationFixture fixture) : IClassFixture<MutationFixture>
{
    public static IEnumerable<TheoryDataRow<string>> OwnNames() => Mutations.All.Select(m => new TheoryDataRow<string>(m.Name));

    public static IEnumerable<TheoryDataRow<string>> PublishedNames() => Mutations.All.Where(m => m.Published).Select(m => new TheoryDataRow<string>(m.Name));

    [Theory]
    [MemberData(nameof(OwnNames))]
    public async Task OwnMessage_Mutated_IsRefusedWithItsCode(string name)
    {
        var mutation = Mutations.All.Single(m => m.Name == name);
        var parts = (mutation.OfEvent ? fixture.Event : fixture.Note).Parts();
        var bent = mutation.Apply(parts, RunningSimulator.Signer.Sign);
        await AssertRefusedAsync(fixture.Own, mutation, bent);
    }

    [Theory]
    [MemberData(nameof(PublishedNames))]
    public async Task PublishedMessage_Mutated_IsRefusedWithItsCode(string name)
    {
        var mutation = Mutations.All.Single(m => m.Name == name);
        var parts = MessageParts.FromFile(SharedData.Message(mutation.OfEvent ? "RCMR_IN100002FI01.xml" : "RCMR_IN100016FI01.xml"));
        await AssertRefusedAsync(fixture.Tolerant, mutation, mutation.Apply(parts, d => d));
    }

    [Fact]
    public void Mutations_AreManyAndNamedOnce()
    {
        Assert.True(Mutations.All.Count >= 100, $"{Mutations.All.Count} mutations");
        Assert.True(Mutations.All.Count(m => m.Published) >= 60, $"{Mutations.All.Count(m => m.Published)} of published messages");
        Assert.Equal(Mutations.All.Count, Mutations.All.Select(m => m.Name).Distinct().Count());
        Assert.All(Mutations.All, m => Assert.NotNull(Rulebook.Find(m.Code)));
    }

    [Fact]
    public async Task OwnMessages_Unbent_AreAcceptedWithoutAnyFinding()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        var serviceEvent = OwnSample.NewServiceEvent();
        var note = OwnSample.NewNote(serviceEvent.ServiceEvent);
        foreach (var sample in new[] { serviceEvent, note, note.NextVersion(), serviceEvent.NextVersion() })
        {
            var ack = await simulator.SendAsync(sample);
            Assert.Equal("AA", ack.Type);
            Assert.Empty(ack.Errors.Concat(ack.Warnings));
        }
    }

    [Theory]
    [InlineData("RCMR_IN100002FI01.xml")]
    [InlineData("RCMR_IN100016FI01.xml")]
    public async Task PublishedMessages_Unbent_AreAcceptedWithTolerance_AndRefusedWithout(string file)
    {
        var parts = MessageParts.FromFile(SharedData.Message(file));
        await using var tolerant = await RunningSimulator.StartAsync("--tolerate", "samples");
        await using var strict = await RunningSimulator.StartAsync();
        var message = File.ReadAllText(SharedData.Message(file));
        Assert.Equal("AA", (await tolerant.SendAsync(message)).Type);
        Assert.Equal(parts.Document, Encoding.UTF8.GetString(await tolerant.Web.GetByteArrayAsync(
            $"api/documents/{Regex.Match(parts.Document, "<id root=\"([0-9.]+)\"").Groups[1].Value}/xml")));
        var ack = await strict.SendAsync(message);
        Assert.Equal("AE", ack.Type);
        string[] expected = file.Contains("16FI", StringComparison.Ordinal) ? ["SIM-C07", "SIM-G17", "SIM-G18", "SIM-V03", "SIM-V20"] : ["SIM-G17", "SIM-G18"];
        Assert.Equal(expected, ack.Errors.Order());
    }

    private static async Task AssertRefusedAsync(RunningSimulator simulator, Mutation mutation, string bent)
    {
        using var response = await simulator.PostAsync(mutation.Where == Part.Soap ? bent : MessageParts.Envelope(bent));
        var body = await response.Content.ReadAsByteArrayAsync();
        if (mutation.Code.StartsWith("SIM-S", StringComparison.Ordinal))
        {
            Assert.Equal(500, (int)response.StatusCode);
            Assert.Contains(mutation.Code, Encoding.UTF8.GetString(body), StringComparison.Ordinal);
            return;
        }

        var ack = Ack.Read(body);
        Assert.Contains(mutation.Code, ack.Errors);
        Assert.Equal(ack.Errors.Any(c => Rulebook.Find(c)!.Rejects) ? "AR" : "AE", ack.Type);
        if (mutation.Code.StartsWith("SIM-W", StringComparison.Ordinal))
            Assert.Contains("4Y00007", ack.Errors);
    }
}
