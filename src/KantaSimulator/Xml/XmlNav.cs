using System.Text;
using System.Xml;

namespace KantaSimulator.Xml;

/// <summary>Namespaces and short ways through the messages. All reading is by local name within the element's own namespace.</summary>
internal static class XmlNav
{
    public const string Hl7 = "urn:hl7-org:v3";
    public const string Hl7Fi = "urn:hl7finland";
    public const string Dsig = "http://www.w3.org/2000/09/xmldsig#";
    public const string Soap11 = "http://schemas.xmlsoap.org/soap/envelope/";

    public static IEnumerable<XmlElement> Elements(this XmlNode? node)
    {
        for (var child = node?.FirstChild; child is not null; child = child.NextSibling)
            if (child is XmlElement element)
                yield return element;
    }

    public static IEnumerable<XmlElement> Elements(this XmlNode? node, string name) => node.Elements().Where(e => e.LocalName == name);

    /// <summary>First descendant along a path of local names separated by '/'; null when a step is missing.</summary>
    public static XmlElement? At(this XmlElement? element, string path)
    {
        foreach (var step in path.Split('/'))
        {
            element = element.Elements(step).FirstOrDefault();
            if (element is null)
                return null;
        }

        return element;
    }

    /// <summary>Attribute value, or null when it is absent.</summary>
    public static string? Attr(this XmlElement? element, string name) => element?.GetAttributeNode(name)?.Value;

    public static string? AttrAt(this XmlElement? element, string path, string attribute) => element.At(path).Attr(attribute);

    /// <summary>Text with runs of whitespace made one space.</summary>
    public static string Squeezed(this XmlNode? node) =>
        node is null ? "" : string.Join(' ', node.InnerText.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    public static IEnumerable<XmlElement> DescendantElements(this XmlElement root)
    {
        foreach (var child in root.Elements())
        {
            yield return child;
            foreach (var inner in child.DescendantElements())
                yield return inner;
        }
    }

    /// <summary>XPath-like place of an element: local names from the root, with a position where siblings share the name.</summary>
    public static string Place(this XmlElement? element)
    {
        if (element is null)
            return "/";
        var place = new StringBuilder();
        for (XmlNode? node = element; node is XmlElement e; node = e.ParentNode)
        {
            var siblings = e.ParentNode.Elements(e.LocalName).ToList();
            place.Insert(0, siblings.Count > 1 ? $"/{e.LocalName}[{siblings.IndexOf(e) + 1}]" : $"/{e.LocalName}");
        }

        return place.ToString();
    }
}
