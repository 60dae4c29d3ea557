using System.Text;
using Fhir.Json;
using Fhir.Model;

namespace Fhir.Xml;

/// <summary>Reads and writes FHIR XML (https://hl7.org/fhir/R4/xml.html) by the same definitions as JSON.</summary>
public static class FhirXml
{
    /// <summary>The namespace of FHIR elements.</summary>
    public const string Namespace = "http://hl7.org/fhir";

    internal const string XhtmlNamespace = "http://www.w3.org/1999/xhtml";

    /// <summary>
    /// Reads one resource. Faults are returned with their places: what is not well-formed, document type declarations, unknown elements and attributes, wrong order, text between elements,
    /// malformed primitives, nesting deeper than <see cref="FhirJson.MaxDepth"/>. The root is null where no resource can be made out.
    /// </summary>
    public static ReadResult Read(ReadOnlyMemory<byte> xml) => new XmlResourceReader(xml).Read();

    /// <summary>Whether a text is meant as XML: its first character that is no white space is '&lt;'.</summary>
    public static bool IsXml(ReadOnlySpan<byte> text) => (text.StartsWith("\uFEFF"u8) ? text[3..] : text).TrimStart(" \t\r\n"u8).StartsWith("<"u8);

    /// <summary>Reads one resource that must be free of faults.</summary>
    /// <exception cref="FhirFormatException">It has faults.</exception>
    public static Element Parse(ReadOnlyMemory<byte> xml)
    {
        var result = Read(xml);
        return result is { Root: { } root, Issues.Count: 0 } ? root : throw new FhirFormatException(result.Issues);
    }

    /// <summary>Writes a resource as UTF-8 XML, elements in the order of their definitions.</summary>
    /// <exception cref="FormatException">A narrative is not well-formed XHTML.</exception>
    public static byte[] Write(Element resource, bool indented = false) => XmlResourceWriter.Write(resource, indented);

    /// <summary>Writes a resource as an XML text.</summary>
    /// <inheritdoc cref="Write" />
    public static string WriteText(Element resource, bool indented = false) => Encoding.UTF8.GetString(Write(resource, indented));
}
