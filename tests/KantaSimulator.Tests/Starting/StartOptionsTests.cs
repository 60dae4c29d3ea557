using KantaSimulator.Faults;
using KantaSimulator.Hosting;
using KantaSimulator.Tests.Documents;

namespace KantaSimulator.Tests.Starting;

/// <summary>Whoever has only the program learns from it how to start it, and what can be switched on.</summary>
public sealed class StartOptionsTests
{
    private static readonly string Wire = WireDocumentTests.Text;

    [Fact]
    public void Help_NamesEveryOptionAndEveryKindOfFault_AsTheContractDoes()
    {
        foreach (var option in StartOptions.All)
        {
            Assert.Contains($"  --{option.Name}", StartOptions.Help, StringComparison.Ordinal);
            Assert.Contains($"--{option.Name}", Wire, StringComparison.Ordinal);
            Assert.NotEmpty(option.Meaning);
        }

        foreach (var kind in FaultKinds.All)
        {
            Assert.Contains($"  {kind.Name}:", StartOptions.Help, StringComparison.Ordinal);
            Assert.Contains($"| `{kind.Name}` |", Wire, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("delay:milliseconds=1")]
    [InlineData("down:mode=closed")]
    [InlineData("status:status=503")]
    [InlineData("too-many")]
    [InlineData("refuse")]
    [InlineData("lose-ack:when=before,how=rst")]
    [InlineData("ack:variant=foreign")]
    [InlineData("garbage:variant=all")]
    [InlineData("trickle:bytesPerSecond=1")]
    [InlineData("tls:variant=wrong-ca")]
    public void Kind_IsTakenAndListed(string spec) =>
        Assert.Contains(FaultKinds.All, kind => kind.Name == FaultParser.ParseSpec(spec).Kind);

    [Fact]
    public void UnknownKind_IsToldWithTheKnownOnes()
    {
        var told = Assert.Throws<FormatException>(() => FaultParser.ParseSpec("earthquake"));
        Assert.All(FaultKinds.All, kind => Assert.Contains(kind.Name, told.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void WithoutAnyOption_CertificatesOfItsOwnLieBelowItsData()
    {
        Assert.Equal(Path.Combine("./simulator-data", "certs"), OptionsReader.Read([], new Dictionary<string, string>()).DevCerts);
        Assert.Equal(Path.Combine("x", "certs"), OptionsReader.Read(["--data", "x"], new Dictionary<string, string>()).DevCerts);
        Assert.Null(OptionsReader.Read(["--server-cert", "a", "--client-ca", "b"], new Dictionary<string, string>()).DevCerts);
    }
}
