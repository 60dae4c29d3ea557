using System.Globalization;

namespace KantaConnector.Documents;

/// <summary>The signed part of a form of the information management service; ids follow from the document's OID and the field's place.</summary>
internal static class CdaForm
{
    public static void Write(CanonicalXmlWriter xml, InformationDocument document, TimeZoneInfo zone)
    {
        var oid = $"{document.Facts.Oid}.1";
        var title = document.Form.Display ?? document.Facts.Title;
        xml.Start("structuredBody"u8).Attribute("ID"u8, CdaBody.BodyId(document.Facts.Oid))
            .Start("component"u8).Start("section"u8).Attribute("ID"u8, "OID" + oid)
            .Oid("templateId"u8, document.TemplateOid).Oid("id"u8, oid).Coded("code"u8, document.Form).Element("title"u8, title);
        Coded? open = null;
        for (var i = 0; i < document.Fields.Count; i++)
        {
            var field = document.Fields[i];
            if (field.Group != open)
            {
                if (open is not null)
                {
                    xml.End().End();
                }
                if (field.Group is { } group)
                {
                    xml.Start("component"u8).Start("section"u8).Attribute("ID"u8, $"OID{oid}.g{i + 1}").Coded("code"u8, group).Element("title"u8, group.Display ?? group.Code);
                }
                open = field.Group;
            }
            Field(xml, field, $"{oid}.{i + 1}", document.Time, zone);
        }
        if (open is not null)
        {
            xml.End().End();
        }
        xml.End().End().End();
    }

    private static void Field(CanonicalXmlWriter xml, FormField field, string oid, DateTimeOffset time, TimeZoneInfo zone)
    {
        xml.Start("component"u8).Start("section"u8).Attribute("ID"u8, "OID" + oid).Coded("code"u8, field.Code).Element("title"u8, field.Title);
        if (field.Wording.Length > 0)
        {
            xml.Start("text"u8).Start("content"u8).Attribute("ID"u8, $"OID{oid}.1").Text(field.Wording).End().End();
        }
        if (field.Value is { } value)
        {
            xml.Start("entry"u8).Start("observation"u8).Attribute("classCode"u8, "COND").Attribute("moodCode"u8, "EVN")
                .Oid("id"u8, $"{oid}.1").Null("code"u8, "NA").Start("text"u8).Value("reference"u8, $"#OID{oid}.1").End()
                .Time("effectiveTime"u8, time, zone);
            Value(xml, value, zone);
            xml.End().End();
        }
        xml.End().End();
    }

    private static void Value(CanonicalXmlWriter xml, FormValue value, TimeZoneInfo zone)
    {
        xml.StartTyped("value"u8);
        switch (value)
        {
            case FormValue.Truth truth:
                xml.Attribute("value"u8, truth.Holds ? "true" : "false").XsiType("BL");
                break;
            case FormValue.Id id:
                xml.Attribute("extension"u8, id.Value.Extension).Attribute("root"u8, id.Value.Root).XsiType("II");
                break;
            case FormValue.Day day:
                xml.Attribute("value"u8, day.Value.ToString("yyyyMMdd", CultureInfo.InvariantCulture)).XsiType("TS");
                break;
            case FormValue.Period period:
                xml.XsiType("IVL_TS").Time("low"u8, period.From, zone).Time("high"u8, period.Until, zone);
                break;
            case FormValue.Person person:
                xml.XsiType("PN");
                Hl7Types.NameParts(xml, person.Name);
                break;
            default:
                throw new InvalidOperationException($"No CDA form for {value.GetType().Name}.");
        }
        xml.End();
    }
}
