using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using KantaSimulator.Hosting;
using KantaSimulator.Tests.Samples;

namespace KantaSimulator.Tests.Signatures;

/// <summary>Who signed counts as much as that it verifies; and a third judge, xmlsec1, agrees where it is installed.</summary>
public sealed class CertificateTests
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    [Fact]
    public async Task Signed_ByAStranger_IsRefused()
    {
        using var authority = DevCertificates.MakeAuthority("CN=Toinen", Now);
        using var stranger = DevCertificates.MakeSystem(authority, Now.AddDays(-1), Now.AddDays(1));
        await AssertRefusedAsync(stranger, "SIM-G17");
    }

    [Fact]
    public async Task Signed_WithAnExpiredCertificate_IsRefused()
    {
        using var authority = X509Certificate2.CreateFromPemFile(Path.Combine(RunningSimulator.CertificateFolder, "ca.pem"), Path.Combine(RunningSimulator.CertificateFolder, "ca-key.pem"));
        using var expired = DevCertificates.MakeSystem(authority, Now.AddHours(-20), Now.AddHours(-1));
        await AssertRefusedAsync(expired, "SIM-G18", "SIM-G19");
    }

    [Fact]
    public async Task Signed_WithAShortKey_IsRefused()
    {
        using var key = RSA.Create(1024);
        using var weak = new CertificateRequest("CN=Lyhyt", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(Now.AddDays(-1), Now.AddDays(1));
        await AssertRefusedAsync(weak, "SIM-G16", "SIM-G17");
    }

    [Fact]
    public async Task Signed_WithAServersCertificate_IsRefused()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=Palvelin", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyEncipherment, true));
        using var server = request.CreateSelfSigned(Now.AddDays(-1), Now.AddDays(1));
        await AssertRefusedAsync(server, "SIM-G17", "SIM-G21");
    }

    [Theory]
    [InlineData("RCMR_IN100002FI01.xml")]
    [InlineData("RCMR_IN100016FI01.xml")]
    public async Task ThirdJudge_ConfirmsThePublishedSignatures(string file) => await AssertConfirmedAsync(MessageParts.FromFile(SharedData.Message(file)).Document);

    [Fact]
    public async Task ThirdJudge_ConfirmsOwnSignatures_AndNotAnAlteredOne()
    {
        var document = RunningSimulator.Signer.Sign(OwnSample.NewNote(OwnSample.NewOid(14011)).Parts().Document);
        await AssertConfirmedAsync(document);
        Assert.NotEqual(0, await XmlSecAsync(document.Replace("parantunut", "huonontunut", StringComparison.Ordinal)));
    }

    private static async Task AssertConfirmedAsync(string document) => Assert.Equal(0, await XmlSecAsync(document));

    private static async Task<int> XmlSecAsync(string document)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/xmlsec1"), "xmlsec1 is not installed (Debian package xmlsec1)");
        var path = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(path, document);
            var start = new ProcessStartInfo("/usr/bin/xmlsec1",
            [
                "--verify", "--insecure", "--id-attr:ID", "urn:hl7finland:signatureTimestamp", "--id-attr:ID", "urn:hl7-org:v3:structuredBody", path,
            ])
            { RedirectStandardError = true, RedirectStandardOutput = true };
            using var process = Process.Start(start)!;
            await process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            return process.ExitCode;
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static async Task AssertRefusedAsync(X509Certificate2 certificate, params string[] codes)
    {
        await using var simulator = await RunningSimulator.StartAsync();
        var ack = await simulator.SendAsync(OwnSample.NewServiceEvent().Compose(new Signer(certificate)));
        Assert.Equal("AE", ack.Type);
        Assert.Equal(codes, ack.Errors.Order());
    }
}
