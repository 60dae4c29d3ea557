using System.Globalization;

namespace KantaConnector.Documents;

/// <summary>Structured entries; each references the piece of narrative that has the same OID.</summary>
internal static class CdaEntries
{
    public static void Write(CanonicalXmlWriter xml, StructuredEntry entry, string oid, TimeZoneInfo zone)
    {
        xml.Start("entry"u8);
        switch (entry)
        {
            case PerformedProcedure:
                Open(xml, "procedure"u8, "PROC", entry, oid, zone);
                break;
            case CodedFinding finding:
                Open(xml, "observation"u8, "OBS", entry, oid, zone);
                if (finding.Value is { } value)
                {
                    xml.StartTyped("value"u8).CodedAttributes(value).XsiType("CV").End();
                }
                break;
            case Measurement measurement:
                Open(xml, "observation"u8, "OBS", entry, oid, zone);
                xml.StartTyped("value"u8).Attribute("unit"u8, measurement.Unit)
                    .Attribute("value"u8, measurement.Value.ToString(CultureInfo.InvariantCulture)).XsiType("PQ").End();
                break;
            default:
                throw new InvalidOperationException($"No CDA form for {entry.GetType().Name}.");
        }
        xml.End().End();
    }

    private static void Open(CanonicalXmlWriter xml, ReadOnlySpan<byte> name, string classCode, StructuredEntry entry, string oid, TimeZoneInfo zone)
    {
        xml.Start(name).Attribute("classCode"u8, classCode).Attribute("moodCode"u8, "EVN")
            .Oid("templateId"u8, entry.TemplateOid)
            .Oid("id"u8, oid)
            .Coded("code"u8, entry.Code)
            .Start("text"u8).Value("reference"u8, $"#OID{oid}").End()
            .Time("effectiveTime"u8, entry.Time, zone);
    }
}
