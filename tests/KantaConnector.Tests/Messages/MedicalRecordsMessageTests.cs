using System.Text;
using System.Xml.Linq;
using KantaConnector.Documents;
using KantaConnector.Messages;
using KantaConnector.Tests.Documents;
using Shouldly;

namespace KantaConnector.Tests.Messages;

public class MedicalRecordsMessageTests
{
    internal static MessageHeader Header(bool replacement = false) => new()
    {
        MessageId = $"{Some.Root}.10.0.13.1.1772436665250.17",
        CreatedAt = new DateTimeOffset(2026, 3, 2, 7, 31, 5, 250, TimeSpan.Zero),
        Interaction = replacement ? "RCMR_IN100016FI01" : "RCMR_IN100002FI01",
        Trigger = replacement ? "RCMR_TE000910UV01" : "RCMR_TE000102UV01",
        ServiceRequest = new Coded("PP1", "1.2.246.537.5.40157.2008"),
        ProcessingCode = "D",
        Profiles = ["1.2.246.777.11.2015.5", "1.2.246.777.11.2008.10"],
        ReceiverOid = "1.2.246.556.18007.2",
        SenderOid = $"{Some.Root}.10.0.13.1",
        ProviderOid = $"{Some.Root}.10.0",
    };

    internal static byte[] Message(string kind)
    {
        using var certificate = Some.Certificate();
        var built = CdaBuilderTests.Build(kind);
        return MedicalRecordsMessage.Write(Header(kind == "correction"), SafeXml.Linq(built.Cda).Root!.Element(XName.Get("id", "urn:hl7-org:v3"))!.Attribute("root")!.Value,
            (built.WrapperBefore, built.WrapperAfter), Some.Signed(built, certificate));
    }

    [Theory]
    [MemberData(nameof(CdaBuilderTests.Kinds), MemberType = typeof(CdaBuilderTests))]
    public void Write_EveryKind_ReadsBackAndAgrees(string kind)
    {
        using var certificate = Some.Certificate();
        var read = MessageReader.Read(Message(kind));
        var cda = SafeXml.Linq(read.Cda);
        MessageAgreement.Differences(read, cda).ShouldBeEmpty();
        CdaChecks.Problems(cda).ShouldBeEmpty();
        KantaConnector.Signing.SignatureVerifier.Verify(read.Cda).Problems.ShouldBeEmpty();
        read.MessageId.ShouldBe(Header().MessageId);
    }

    [Theory]
    [InlineData("<versionNumber value=\"1\">", "<versionNumber value=\"2\">", "versionNumber")]
    [InlineData("<family>Testilä</family>", "<family>Muu</family>", "patient name")]
    [InlineData("extension=\"010594Y9032\"", "extension=\"010594Y9021\"", "patient id")]
    [InlineData("retentionPeriodClass code=\"2\"", "retentionPeriodClass code=\"3\"", "local header")]
    [InlineData("99912345678", "99912345679", "authors")]
    [InlineData("Toiminimi Testaaja", "Toiminimi Toinen", "custodian")]
    public void Differences_WrapperChanged_NamesTheField(string from, string to, string field)
    {
        var text = Encoding.UTF8.GetString(Message("care"));
        text.ShouldContain(from);
        var read = MessageReader.Read(Encoding.UTF8.GetBytes(text.Replace(from, to, StringComparison.Ordinal)));
        MessageAgreement.Differences(read, SafeXml.Linq(read.Cda)).ShouldBe([field]);
    }

    [Fact]
    public void Write_Base64Lines_Have76CharactersAtMost() =>
        Encoding.UTF8.GetString(Message("care")).Split('\n').Skip(9).Where(l => l.Length > 0 && l[0] != '-' && l[0] != '<').Max(l => l.Length).ShouldBe(76);

    [Theory]
    [InlineData("RCMR_IN100002FI01.xml", "RCMR_IN100002FI01")]
    [InlineData("RCMR_IN100016FI01.xml", "RCMR_IN100016FI01")]
    public void Read_PublishedMessage_AgreesWithItsDocument(string file, string interaction)
    {
        var read = MessageReader.Read(File.ReadAllBytes(OutsideMaterial.Kanta(file)));
        read.Interaction.ShouldBe(interaction);
        var cda = SafeXml.Linq(read.Cda);
        MessageAgreement.Differences(read, cda).ShouldBeEmpty();
        CdaChecks.Problems(cda).ShouldBeEmpty();
    }
}
