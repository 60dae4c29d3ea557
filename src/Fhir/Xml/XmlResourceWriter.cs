using System.Text;
using System.Xml;
using Fhir.Definitions;
using Fhir.Json;
using Fhir.Model;

namespace Fhir.Xml;

/// <summary>Writes elements as FHIR XML.</summary>
internal static class XmlResourceWriter
{
    internal static readonly XmlReaderSettings Safe = new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = 64 * 1024 * 1024 };

    public static byte[] Write(Element resource, bool indented)
    {
        using var stream = new MemoryStream();
        using (var writer = XmlWriter.Create(stream, new XmlWriterSettings { Encoding = new UTF8Encoding(false), OmitXmlDeclaration = true, Indent = indented, NewLineHandling = NewLineHandling.Entitize }))
        {
            WriteResource(writer, resource);
        }

        return stream.ToArray();
    }

    private static void WriteResource(XmlWriter writer, Element resource)
    {
        writer.WriteStartElement(resource.TypeName, FhirXml.Namespace);
        WriteChildren(writer, resource);
        writer.WriteEndElement();
    }

    private static void WriteChildren(XmlWriter writer, Element element)
    {
        // A stable sort keeps repetitions in their order.
        foreach (var child in element.Children.OrderBy(c => c.Property!.Ordinal))
        {
            if (child.Property!.Facts.IsXmlAttribute)
            {
                continue;
            }

            if (child.Type.Primitive == PrimitiveKind.Xhtml)
            {
                WriteXhtml(writer, child);
                continue;
            }

            writer.WriteStartElement(child.JsonName, FhirXml.Namespace);
            if (child.IsResource)
            {
                WriteResource(writer, child);
            }
            else
            {
                WriteAttributes(writer, child);
                WriteChildren(writer, child);
            }

            writer.WriteEndElement();
        }
    }

    private static void WriteAttributes(XmlWriter writer, Element element)
    {
        foreach (var child in element.Children)
        {
            if (child.Property!.Facts.IsXmlAttribute && child.Text is not null)
            {
                writer.WriteAttributeString(child.Name, child.Text);
            }
        }

        if (element.Text is not null)
        {
            writer.WriteAttributeString("value", element.Text);
        }
    }

    private static void WriteXhtml(XmlWriter writer, Element div)
    {
        try
        {
            using var reader = XmlReader.Create(new StringReader(div.Text ?? ""), Safe);
            reader.MoveToContent();
            if (reader.LocalName != "div" || reader.NamespaceURI != FhirXml.XhtmlNamespace || reader.Depth > FhirJson.MaxDepth)
            {
                throw new FormatException($"{div.Place} is not a div of XHTML.");
            }

            writer.WriteNode(reader, defattr: false);
        }
        catch (XmlException e)
        {
            throw new FormatException($"{div.Place} is not well-formed XHTML: {e.Message}", e);
        }
    }
}
