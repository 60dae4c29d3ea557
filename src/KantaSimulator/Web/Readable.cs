using System.Globalization;
using System.Xml;
using KantaSimulator.Message;
using KantaSimulator.Xml;

namespace KantaSimulator.Web;

/// <summary>Names, times and codes as people read them.</summary>
internal static class Readable
{
    /// <summary>Given names, family name, title; the call name is not repeated.</summary>
    public static string Name(XmlElement? name)
    {
        var given = name.Elements("given").Where(g => g.Attr("qualifier") is null);
        return string.Join(' ', given.Concat(name.Elements("family")).Concat(name.Elements("suffix")).Select(p => p.Squeezed()).Where(p => p.Length > 0));
    }

    /// <summary>2026-11-24 00:10:43; what is no time stays as it is.</summary>
    public static string Time(string? value) => Values.ReadTime(value) is not { } time ? value ?? ""
        : time.ToString(value!.Length > 8 ? "yyyy-MM-dd HH:mm:ss" : "yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>Code with its display name, if it has one.</summary>
    public static string Code(XmlElement? coded) => $"{coded.Attr("code")} {coded.Attr("displayName")}".Trim();
}
