using System.Xml;
using KantaSimulator.Xml;

namespace KantaSimulator.Web;

/// <summary>Renders a document's sections for reading. Only named elements become HTML; no attribute of the document is carried over.</summary>
internal static class Narrative
{
    public static Markup Render(XmlElement document) => Html.Each(document.At("component/structuredBody").Elements("component").SelectMany(c => c.Elements("section")), s => Section(s, 2));

    /// <summary>The text of all sections line by line, for comparing versions.</summary>
    public static IReadOnlyList<string> Lines(XmlElement document) => [.. document.At("component/structuredBody").Elements("component")
        .SelectMany(c => c.Elements("section")).SelectMany(s => s.DescendantElements().Prepend(s)).Where(e => e.LocalName is "section")
        .SelectMany(s => s.Elements("title").Select(t => t.Squeezed()).Concat(s.Elements("text").SelectMany(TextLines))).Where(l => l.Length > 0)];

    private static IEnumerable<string> TextLines(XmlElement text)
    {
        var line = "";
        foreach (var node in Leaves(text))
        {
            if (node is XmlElement { LocalName: "br" or "paragraph" or "item" or "tr" })
            {
                yield return line.Trim();
                line = "";
            }
            else
            {
                line += node.Squeezed() + " ";
            }
        }

        yield return line.Trim();
    }

    private static IEnumerable<XmlNode> Leaves(XmlNode node)
    {
        for (var child = node.FirstChild; child is not null; child = child.NextSibling)
        {
            if (child is XmlElement)
            {
                if (child.LocalName is "br" or "paragraph" or "item" or "tr")
                    yield return child;
                foreach (var leaf in Leaves(child))
                    yield return leaf;
            }
            else if (child is XmlText or XmlCDataSection)
            {
                yield return child;
            }
        }
    }

    private static Markup Section(XmlElement section, int level)
    {
        var title = section.At("title").Squeezed();
        var code = section.At("code");
        if (title.Length == 0)
            title = code.Attr("displayName") ?? code.Attr("code") ?? section.AttrAt("id", "root") ?? "Section";
        var heading = new Markup($"h{Math.Min(level, 6)}");
        return Html.Of($"""
            <section><{heading}>{title}</{heading}>{Html.Each(section.Elements("author"), Author)}{Html.Each(section.Elements("text"), t => Html.Of($"<div>{Children(t)}</div>"))}
            {Html.Each(section.Elements("component").SelectMany(c => c.Elements("section")), s => Section(s, level + 1))}</section>
            """);
    }

    private static Markup Author(XmlElement author) => Html.Of($"""
        <p class="author">{string.Join(" · ", new[]
        {
            Layout.Person(author.At("assignedAuthor/assignedPerson/name")), Layout.Time(author.AttrAt("time", "value")),
            author.At("assignedAuthor/representedOrganization/name").Squeezed(), author.AttrAt("functionCode", "code"),
        }.Where(p => !string.IsNullOrEmpty(p)))}</p>
        """);

    private static Markup Children(XmlNode node) => Markup.Join(node.ChildNodes.Cast<XmlNode>().Select(Node));

    private static Markup Node(XmlNode node)
    {
        if (node is XmlText or XmlCDataSection or XmlWhitespace or XmlSignificantWhitespace)
            return Html.Encode(node.Value ?? "");
        if (node is not XmlElement element)
            return Markup.Empty;
        var inner = Children(element);
        return element.LocalName switch
        {
            "br" => new("<br>"),
            "paragraph" => Html.Of($"<p>{inner}</p>"),
            "list" => Html.Of($"<ul>{inner}</ul>"),
            "item" => Html.Of($"<li>{inner}</li>"),
            "table" => Html.Of($"<div class=\"scroll\" role=\"region\" aria-label=\"Table\" tabindex=\"0\"><table>{inner}</table></div>"),
            "thead" or "tbody" or "tfoot" or "tr" or "th" or "td" or "sub" or "sup" => Html.Of($"<{new Markup(element.LocalName)}>{inner}</{new Markup(element.LocalName)}>"),
            "caption" => Html.Of($"<strong>{inner}</strong> "),
            "content" => Html.Of($"<span>{inner}</span> "),
            _ => inner,
        };
    }
}
