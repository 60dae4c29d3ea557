using System.Text;
using KantaConnector.Messages;
using Shouldly;

namespace KantaConnector.Tests.Messages;

public class AcknowledgementTests
{
    private const string Sent = "1.2.246.10.99999999.10.0.13.1.1772436665250.17";

    private static string Ack(string type = "AA", string target = Sent, string details = "") => $"""
        <?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header/><s:Body>
        <MCCI_IN000002UV01 xmlns="urn:hl7-org:v3" ITSVersion="XML_1.0"><id root="1.2.3.4"/><acceptAckCode code="NE"/>
        <acknowledgement><typeCode code="{type}"/><targetMessage><id root="{target}"/></targetMessage>{details}</acknowledgement>
        </MCCI_IN000002UV01></s:Body></s:Envelope>
        """;

    private static Acknowledgement Read(string text) => Acknowledgement.Read(Encoding.UTF8.GetBytes(text), Sent);

    [Theory]
    [InlineData("AA")]
    [InlineData("CA")]
    public void Read_Accept_IsAccepted(string type) => Read(Ack(type)).ShouldBeOfType<Acknowledgement.Accepted>();

    [Theory]
    [InlineData("AE")]
    [InlineData("AR")]
    [InlineData("CE")]
    [InlineData("CR")]
    public void Read_Refusal_CarriesEveryReason(string type)
    {
        var refused = Read(Ack(type, details: """
            <acknowledgementDetail typeCode="E"><code code="4Y00007" codeSystem="1.2.246.537.5.40112.2006"/><text>Virhe sanoman eheydessä</text></acknowledgementDetail>
            <acknowledgementDetail typeCode="E"><code code="SIM-12" codeSystem="1.2.3" displayName="toinen"/></acknowledgementDetail>
            """)).ShouldBeOfType<Acknowledgement.Refused>();
        refused.Details.Select(detail => (detail.Code, detail.Text)).ShouldBe([("4Y00007", "Virhe sanoman eheydessä"), ("SIM-12", "toinen")]);
    }

    [Fact]
    public void Read_BareMessageWithAttributeForm_IsAccepted() => Read($"""
        <MCCI_IN000002UV01 xmlns="urn:hl7-org:v3"><acknowledgement typeCode="AA"><targetMessage><id root="1.2.246.10.99999999.10.0.13.1.1772436665250" extension="17"/></targetMessage></acknowledgement></MCCI_IN000002UV01>
        """).ShouldBeOfType<Acknowledgement.Accepted>();

    public static TheoryData<string> Uncertain =>
    [
        "", " ", "OK", "{}", "<html><body>Service unavailable</body></html>", "\u0000\u0001", Ack()[..(Ack().Length / 2)], Ack()[..^1],
        Ack("XX"), Ack(""), Ack(target: "1.2.3"), Ack(target: Sent + "1"), Ack(target: ""), Ack() + Ack(),
        Ack().Replace("urn:hl7-org:v3", "urn:other", StringComparison.Ordinal),
        Ack().Replace("<typeCode code=\"AA\"/>", "", StringComparison.Ordinal),
        Ack().Replace("<typeCode code=\"AA\"/>", "<typeCode code=\"AA\"/><typeCode code=\"AE\"/>", StringComparison.Ordinal),
        Ack().Replace("<acknowledgement>", "<acknowledgement><typeCode code=\"AA\"/></acknowledgement><acknowledgement>", StringComparison.Ordinal),
        Ack().Replace("<?xml version=\"1.0\"?>", "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>", StringComparison.Ordinal),
        "<!DOCTYPE lolz [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;\">]><x>&b;</x>",
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><s:Fault><faultcode>s:Server</faultcode><faultstring>down</faultstring></s:Fault></s:Body></s:Envelope>",
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body/></s:Envelope>",
        "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\"><s:Body/></s:Envelope>",
        string.Concat(Enumerable.Repeat("<a>", 500)) + string.Concat(Enumerable.Repeat("</a>", 500)),
    ];

    [Theory]
    [MemberData(nameof(Uncertain))]
    public void Read_AnythingElse_IsUnknown(string answer) => Read(answer).ShouldBeOfType<Acknowledgement.Unknown>();

    [Fact]
    public void Read_EveryTruncation_IsUnknown()
    {
        var bytes = Encoding.UTF8.GetBytes(Ack());
        for (var length = 0; length < bytes.Length; length++)
        {
            Acknowledgement.Read(bytes.AsMemory(0, length), Sent).ShouldBeOfType<Acknowledgement.Unknown>();
        }
    }
}
