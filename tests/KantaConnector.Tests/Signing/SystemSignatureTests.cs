using System.Text;
using KantaConnector.Documents;
using KantaConnector.Messages;
using KantaConnector.Signing;
using KantaConnector.Tests.Documents;
using Shouldly;

namespace KantaConnector.Tests.Signing;

public class SystemSignatureTests
{
    [Theory]
    [MemberData(nameof(CdaBuilderTests.Kinds), MemberType = typeof(CdaBuilderTests))]
    public void Sign_EveryKind_IsVerifiedByAnotherImplementation(string kind)
    {
        using var certificate = Some.Certificate();
        var report = SignatureVerifier.Verify(Some.Signed(CdaBuilderTests.Build(kind), certificate));
        report.Problems.ShouldBeEmpty();
        report.References.Count.ShouldBe(2);
        report.SignedAt.ShouldBe(new DateTimeOffset(2026, 3, 2, 7, 31, 5, TimeSpan.Zero));
        report.CertificateWasValidAtSigning.ShouldBeTrue();
    }

    [Theory]
    [InlineData("Selkä parempi.", "Selkä huonompi.")]
    [InlineData("2026-03-02T07:31:05Z", "2026-03-02T07:31:06Z")]
    [InlineData("<DigestValue>", "<DigestValue>A")]
    [InlineData("<SignatureValue>", "<SignatureValue>AAAA")]
    [InlineData("xml-exc-c14n#\"></Transform>", "xml-exc-c14n#WithComments\"></Transform>")]
    [InlineData("xmldsig-more#rsa-sha256", "xmldsig-more#rsa-sha384")]
    [InlineData("<X509Certificate>MII", "<X509Certificate>AAA")]
    [InlineData("</localHeader>", "</localHeader><component><structuredBody ID=\"x\"></structuredBody></component>")]
    [InlineData("<signatureCollection>", "<signatureCollection><signature></signature>")]
    public void Verify_Tampered_IsNotIntact(string from, string to)
    {
        using var certificate = Some.Certificate();
        var text = Encoding.UTF8.GetString(Some.Signed(CdaBuilderTests.Build("care"), certificate));
        text.ShouldContain(from);
        var at = text.IndexOf(from, StringComparison.Ordinal);
        var report = SignatureVerifier.Verify(Encoding.UTF8.GetBytes(text[..at] + to + text[(at + from.Length)..]));
        report.Intact.ShouldBeFalse();
    }

    [Fact]
    public void Verify_SignedBodyMovedAside_IsNotIntact()
    {
        using var certificate = Some.Certificate();
        var text = Encoding.UTF8.GetString(Some.Signed(CdaBuilderTests.Build("care"), certificate));
        var start = text.IndexOf("<structuredBody", StringComparison.Ordinal);
        var end = text.IndexOf("</structuredBody>", StringComparison.Ordinal) + "</structuredBody>".Length;
        var genuine = text[start..end];
        var forged = genuine.Replace("Selkä parempi.", "Väärennös.", StringComparison.Ordinal);
        var wrapped = text[..start] + forged + text[end..].Replace("</ClinicalDocument>", $"<aside>{genuine}</aside></ClinicalDocument>", StringComparison.Ordinal);
        SignatureVerifier.Verify(Encoding.UTF8.GetBytes(wrapped)).Intact.ShouldBeFalse();
    }

    [Fact]
    public void Verify_HeaderChanged_StaysIntact_SinceOnlyTimeAndBodyAreSigned()
    {
        using var certificate = Some.Certificate();
        var text = Encoding.UTF8.GetString(Some.Signed(CdaBuilderTests.Build("care"), certificate));
        SignatureVerifier.Verify(Encoding.UTF8.GetBytes(text.Replace("<title>Fysioterapia", "<title>Muu", StringComparison.Ordinal))).Intact.ShouldBeTrue();
    }

    [Theory]
    [InlineData("RCMR_IN100002FI01.xml", "x1ISN+K/DGIjHQiqHhJNKdkxM7qnZGbouJnWo2iQKCQ=", "uoi1YZDmmyPtuJVsrCr/aef5QcOIljxQ29s6MU+t9oc=")]
    [InlineData("RCMR_IN100016FI01.xml", "WPay33QGdutarBGWP5d8wMJ3H82+puOcKELSz3zdxa8=", "KPufhJSQEomgZEMDOKcj8CHvAx7DnGMQj8K9a5x2tAE=")]
    public void Verify_PublishedMessage_IsIntactAndItsDigestsRecompute(string file, string time, string body)
    {
        var message = MessageReader.Read(File.ReadAllBytes(OutsideMaterial.Kanta(file)));
        var report = SignatureVerifier.Verify(message.Cda);
        report.Problems.ShouldBeEmpty();
        report.References.Select(reference => reference.Digest).ShouldBe([time, body]);
        report.CertificateUntil!.Value.Year.ShouldBe(2021);
    }

    [Fact]
    public void Verify_PublishedDocumentWithForeignSignature_IsNotIntact() =>
        SignatureVerifier.Verify(File.ReadAllBytes(OutsideMaterial.Kanta("KIE_Kielto_20170127.xml"))).Intact.ShouldBeFalse();
}
