using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml;
using System.Xml.Linq;
using Fhir.Definitions;

namespace Fhir.FhirPath;

/// <summary>Turns a resource in FHIR XML (https://hl7.org/fhir/R4/xml.html) into FHIR JSON by the definitions, for the verb's inputs.</summary>
internal static class XmlInput
{
    private const int MaxDepth = 64;

    private static readonly XNamespace Xhtml = "http://www.w3.org/1999/xhtml";

    private static readonly XmlReaderSettings Settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersInDocument = 64_000_000,
        MaxCharactersFromEntities = 0,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
    };

    internal static bool IsXml(ReadOnlySpan<byte> bytes)
    {
        var start = bytes.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes;
        return start.TrimStart(" \t\r\n"u8).StartsWith("<"u8);
    }

    /// <summary>The JSON form in UTF-8.</summary>
    /// <exception cref="FormatException">It is no well-formed XML, or has elements that the definitions do not know.</exception>
    internal static byte[] ToJson(byte[] xml)
    {
        try
        {
            using var stream = new MemoryStream(xml);
            using var reader = XmlReader.Create(stream, Settings);
            return Encoding.UTF8.GetBytes(Resource(XDocument.Load(reader, LoadOptions.PreserveWhitespace).Root!, 1).ToJsonString());
        }
        catch (Exception e) when (e is XmlException or JsonException)
        {
            throw new FormatException($"The XML cannot be read: {e.Message}", e);
        }
    }

    private static JsonObject Resource(XElement xml, int depth)
    {
        var type = FhirTypes.Find(xml.Name.LocalName) is { IsResource: true } known ? known : throw new FormatException($"'{xml.Name.LocalName}' is no resource type with a definition.");
        var json = new JsonObject { ["resourceType"] = type.Name };
        AddChildren(json, xml, type, depth);
        return json;
    }

    private static void AddChildren(JsonObject json, XElement xml, TypeDefinition type, int depth)
    {
        if (depth > MaxDepth)
        {
            throw new FormatException($"The XML is nested deeper than {MaxDepth} levels.");
        }

        foreach (var attribute in xml.Attributes().Where(a => a.Name.LocalName is "id" or "url" && a.Name.Namespace == XNamespace.None))
        {
            json[attribute.Name.LocalName] = attribute.Value;
        }

        foreach (var repetitions in xml.Elements().GroupBy(e => e.Name.LocalName, StringComparer.Ordinal))
        {
            if (!type.TryFindJson(Encoding.UTF8.GetBytes(repetitions.Key), out var property, out var index))
            {
                throw new FormatException($"{type} has no '{repetitions.Key}'.");
            }

            var values = repetitions.Select(e => Value(e, property, index, depth)).ToList();
            Add(json, repetitions.Key, [.. values.Select(v => v.Value)], property.IsArray);
            if (values.Exists(v => v.Extra is not null))
            {
                Add(json, "_" + repetitions.Key, [.. values.Select(v => v.Extra)], property.IsArray);
            }
        }
    }

    private static void Add(JsonObject json, string name, JsonNode?[] values, bool isArray)
    {
        if (Array.TrueForAll(values, v => v is null))
        {
            return;
        }

        json[name] = isArray ? new JsonArray(values)
            : values.Length == 1 ? values[0]
            : throw new FormatException($"'{name}' may not be repeated.");
    }

    private static (JsonNode? Value, JsonNode? Extra) Value(XElement xml, PropertyDefinition property, int index, int depth)
    {
        if (xml.Name.Namespace == Xhtml)
        {
            return (JsonValue.Create(xml.ToString(SaveOptions.DisableFormatting)), null);
        }

        if (property.HoldsResource)
        {
            return (Resource(xml.Elements().FirstOrDefault() ?? throw new FormatException($"'{property}' is empty."), depth + 1), null);
        }

        var type = property.TypeAt(index);
        var parts = new JsonObject();
        AddChildren(parts, xml, type, depth + 1);
        return type.IsPrimitive ? (Primitive(type, xml.Attribute("value")?.Value), parts.Count > 0 ? parts : null) : (parts, null);
    }

    private static JsonNode? Primitive(TypeDefinition type, string? text) =>
        text is null ? null
        : type.Name is "boolean" or "integer" or "decimal" or "positiveInt" or "unsignedInt" ? JsonNode.Parse(text)
        : JsonValue.Create(text);
}
