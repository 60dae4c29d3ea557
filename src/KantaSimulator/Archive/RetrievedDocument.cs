using System.Xml;
using KantaSimulator.Ledger;
using KantaSimulator.Message;
using KantaSimulator.Xml;

namespace KantaSimulator.Archive;

/// <summary>Writes an archived document into the answer to a query or fetch.</summary>
internal static class RetrievedDocument
{
    public static void Write(XmlWriter xml, DocumentRow row, bool invalidated, byte[]? bytes)
    {
        xml.WriteStartElement("subject", XmlNav.Hl7);
        xml.WriteAttributeString("typeCode", "SUBJ");
        xml.WriteStartElement("clinicalDocument", XmlNav.Hl7);
        AnswerWriter.Element(xml, "id", ("root", row.Id));
        AnswerWriter.Element(xml, "code", ("code", row.Register), ("codeSystem", "1.2.246.537.5.40150.2009"));
        if (bytes is not null)
            Payload(xml, row.Id, bytes);
        AnswerWriter.Element(xml, "statusCode", ("code", invalidated ? "nullified" : "completed"));
        AnswerWriter.Element(xml, "effectiveTime", ("value", row.EffectiveTime));
        AnswerWriter.Element(xml, "setId", ("root", row.SetId));
        AnswerWriter.Element(xml, "versionNumber", ("value", XmlConvert.ToString(row.Version)));
        AnswerWriter.Element(xml, "storageCode", ("code", "AC"), ("codeSystem", "1.2.246.537.5.40116.2006"));
        xml.WriteStartElement("recordTarget", XmlNav.Hl7);
        xml.WriteStartElement("patient", XmlNav.Hl7);
        AnswerWriter.Element(xml, "id", ("root", row.PatientRoot), ("extension", row.PatientId));
        xml.WriteEndElement();
        xml.WriteEndElement();
        if (row.ServiceEvent.Length > 0)
        {
            xml.WriteStartElement("componentOf", XmlNav.Hl7);
            xml.WriteStartElement("encounterEvent", XmlNav.Hl7);
            AnswerWriter.Element(xml, "id", ("root", row.ServiceEvent));
            xml.WriteEndElement();
            xml.WriteEndElement();
        }

        xml.WriteElementString("sha256", "urn:carerecords:simulator", row.Sha256);
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    private static void Payload(XmlWriter xml, string id, byte[] bytes)
    {
        xml.WriteStartElement("text", XmlNav.Hl7);
        xml.WriteAttributeString("mediaType", "multipart/related");
        xml.WriteString($"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=\"=_sim\"\n\n--=_sim\nContent-Type: text/xml; charset=UTF-8\n" +
            $"Content-Transfer-Encoding: BASE64\nContent-ID: <{id}>\n\n{Convert.ToBase64String(bytes, Base64FormattingOptions.InsertLineBreaks).ReplaceLineEndings("\n")}\n\n--=_sim--\n");
        xml.WriteEndElement();
    }
}
