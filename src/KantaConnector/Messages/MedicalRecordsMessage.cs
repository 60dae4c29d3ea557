using System.Buffers.Text;
using System.Globalization;
using System.Text;
using KantaConnector.Documents;

namespace KantaConnector.Messages;

/// <summary>Writes the SOAP 1.1 envelope with a Medical Records message around a signed document.</summary>
internal static class MedicalRecordsMessage
{
    private const int BytesPerLine = 57;

    /// <param name="header">What this attempt says.</param>
    /// <param name="documentOid">Content-ID of the payload.</param>
    /// <param name="wrapper">The document's facts, from <see cref="BuiltDocument"/>.</param>
    /// <param name="signedCda">The bytes that were signed and stored.</param>
    public static byte[] Write(
        MessageHeader header, string documentOid, (ReadOnlyMemory<byte> Before, ReadOnlyMemory<byte> After) wrapper, ReadOnlySpan<byte> signedCda)
    {
        var xml = new CanonicalXmlWriter((signedCda.Length * 4 / 3) + wrapper.After.Length + 4096);
        Open(xml, header);
        xml.Oid("templateId"u8, header.Profiles[0]).Verbatim(wrapper.Before.Span);
        Payload(xml, header.MessageId, documentOid, signedCda);
        return Close(xml.Verbatim(wrapper.After.Span));
    }

    /// <summary>A message about a document without the document; the form of the real one is not public.</summary>
    /// <param name="content">Children of clinicalDocument.</param>
    public static byte[] WriteInvalidation(MessageHeader header, ReadOnlySpan<byte> content)
    {
        var xml = new CanonicalXmlWriter(4096);
        Open(xml, header);
        return Close(xml.Verbatim(content));
    }

    /// <summary>A question: the same transmission and control act, without a document.</summary>
    /// <param name="query">Writes what follows the control act's code, reason and author.</param>
    public static byte[] WriteQuery(MessageHeader header, Action<CanonicalXmlWriter> query)
    {
        var xml = new CanonicalXmlWriter(4096);
        Act(xml, header);
        query(xml);
        return xml.End().End().End().End().ToArray();
    }

    private static void Open(CanonicalXmlWriter xml, MessageHeader header)
    {
        Act(xml, header);
        xml.Start("subject"u8).Attribute("typeCode"u8, "SUBJ").Start("clinicalDocument"u8);
    }

    private static void Act(CanonicalXmlWriter xml, MessageHeader header)
    {
        xml.Verbatim("<?xml version=\"1.0\" encoding=\"UTF-8\"?>"u8);
        xml.Start("Envelope"u8, Ns.Soap).Start("Body"u8);
        xml.Start(Encoding.UTF8.GetBytes(header.Interaction), Ns.Hl7V3).Attribute("ITSVersion"u8, "XML_1.0");
        Transmission(xml, header, TimeZoneInfo.FindSystemTimeZoneById(header.TimeZone));
        xml.Start("controlActProcess"u8).Attribute("moodCode"u8, "RQO")
            .Coded("code"u8, new Coded(header.Trigger, "2.16.840.1.113883.1.18"))
            .Coded("reasonCode"u8, header.ServiceRequest)
            .Start("authorOrPerformer"u8).Attribute("typeCode"u8, "PRF")
            .Start("assignedPerson"u8).Start("representedOrganization"u8).Oid("id"u8, header.ProviderOid).End().End().End();
    }

    private static byte[] Close(CanonicalXmlWriter xml) => xml.End().End().End().End().End().End().ToArray();

    private static void Transmission(CanonicalXmlWriter xml, MessageHeader header, TimeZoneInfo zone)
    {
        xml.Oid("id"u8, header.MessageId)
            .Value("creationTime"u8, Hl7Types.WallTime(header.CreatedAt, zone, "yyyyMMddHHmmss.fff"))
            .Code("versionCode"u8, "V3-2006")
            .Id("interactionId"u8, new InstanceId("2.16.840.1.113883.1.6", header.Interaction));
        foreach (var profile in header.Profiles)
        {
            xml.Oid("profileId"u8, profile);
        }
        xml.Code("processingCode"u8, header.ProcessingCode)
            .Code("processingModeCode"u8, "T")
            .Code("acceptAckCode"u8, "ER")
            .Start("receiver"u8).Attribute("typeCode"u8, "RCV").Start("device"u8).Oid("id"u8, header.ReceiverOid).End().End()
            .Start("sender"u8).Attribute("typeCode"u8, "SND").Start("device"u8).Oid("id"u8, header.SenderOid).End().End();
    }

    /// <summary>A MIME multipart/related message as character data; base64 in lines of 76 characters, line feeds only, since XML would fold CR LF.</summary>
    private static void Payload(CanonicalXmlWriter xml, string messageId, string documentOid, ReadOnlySpan<byte> cda)
    {
        // RFC 2046 allows a boundary 70 characters; the end of a message id is what differs.
        var boundary = $"----=_Part_{messageId[^Math.Min(messageId.Length, 50)..]}";
        xml.Start("text"u8).Attribute("mediaType"u8, "multipart/related").Text(string.Create(CultureInfo.InvariantCulture, $"""
            MIME-Version: 1.0
            Message-ID: <{messageId}>
            Content-Type: multipart/related; boundary="{boundary}"

            --{boundary}
            Content-Type: text/xml; charset=UTF-8
            Content-Transfer-Encoding: BASE64
            Content-ID: <{documentOid}>


            """));
        var lines = (cda.Length + BytesPerLine - 1) / BytesPerLine;
        var target = xml.Reserve(Base64.GetMaxEncodedToUtf8Length(cda.Length) + lines);
        while (!cda.IsEmpty)
        {
            var part = cda[..Math.Min(BytesPerLine, cda.Length)];
            Base64.EncodeToUtf8(part, target, out _, out var written);
            target[written] = (byte)'\n';
            target = target[(written + 1)..];
            cda = cda[part.Length..];
        }
        xml.Text($"\n--{boundary}--\n").End();
    }
}
