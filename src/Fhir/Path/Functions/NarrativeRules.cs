using System.Collections.Frozen;
using System.Xml;

namespace Fhir.FhirPath.Functions;

/// <summary>
/// What htmlChecks() asks of a narrative: XHTML with a div at its top, only the elements and attributes of https://hl7.org/fhir/R4/narrative.html#xhtml, and some content.
/// </summary>
internal static class NarrativeRules
{
    private const string Xhtml = "http://www.w3.org/1999/xhtml";
    private const int MaxDepth = 256;
    private static readonly string[] ScriptSchemes = ["javascript:", "vbscript:", "data:text/html", "data:image/svg"];

    private static readonly FrozenSet<string> ElementNames = Set(
        "a abbr acronym address b big blockquote br caption cite code col colgroup dd dfn div dl dt em h1 h2 h3 h4 h5 h6 hr i img li ol p pre q samp small span strong"
        + " sub sup table tbody td tfoot th thead tr tt ul var kbd ins del bdo");

    private static readonly FrozenSet<string> AttributeNames = Set(
        "title style class id lang xml:lang dir accesskey tabindex span width align valign char charoff abbr axis headers scope rowspan colspan name charset href hreflang"
        + " type rel rev target shape coords src alt longdesc height usemap ismap cite datetime summary border frame rules cellspacing cellpadding compact start value nowrap");

    private static readonly XmlReaderSettings Settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersInDocument = 4_000_000,
        MaxCharactersFromEntities = 0,
    };

    internal static bool Allow(string html)
    {
        try
        {
            using var text = new StringReader(html);
            using var reader = XmlReader.Create(text, Settings);
            return reader.MoveToContent() == XmlNodeType.Element && reader is { LocalName: "div", NamespaceURI: Xhtml } && Content(reader);
        }
        catch (XmlException)
        {
            return false;
        }
    }

    private static bool Content(XmlReader reader)
    {
        var hasContent = false;
        do
        {
            if (reader.Depth > MaxDepth || reader.NodeType == XmlNodeType.ProcessingInstruction)
            {
                return false;
            }

            if (reader.NodeType == XmlNodeType.Element)
            {
                if (reader.NamespaceURI != Xhtml || !ElementNames.Contains(reader.LocalName) || !AttributesAllowed(reader))
                {
                    return false;
                }

                reader.MoveToElement();
                hasContent |= reader.LocalName == "img";
            }

            hasContent |= reader.NodeType is XmlNodeType.Text or XmlNodeType.CDATA && !string.IsNullOrWhiteSpace(reader.Value);
        }
        while (reader.Read());
        return hasContent;
    }

    // Browsers drop tabs and line breaks anywhere in an address, and controls and spaces before it (https://url.spec.whatwg.org/#url-parsing).
    private static bool RunsScript(string address)
    {
        var bare = string.Concat(address.Where(c => c > ' '));
        return ScriptSchemes.Any(scheme => bare.StartsWith(scheme, StringComparison.OrdinalIgnoreCase));
    }

    private static bool AttributesAllowed(XmlReader reader)
    {
        while (reader.MoveToNextAttribute())
        {
            if (reader.Prefix == "xmlns" || reader.Name == "xmlns")
            {
                continue;
            }

            var link = reader.LocalName is "href" or "src" or "cite" or "longdesc";
            if (!AttributeNames.Contains(reader.Name) || (link && RunsScript(reader.Value)))
            {
                return false;
            }
        }

        return true;
    }

    private static FrozenSet<string> Set(string names) => names.Split(' ').ToFrozenSet(StringComparer.Ordinal);
}
