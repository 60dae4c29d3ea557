using System.Xml;
using System.Xml.Linq;
using KantaConnector.Documents;

namespace KantaConnector.Messages;

/// <param name="IsError">False for warnings and remarks (typeCode W and I); anything else counts as an error.</param>
internal sealed record AcknowledgementDetail(string? Code, string? CodeSystem, string Text, bool IsError = true);

/// <summary>What an answer says about the message it answers: three outcomes, never two.</summary>
internal abstract record Acknowledgement
{
    /// <summary>Taken over by the archive; details are remarks.</summary>
    internal sealed record Accepted(IReadOnlyList<AcknowledgementDetail> Details) : Acknowledgement;

    /// <summary>Refused for good, with the archive's reasons.</summary>
    internal sealed record Refused(string Type, IReadOnlyList<AcknowledgementDetail> Details) : Acknowledgement;

    /// <summary>Nothing certain can be read from the answer; the document may or may not have been archived.</summary>
    internal sealed record Unknown(string Reason) : Acknowledgement;

    private static readonly XNamespace Hl7 = "urn:hl7-org:v3";
    private static readonly XNamespace Soap = "http://schemas.xmlsoap.org/soap/envelope/";

    /// <summary>
    /// Reads an HL7 V3 acknowledgement, bare or in SOAP 1.1. Tolerant about the interaction's name and about where details nest, strict about
    /// everything that decides: one acknowledgement, a type code of 2.16.840.1.113883.5.18, and the id of the very message that was sent.
    /// </summary>
    /// <param name="answer">The whole answer; the caller bounds its size.</param>
    public static Acknowledgement Read(ReadOnlyMemory<byte> answer, string sentMessageId)
    {
        if (answer.IsEmpty)
        {
            return new Unknown("the answer is empty");
        }
        XElement root;
        try
        {
            root = SafeXml.Linq(answer).Root!;
        }
        catch (XmlException)
        {
            return new Unknown("the answer is not well-formed XML");
        }
        if (root.Name == Soap + "Envelope")
        {
            var content = root.Elements(Soap + "Body").Elements().ToArray();
            if (content.Length != 1)
            {
                return new Unknown("the SOAP body does not hold exactly one answer");
            }
            root = content[0];
        }
        if (root.Name == Soap + "Fault")
        {
            return new Unknown($"SOAP fault: {Clip((string?)root.Element("faultcode"))} {Clip((string?)root.Element("faultstring"))}".TrimEnd());
        }
        if (root.Name.Namespace != Hl7)
        {
            return new Unknown($"the answer is {Clip(root.Name.LocalName)} of a foreign namespace");
        }
        var acknowledgements = root.Elements(Hl7 + "acknowledgement").ToArray();
        return acknowledgements.Length == 1 ? Read(acknowledgements[0], sentMessageId) : new Unknown($"{acknowledgements.Length} acknowledgements, one expected");
    }

    private static Acknowledgement Read(XElement acknowledgement, string sentMessageId)
    {
        var targets = acknowledgement.Elements(Hl7 + "targetMessage").Elements(Hl7 + "id").ToArray();
        if (targets.Length != 1 || Whole(targets[0]) != sentMessageId)
        {
            return new Unknown("the acknowledgement answers another message");
        }
        var details = acknowledgement.Descendants(Hl7 + "acknowledgementDetail").Select(Detail).ToArray();
        var types = acknowledgement.Elements(Hl7 + "typeCode").Select(e => (string?)e.Attribute("code"))
            .Append((string?)acknowledgement.Attribute("typeCode")).Where(type => type is not null).ToArray();
        return types.Length == 1
            ? types[0] switch
            {
                "AA" or "CA" => new Accepted(details),
                "AE" or "AR" or "CE" or "CR" => new Refused(types[0]!, details),
                _ => new Unknown($"unknown acknowledgement type {Clip(types[0])}"),
            }
            : new Unknown("the acknowledgement has no single type");
    }

    private static AcknowledgementDetail Detail(XElement detail)
    {
        var code = detail.Element(Hl7 + "code");
        var text = detail.Element(Hl7 + "text")?.Value ?? (string?)code?.Attribute("displayName") ?? "";
        return new AcknowledgementDetail(Clip((string?)code?.Attribute("code")), Clip((string?)code?.Attribute("codeSystem")), Clip(text.Trim()) ?? "",
            (string?)detail.Attribute("typeCode") is not ("W" or "I"));
    }

    private static string? Whole(XElement id) => (string?)id.Attribute("extension") is { Length: > 0 } extension
        ? $"{(string?)id.Attribute("root")}.{extension}"
        : (string?)id.Attribute("root");

    private static string? Clip(string? text) => text is { Length: > 500 } ? text[..500] : text;
}
