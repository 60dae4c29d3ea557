using System.Text;
using System.Xml;
using Fhir.Definitions;
using Fhir.Json;
using Fhir.Model;

namespace Fhir.Xml;

/// <summary>One pass over an XML document that builds the tree and notes every fault of form.</summary>
internal sealed class XmlResourceReader(ReadOnlyMemory<byte> source)
{
    private static readonly XmlReaderSettings Settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersInDocument = 64 * 1024 * 1024,
    };

    private readonly ReadFaults _faults = new();
    private readonly SourceMap _map = new(source.Span);
    private XmlReader _xml = null!;
    private Element? _current;

    public ReadResult Read()
    {
        Element? root = null;
        try
        {
            using var stream = new MemoryStream(source.ToArray(), writable: false);
            using (_xml = XmlReader.Create(stream, Settings))
            {
                _xml.MoveToContent();
                root = ReadResource(null, null, 0);
                while (_xml.Read())
                {
                    // Only what XML allows after the root; anything else is an XmlException.
                }
            }
        }
        catch (XmlException e)
        {
            _faults.Add("xml-syntax", null, _current?.Place, _map.Offset(e.LineNumber, e.LinePosition), $"The text is not well-formed XML, or declares a document type: {e.Message}");
            root = null;
        }
        catch (ReadFaults.TooManyFaultsException)
        {
            root = null;
        }

        return new ReadResult(root, _faults.Issues(source.Span, 0));
    }

    // The reader stands on the resource's element and leaves it behind.
    private Element? ReadResource(Element? parent, PropertyDefinition? property, int index)
    {
        var type = _xml.NamespaceURI == FhirXml.Namespace ? FhirTypes.Find(_xml.LocalName) : null;
        if (type is not { IsResource: true, IsAbstract: false })
        {
            _faults.Add("resource-type", parent, property?.Name, Offset(), $"'{Shown(_xml.LocalName)}' is not a resource type of FHIR R4 in {FhirXml.Namespace}.");
            _xml.Skip();
            return null;
        }

        var element = new Element(type, property, 0, parent, index, Offset());
        ReadContent(element);
        return element;
    }

    private void ReadContent(Element element)
    {
        var outer = _current;
        _current = element;
        var children = new List<Element>();
        ReadAttributes(element, children);
        if (_xml.Depth >= FhirJson.MaxDepth)
        {
            _faults.Add("xml-depth", element, null, element.Offset, $"Elements are nested more than {FhirJson.MaxDepth} deep. Flatten the resource.");
            _xml.Skip();
        }
        else if (_xml.IsEmptyElement)
        {
            _xml.Read();
        }
        else
        {
            _xml.Read();
            var last = -1;
            while (_xml.NodeType != XmlNodeType.EndElement)
            {
                if (_xml.NodeType == XmlNodeType.Element)
                {
                    ReadChild(element, children, ref last);
                }
                else if (IsBetween(_xml.NodeType))
                {
                    _xml.Read();
                }
                else
                {
                    _faults.Add("xml-text", element, null, Offset(), "There is text between elements. Values stand in the attribute 'value'.");
                    _xml.Read();
                }
            }

            _xml.Read();
        }

        if (children.Count == 0 && element.Text is null && element.Parent is not null)
        {
            _faults.Add("xml-empty", element, null, element.Offset, "An element may not be empty. Leave it out.");
        }

        element.SetChildren([.. children]);
        _current = outer;
    }

    private void ReadAttributes(Element element, List<Element> children)
    {
        for (var more = _xml.MoveToFirstAttribute(); more; more = _xml.MoveToNextAttribute())
        {
            if (_xml.Prefix == "xmlns" || _xml.Name == "xmlns" || _xml.NamespaceURI == "http://www.w3.org/2001/XMLSchema-instance")
            {
                continue;
            }

            var name = _xml.LocalName;
            if (name == "value" && element.IsPrimitive && _xml.NamespaceURI.Length == 0)
            {
                element.Text = Checked(element.Type, element, null, _xml.Value);
            }
            else if (element.Type.Property(name) is { Facts.IsXmlAttribute: true } property && _xml.NamespaceURI.Length == 0)
            {
                var child = new Element(property.TypeAt(0), property, 0, element, 0, Offset());
                child.Text = Checked(child.Type, element, name, _xml.Value);
                children.Add(child);
            }
            else
            {
                _faults.Add("unknown-property", element, Shown(name), Offset(), $"{element.Type.Path} has no attribute '{Shown(name)}'. Remove it or correct its name.");
            }
        }

        _xml.MoveToElement();
    }

    private string Checked(TypeDefinition type, Element owner, string? name, string text)
    {
        if (PrimitiveFormat.Fault(type.Primitive, text) is { } fault)
        {
            _faults.Add("primitive", owner, name, Offset(), $"This is not a {type.Name}: {fault}.");
        }

        return text;
    }

    private void ReadChild(Element element, List<Element> children, ref int last)
    {
        var name = _xml.LocalName;
        var isFound = element.Type.TryFindJson(Encoding.UTF8.GetBytes(name), out var property, out var nameIndex) && !property.Facts.IsXmlAttribute;
        var isXhtml = isFound && property.TypeAt(nameIndex).Primitive == PrimitiveKind.Xhtml;
        if (!isFound || _xml.NamespaceURI != (isXhtml ? FhirXml.XhtmlNamespace : FhirXml.Namespace))
        {
            _faults.Add("unknown-property", element, Shown(name), Offset(), $"{element.Type.Path} has no element '{Shown(name)}' in that namespace. Remove it, correct its name, or use an extension.");
            _xml.Skip();
            return;
        }

        var index = last == property.Ordinal ? children.Count(c => ReferenceEquals(c.Property, property)) : 0;
        if (property.Ordinal < last)
        {
            _faults.Add("xml-order", element, property.Name, Offset(), $"'{name}' must stand before '{element.Type.Properties[last].Name}'. Put the elements in the order of {element.Type.Path}.");
            _xml.Skip();
            return;
        }

        if (index > 0 && !property.IsArray)
        {
            _faults.Add(property.IsChoice ? "choice" : "xml-duplicate", element, property.Name, Offset(), $"'{property.Name}' may be given once. Keep one.");
            _xml.Skip();
            return;
        }

        last = property.Ordinal;
        if (ReadValue(element, property, nameIndex, index, isXhtml) is { } child)
        {
            children.Add(child);
        }
    }

    private Element? ReadValue(Element element, PropertyDefinition property, int nameIndex, int index, bool isXhtml)
    {
        if (property.HoldsResource)
        {
            return ReadHeldResource(element, property, index);
        }

        var child = new Element(property.TypeAt(nameIndex), property, nameIndex, element, index, Offset());
        if (isXhtml)
        {
            child.Text = _xml.ReadOuterXml();
        }
        else
        {
            ReadContent(child);
        }

        return child;
    }

    private Element? ReadHeldResource(Element element, PropertyDefinition property, int index)
    {
        if (_xml.Depth >= FhirJson.MaxDepth || _xml.IsEmptyElement)
        {
            _faults.Add(_xml.IsEmptyElement ? "xml-empty" : "xml-depth", element, property.Name, Offset(), "Here stands exactly one resource, not nested too deeply.");
            _xml.Skip();
            return null;
        }

        _xml.Read();
        Element? resource = null;
        var count = 0;
        while (_xml.NodeType != XmlNodeType.EndElement)
        {
            if (_xml.NodeType == XmlNodeType.Element && count++ == 0)
            {
                resource = ReadResource(element, property, index);
                continue;
            }

            if (IsBetween(_xml.NodeType))
            {
                _xml.Read();
                continue;
            }

            _faults.Add("xml-text", element, property.Name, Offset(), "Here stands exactly one resource and nothing else.");
            _xml.Skip();
        }

        _xml.Read();
        return resource;
    }

    // Kept by the reader, since it counts inside a narrative.
    private static bool IsBetween(XmlNodeType node) =>
        node is XmlNodeType.Whitespace or XmlNodeType.SignificantWhitespace or XmlNodeType.Comment or XmlNodeType.ProcessingInstruction;

    private int Offset() => _xml is IXmlLineInfo info && info.HasLineInfo() ? _map.Offset(info.LineNumber, info.LinePosition) : -1;

    private static string Shown(string name) => name.Length > 80 ? name[..80] + "…" : name;
}
