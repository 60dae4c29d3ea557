using System.Diagnostics;
using Shouldly;
using Xunit;

namespace EndToEnd.Tests;

/// <summary>What <c>./run.sh --check</c> runs once everything is built.</summary>
public sealed class CheckVerbTests
{
    [Fact]
    public async Task Check_DrivesTheMainJob_SaysEachStep_AndLeavesNothing()
    {
        var (code, said) = await RunAsync();
        code.ShouldBe(0, said);
        var lines = said.Trim().Split('\n');
        lines[..^1].Select(l => l.Split(':')[0]).ShouldBe(
            ["start", "book", "sign in", "open the visit", "record the person", "hand out code, propose data", "document and sign", "archived", "seen by the customer"], said);
        lines[..^1].ShouldAllBe(l => l.EndsWith(" s", StringComparison.Ordinal));
        lines[^1].ShouldStartWith("main job: ok in ");
    }

    [Fact]
    public async Task Check_OfAStepThatDoesNotComeOut_NamesIt_AndEndsWith1()
    {
        // Her second form is one too many.
        var (code, said) = await RunAsync("--Booking:PostsPerMinute=1");
        code.ShouldBe(1, said);
        said.ShouldContain("book: FAILED: ");
        said.ShouldContain("main job: failed at \"book\"");
    }

    private static async Task<(int Code, string Said)> RunAsync(params string[] settings)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in new[] { PracticeProcess.Program("Booking"), "check", "--simulator", PracticeProcess.Program("KantaSimulator") }.Concat(settings))
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var said = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, said + await errors);
    }
}
