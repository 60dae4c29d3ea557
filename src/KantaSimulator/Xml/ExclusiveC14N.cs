using System.Text;
using System.Xml;

namespace KantaSimulator.Xml;

/// <summary>
/// Exclusive XML Canonicalization 1.0 without comments (https://www.w3.org/TR/xml-exc-c14n/) of one element and what is in it,
/// with no inclusive prefixes. Written here so that the judge does not share an implementation with those who sign.
/// </summary>
internal static class ExclusiveC14N
{
    private const string XmlnsNamespace = "http://www.w3.org/2000/xmlns/";
    private const string XmlNamespace = "http://www.w3.org/XML/1998/namespace";

    /// <summary>The canonical form as UTF-8 bytes.</summary>
    public static byte[] Canonicalize(XmlElement apex)
    {
        var output = new StringBuilder();
        Write(output, apex, new Dictionary<string, string>(StringComparer.Ordinal) { [""] = "" });
        return Encoding.UTF8.GetBytes(output.ToString());
    }

    private static void Write(StringBuilder output, XmlElement element, Dictionary<string, string> rendered)
    {
        var attributes = element.Attributes.Cast<XmlAttribute>().Where(a => a.NamespaceURI != XmlnsNamespace)
            .OrderBy(a => a.NamespaceURI, StringComparer.Ordinal).ThenBy(a => a.LocalName, StringComparer.Ordinal).ToList();

        var declarations = new SortedDictionary<string, string>(StringComparer.Ordinal);
        Declare(element.Prefix, element.NamespaceURI);
        foreach (var attribute in attributes.Where(a => a.Prefix.Length > 0 && a.NamespaceURI != XmlNamespace))
            Declare(attribute.Prefix, attribute.NamespaceURI);
        var inScope = declarations.Count == 0 ? rendered : new Dictionary<string, string>(rendered, StringComparer.Ordinal);

        output.Append('<').Append(element.Name);
        foreach (var (prefix, uri) in declarations)
        {
            inScope[prefix] = uri;
            output.Append(prefix.Length == 0 ? " xmlns" : $" xmlns:{prefix}").Append("=\"");
            AppendAttributeValue(output, uri);
            output.Append('"');
        }

        foreach (var attribute in attributes)
        {
            output.Append(' ').Append(attribute.Name).Append("=\"");
            AppendAttributeValue(output, attribute.Value);
            output.Append('"');
        }

        output.Append('>');
        for (var child = element.FirstChild; child is not null; child = child.NextSibling)
            WriteChild(output, child, inScope);
        output.Append("</").Append(element.Name).Append('>');

        void Declare(string prefix, string uri)
        {
            if (!rendered.TryGetValue(prefix, out var known) || known != uri)
                declarations[prefix] = uri;
        }
    }

    private static void WriteChild(StringBuilder output, XmlNode child, Dictionary<string, string> rendered)
    {
        switch (child)
        {
            case XmlElement element:
                Write(output, element, rendered);
                break;
            case XmlProcessingInstruction instruction:
                output.Append("<?").Append(instruction.Target);
                if (instruction.Data.Length > 0)
                    output.Append(' ').Append(instruction.Data.Replace("\r", "&#xD;", StringComparison.Ordinal));
                output.Append("?>");
                break;
            case XmlComment:
                break;
            default:
                AppendText(output, child.Value ?? "");
                break;
        }
    }

    private static void AppendText(StringBuilder output, string text)
    {
        foreach (var c in text)
            _ = c switch
            {
                '&' => output.Append("&amp;"),
                '<' => output.Append("&lt;"),
                '>' => output.Append("&gt;"),
                '\r' => output.Append("&#xD;"),
                _ => output.Append(c),
            };
    }

    private static void AppendAttributeValue(StringBuilder output, string value)
    {
        foreach (var c in value)
            _ = c switch
            {
                '&' => output.Append("&amp;"),
                '<' => output.Append("&lt;"),
                '"' => output.Append("&quot;"),
                '\t' => output.Append("&#x9;"),
                '\n' => output.Append("&#xA;"),
                '\r' => output.Append("&#xD;"),
                _ => output.Append(c),
            };
    }
}
