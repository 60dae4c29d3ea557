using System.Xml;
using KantaSimulator.Xml;

namespace KantaSimulator.Web;

/// <summary>What a document's header says, one line for each element that says something, so that two versions can be compared. The signature is left out.</summary>
internal static class HeaderLines
{
    public static IReadOnlyList<string> Of(XmlElement document)
    {
        var lines = new List<string>();
        foreach (var child in document.Elements().Where(e => e.LocalName != "component"))
            Add(lines, child, child.LocalName);
        return lines;
    }

    private static void Add(List<string> lines, XmlElement element, string path)
    {
        if (element.LocalName == "signatureCollection")
            return;
        var attributes = element.Attributes.Cast<XmlAttribute>().Where(a => a.Prefix != "xmlns" && a.Name is not ("xmlns" or "codeSystemName" or "codeSystem"))
            .Select(a => $"{a.LocalName} {a.Value}");
        var children = element.Elements().ToList();
        var text = children.Count == 0 ? element.Squeezed() : "";
        var said = string.Join(", ", attributes.Append(text).Where(s => s.Length > 0));
        if (said.Length > 0)
            lines.Add($"{path}: {said}");
        foreach (var child in children)
            Add(lines, child, $"{path}/{child.LocalName}");
    }
}
