using System.Globalization;

namespace KantaConnector.Documents;

/// <summary>HL7 V3 data types as the writer's vocabulary; attribute order is canonical, default attributes are never written.</summary>
internal static class Hl7Types
{
    public static CanonicalXmlWriter Element(this CanonicalXmlWriter xml, ReadOnlySpan<byte> name, string? text)
    {
        return text is null ? xml : xml.Start(name).Text(text).End();
    }

    public static CanonicalXmlWriter Coded(this CanonicalXmlWriter xml, ReadOnlySpan<byte> name, Coded? value) =>
        value is null ? xml : xml.Start(name).CodedAttributes(value).End();

    public static CanonicalXmlWriter CodedAttributes(this CanonicalXmlWriter xml, Coded value) => xml
        .Attribute("code"u8, value.Code).Attribute("codeSystem"u8, value.System)
        .Attribute("codeSystemName"u8, value.SystemName).Attribute("displayName"u8, value.Display);

    public static CanonicalXmlWriter Code(this CanonicalXmlWriter xml, ReadOnlySpan<byte> name, string code) =>
        xml.Start(name).Attribute("code"u8, code).End();

    public static CanonicalXmlWriter Value(this CanonicalXmlWriter xml, ReadOnlySpan<byte> name, string? value) =>
        value is null ? xml : xml.Start(name).Attribute("value"u8, value).End();

    public static CanonicalXmlWriter Number(this CanonicalXmlWriter xml, ReadOnlySpan<byte> name, int value) =>
        xml.Value(name, value.ToString(CultureInfo.InvariantCulture));

    public static CanonicalXmlWriter Id(this CanonicalXmlWriter xml, ReadOnlySpan<byte> name, InstanceId? id) =>
        id is null ? xml.Null(name, "NI") : xml.Start(name).Attribute("extension"u8, id.Extension).Attribute("root"u8, id.Root).End();

    public static CanonicalXmlWriter Oid(this CanonicalXmlWriter xml, ReadOnlySpan<byte> name, string? root) =>
        root is null ? xml : xml.Start(name).Attribute("root"u8, root).End();

    public static CanonicalXmlWriter Null(this CanonicalXmlWriter xml, ReadOnlySpan<byte> name, string flavor) =>
        xml.Start(name).Attribute("nullFlavor"u8, flavor).End();

    public static CanonicalXmlWriter Date(this CanonicalXmlWriter xml, ReadOnlySpan<byte> name, DateOnly? date) =>
        xml.Value(name, date?.ToString("yyyyMMdd", CultureInfo.InvariantCulture));

    public static CanonicalXmlWriter Time(this CanonicalXmlWriter xml, ReadOnlySpan<byte> name, DateTimeOffset? time, TimeZoneInfo zone) =>
        xml.Value(name, time is { } t ? WallTime(t, zone, "yyyyMMddHHmmss") : null);

    public static CanonicalXmlWriter Interval(
        this CanonicalXmlWriter xml, ReadOnlySpan<byte> name, DateTimeOffset low, DateTimeOffset? high, TimeZoneInfo zone) =>
        xml.Start(name).Time("low"u8, low, zone).Time("high"u8, high, zone).End();

    public static CanonicalXmlWriter Name(this CanonicalXmlWriter xml, PersonName name) => NameParts(xml.Start("name"u8), name).End();

    public static CanonicalXmlWriter NameParts(CanonicalXmlWriter xml, PersonName name)
    {
        foreach (var given in name.Given)
        {
            xml.Element("given"u8, given);
        }
        if (name.CallName is not null)
        {
            xml.Start("given"u8).Attribute("qualifier"u8, "CL").Text(name.CallName).End();
        }
        return xml.Element("family"u8, name.Family).Element("suffix"u8, name.Title);
    }

    public static CanonicalXmlWriter Organisation(this CanonicalXmlWriter xml, ReadOnlySpan<byte> name, Organisation? organisation) =>
        organisation is null ? xml : xml.Start(name).Oid("id"u8, organisation.Oid).Element("name"u8, organisation.Name).End();

    public static string WallTime(DateTimeOffset time, TimeZoneInfo zone, string format) =>
        TimeZoneInfo.ConvertTime(time, zone).ToString(format, CultureInfo.InvariantCulture);
}
