using System.Text.Json.Nodes;
using System.Xml;
using System.Xml.Linq;
using Fhir.Definitions;

namespace Fhir.Tests.FhirPath;

/// <summary>Turns the XML inputs of HL7's suite into JSON by the definitions; enough for them, not a reader of FHIR XML.</summary>
internal static class XmlInput
{
    private static readonly XNamespace Xhtml = "http://www.w3.org/1999/xhtml";

    internal static byte[] ToJson(byte[] xml)
    {
        using var stream = new MemoryStream(xml);
        using var reader = XmlReader.Create(stream, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit });
        var root = XDocument.Load(reader).Root!;
        return System.Text.Encoding.UTF8.GetBytes(Resource(root).ToJsonString());
    }

    private static JsonObject Resource(XElement xml)
    {
        var json = new JsonObject { ["resourceType"] = xml.Name.LocalName };
        AddChildren(json, xml, FhirTypes.Get(xml.Name.LocalName));
        return json;
    }

    private static void AddChildren(JsonObject json, XElement xml, TypeDefinition type)
    {
        foreach (var attribute in xml.Attributes().Where(a => a.Name.LocalName is "id" or "url" && !a.IsNamespaceDeclaration))
        {
            json[attribute.Name.LocalName] = attribute.Value;
        }

        foreach (var child in xml.Elements())
        {
            var name = child.Name.LocalName;
            if (!type.TryFindJson(System.Text.Encoding.UTF8.GetBytes(name), out var property, out var index))
            {
                throw new InvalidOperationException($"{type} has no {name}");
            }

            var value = Value(child, property, index, out var extra);
            Add(json, name, value, property.IsArray);
            if (extra is not null)
            {
                Add(json, "_" + name, extra, property.IsArray);
            }
        }
    }

    private static void Add(JsonObject json, string name, JsonNode? value, bool isArray)
    {
        if (!isArray)
        {
            json[name] = value;
            return;
        }

        json[name] ??= new JsonArray();
        json[name]!.AsArray().Add(value);
    }

    private static JsonNode? Value(XElement xml, PropertyDefinition property, int index, out JsonObject? extra)
    {
        extra = null;
        if (xml.Name.Namespace == Xhtml)
        {
            return xml.ToString(SaveOptions.DisableFormatting);
        }

        if (property.HoldsResource)
        {
            return Resource(xml.Elements().Single());
        }

        var type = property.TypeAt(index);
        var parts = new JsonObject();
        AddChildren(parts, xml, type);
        if (!type.IsPrimitive)
        {
            return parts;
        }

        extra = parts.Count > 0 ? parts : null;
        var text = xml.Attribute("value")?.Value;
        return type.Name is "boolean" or "integer" or "decimal" or "positiveInt" or "unsignedInt" ? JsonNode.Parse(text!) : text is null ? null : JsonValue.Create(text);
    }
}
