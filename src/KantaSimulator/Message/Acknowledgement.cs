using System.Globalization;
using System.Text;
using System.Xml;
using KantaSimulator.Rules;
using KantaSimulator.Xml;

namespace KantaSimulator.Message;

/// <summary>What an acknowledgement says, before it is written.</summary>
internal sealed record Acknowledgement(string Type, string? Target, string Receiver, string ProcessingCode, IReadOnlyList<Finding> Findings)
{
    public const int MostDetails = 50;
}

/// <summary>Writes answers: SOAP envelope, transmission wrapper, acknowledgement, and for a query what was found.</summary>
internal sealed class AnswerWriter(string party, TimeProvider clock)
{
    private static readonly TimeZoneInfo Helsinki = TimeZoneInfo.FindSystemTimeZoneById("Europe/Helsinki");

    private long running;

    public byte[] Write(Acknowledgement acknowledgement) => Write("MCCI_IN000002UV01", [acknowledgement], null);

    /// <param name="interaction">Root element of the answer.</param>
    /// <param name="acknowledgements">One; several only as a fault.</param>
    /// <param name="rest">Writes what comes after the acknowledgement.</param>
    public byte[] Write(string interaction, IReadOnlyList<Acknowledgement> acknowledgements, Action<XmlWriter>? rest)
    {
        using var output = new MemoryStream();
        using (var xml = XmlWriter.Create(output, new XmlWriterSettings { Encoding = new UTF8Encoding(false), CheckCharacters = true }))
        {
            xml.WriteStartElement("soap", "Envelope", XmlNav.Soap11);
            xml.WriteStartElement("soap", "Body", XmlNav.Soap11);
            xml.WriteStartElement(interaction, XmlNav.Hl7);
            xml.WriteAttributeString("ITSVersion", "XML_1.0");
            Transmission(xml, interaction, acknowledgements[0]);
            foreach (var acknowledgement in acknowledgements)
                Write(xml, acknowledgement);
            rest?.Invoke(xml);
            xml.WriteEndElement();
            xml.WriteEndElement();
            xml.WriteEndElement();
        }

        return output.ToArray();
    }

    /// <summary>A SOAP 1.1 fault with the simulator's code in its detail.</summary>
    public static byte[] Fault(Rule rule, string detail, string faultCode)
    {
        using var output = new MemoryStream();
        using (var xml = XmlWriter.Create(output, new XmlWriterSettings { Encoding = new UTF8Encoding(false) }))
        {
            xml.WriteStartElement("soap", "Envelope", XmlNav.Soap11);
            xml.WriteStartElement("soap", "Body", XmlNav.Soap11);
            xml.WriteStartElement("soap", "Fault", XmlNav.Soap11);
            xml.WriteElementString("faultcode", $"soap:{faultCode}");
            xml.WriteElementString("faultstring", Clean($"{rule.Code} {rule.English}{(detail.Length > 0 ? ": " + detail : "")}"));
            xml.WriteStartElement("detail");
            xml.WriteElementString("code", "urn:carerecords:simulator", rule.Code);
            xml.WriteEndDocument();
        }

        return output.ToArray();
    }

    private void Transmission(XmlWriter xml, string interaction, Acknowledgement acknowledgement)
    {
        var now = clock.GetUtcNow();
        var local = TimeZoneInfo.ConvertTime(now, Helsinki);
        Element(xml, "id", ("root", $"{party}.9.{now.ToUnixTimeMilliseconds()}.{Interlocked.Increment(ref running)}"));
        Element(xml, "creationTime", ("value", local.ToString("yyyyMMddHHmmss.fff", CultureInfo.InvariantCulture)));
        Element(xml, "versionCode", ("code", "V3-2006"));
        Element(xml, "interactionId", ("root", "2.16.840.1.113883.1.6"), ("extension", interaction));
        Element(xml, "profileId", ("root", "1.2.246.777.11.2008.10"));
        Element(xml, "processingCode", ("code", acknowledgement.ProcessingCode));
        Element(xml, "processingModeCode", ("code", "T"));
        Element(xml, "acceptAckCode", ("code", "NE"));
        Device(xml, "receiver", "RCV", acknowledgement.Receiver);
        Device(xml, "sender", "SND", party);
    }

    private static void Write(XmlWriter xml, Acknowledgement acknowledgement)
    {
        xml.WriteStartElement("acknowledgement", XmlNav.Hl7);
        Element(xml, "typeCode", ("code", acknowledgement.Type));
        if (acknowledgement.Target is { } target)
        {
            xml.WriteStartElement("targetMessage", XmlNav.Hl7);
            Element(xml, "id", ("root", Clean(target)));
            xml.WriteEndElement();
        }

        foreach (var finding in acknowledgement.Findings.OrderBy(f => f.Severity).Take(Acknowledgement.MostDetails))
        {
            xml.WriteStartElement("acknowledgementDetail", XmlNav.Hl7);
            xml.WriteAttributeString("typeCode", finding.Severity.ToString()[..1]);
            var system = Rulebook.CodeSystemOf(finding.Rule);
            Element(xml, "code", ("code", finding.Rule.Code), ("codeSystem", system),
                ("codeSystemName", system == Rulebook.KantaCodeSystem ? "Kanta-palvelut - Prosessivirheet ja huomautukset" : "KantaSimulator"));
            xml.WriteElementString("text", XmlNav.Hl7, Clean(finding.Text));
            xml.WriteElementString("location", XmlNav.Hl7, Clean(finding.Location));
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    public static void Device(XmlWriter xml, string element, string type, string id)
    {
        xml.WriteStartElement(element, XmlNav.Hl7);
        xml.WriteAttributeString("typeCode", type);
        xml.WriteStartElement("device", XmlNav.Hl7);
        Element(xml, "id", ("root", Clean(id)));
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    public static void Element(XmlWriter xml, string name, params ReadOnlySpan<(string Name, string Value)> attributes)
    {
        xml.WriteStartElement(name, XmlNav.Hl7);
        foreach (var (attribute, value) in attributes)
            xml.WriteAttributeString(attribute, value);
        xml.WriteEndElement();
    }

    // Values are quoted from foreign messages; they are well-formed XML characters already, only their length is unbounded.
    private static string Clean(string text) => text.Length <= 1000 ? text
        : text[..(char.IsHighSurrogate(text[999]) ? 999 : 1000)] + "…";
}
