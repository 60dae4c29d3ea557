using Booking.Host.Verbs;
using Shouldly;
using Xunit;

namespace Booking.Tests.Host;

/// <summary>The command line of ./care: what it refuses before anything is opened, in words that say what to type.</summary>
public sealed class CommandLineTests
{
    private const string Oids = "--organization-oid 1.2.246.10.1.10.0 --unit-oid 1.2.246.10.1.10.1 --oid-root 1.2.246.10.1 --temporary-id-root 1.2.246.10.1.22";
    private const string Rest = "--name Hoitola --environment simulated --unit-name Hoitola --admin-name Paula --admin-email paula@example.fi";

    [Theory]
    [InlineData("setup", "--name, --environment, --organization-oid, --unit-oid, --unit-name, --oid-root, --temporary-id-root, --admin-email, --admin-name are missing.")]
    [InlineData("setup " + Rest + " " + Oids + " --controler-kind company", "There is no option --controler-kind here.")]
    [InlineData("setup " + Rest + " " + Oids + " --controller-kind firm", "--controller-kind is company or self_employed.")]
    [InlineData("setup " + Rest + " " + Oids + " --environment real", "--environment is simulated, test or production.")]
    [InlineData("setup " + Rest + " " + Oids + " --joined 1.11.2026", "--joined is a day such as 2026-11-01.")]
    [InlineData("setup " + Rest + " " + Oids + " --admin-email paula", "--admin-email is an e-mail address.")]
    [InlineData("setup " + Rest + " " + Oids + " --unit-oid 1.2.0246.1", "--unit-oid is an OID such as")]
    [InlineData("setup " + Rest + " " + Oids + " --oid-root hoitola", "--oid-root is an OID such as")]
    [InlineData("token issue --name", "--name needs a value.")]
    [InlineData("token issue", "--name is missing.")]
    [InlineData("token issue --name a --days soon", "--days is a number.")]
    [InlineData("status --verbose x", "There is no option --verbose here.")]
    public async Task WrongUsage_SaysWhatToType_AndEndsWith64(string line, string said)
    {
        var (code, _, error) = await RunAsync(line);
        code.ShouldBe(64);
        error.ShouldContain(said);
        error.ShouldContain("usage: care " + line.Split(' ')[0]);
    }

    [Theory]
    [InlineData("setup --help", "usage: care setup --name TEXT")]
    [InlineData("status --help", "usage: care status")]
    [InlineData("--help", "Exit codes: 0 done")]
    public async Task Help_IsNoError(string line, string said)
    {
        var (code, output, _) = await RunAsync(line);
        code.ShouldBe(0);
        output.ShouldContain(said);
    }

    private static async Task<(int Code, string Out, string Error)> RunAsync(string line)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        return (await CommandLine.RunAsync(line.Split(' '), output, error), output.ToString(), error.ToString());
    }
}
