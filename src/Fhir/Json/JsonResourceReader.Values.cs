using System.Text;
using System.Text.Json;
using Fhir.Definitions;
using Fhir.Model;

namespace Fhir.Json;

internal ref partial struct JsonResourceReader
{
    private Element? ReadPrimitive(TypeDefinition type, PropertyDefinition? property, int nameIndex, Element? parent, int index)
    {
        var offset = (int)_json.TokenStartIndex;
        var name = property?.Name;
        string? text = null;
        switch (_json.TokenType)
        {
            case JsonTokenType.Null when property is { IsArray: true }:
                _nulls++;
                return new Element(type, property, nameIndex, parent, index, offset);
            case JsonTokenType.String when type.Primitive != PrimitiveKind.Boolean && !PrimitiveFormat.IsNumber(type.Primitive):
                text = SafeString(parent, name);
                break;
            case JsonTokenType.Number when PrimitiveFormat.IsNumber(type.Primitive):
                text = Encoding.ASCII.GetString(_json.ValueSpan);
                break;
            case JsonTokenType.True or JsonTokenType.False when type.Primitive == PrimitiveKind.Boolean:
                text = _json.TokenType == JsonTokenType.True ? "true" : "false";
                break;
            case JsonTokenType.Null:
                _faults.Add("json-null", parent, name, offset, "null is not a value in FHIR. Leave the property out.");
                return null;
            default:
                Refuse("json-type", parent, name, $"A {type.Name} is a JSON {JsonForm(type.Primitive)}.");
                return null;
        }

        if (text is null)
        {
            return null;
        }

        if (PrimitiveFormat.Fault(type.Primitive, text) is { } fault)
        {
            _faults.Add("primitive", parent, name, offset, $"This is not a {type.Name}: {fault}.");
        }

        return new Element(type, property, nameIndex, parent, index, offset) { Text = text };
    }

    private void ReadExtra(Element element, PropertyDefinition property, int nameIndex, TypeDefinition type, int mark, int index, int offset)
    {
        var at = Existing(mark, property) is { } first ? first + index : -1;
        var matched = at >= 0 && at < _open.Count && ReferenceEquals(_open[at].Property, property) && _open[at].Index == index;
        if (_json.TokenType == JsonTokenType.Null && property.IsArray)
        {
            if (!matched)
            {
                _nulls++;
                Append(new Element(type, property, nameIndex, element, index, (int)_json.TokenStartIndex), at);
            }

            return;
        }

        if (_json.TokenType != JsonTokenType.StartObject)
        {
            Refuse("json-type", element, property.Name, $"'_{property.JsonNames[nameIndex]}' holds an object with 'id' or 'extension'.");
            return;
        }

        Element value;
        if (matched)
        {
            value = _open[at];
            _nulls += value.Text is null ? -1 : 0;
        }
        else
        {
            value = new Element(type, property, nameIndex, element, index, offset);
            Append(value, at);
        }

        var outer = _current;
        _current = value;
        ReadProperties(value);
        _current = outer;
    }

    private readonly int RemoveNulls(Element element, int mark)
    {
        var removed = 0;
        for (var i = _open.Count - 1; i >= mark; i--)
        {
            var candidate = _open[i];
            if (candidate is { IsPrimitive: true, Text: null, Children.Count: 0 })
            {
                _faults.Add("json-null", element, candidate.Name, candidate.Offset, "null stands for a value that only has extensions; there are none here. Remove the entry.");
                _open.RemoveAt(i);
                removed++;
            }
        }

        return removed;
    }

    private TypeDefinition? ResourceType(Element? parent, PropertyDefinition? property, int offset)
    {
        var probe = _json;
        while (probe.Read() && probe.TokenType == JsonTokenType.PropertyName)
        {
            var isType = probe.ValueTextEquals("resourceType"u8);
            probe.Read();
            if (!isType)
            {
                probe.Skip();
                continue;
            }

            if (probe.TokenType != JsonTokenType.String)
            {
                break;
            }

            var name = Shown(probe.ValueSpan);
            var type = FhirTypes.Find(name);
            if (type is { IsResource: true, IsAbstract: false })
            {
                return type;
            }

            _faults.Add("resource-type", parent, property?.Name, (int)probe.TokenStartIndex, FhirTypes.IsResource(name)
                ? $"The definition of '{name}' is not loaded, so it cannot be read." : $"'{name}' is not a resource type of FHIR R4.");
            return null;
        }

        _faults.Add("resource-type", parent, property?.Name, offset, "A resource names its type: add \"resourceType\".");
        return null;
    }

    private readonly string? SafeString(Element? parent, string? name)
    {
        try
        {
            return _json.GetString();
        }
        catch (InvalidOperationException)
        {
            // The bytes are valid UTF-8, so only an escaped half of a surrogate pair is left.
            _faults.Add("json-surrogate", parent, name, (int)_json.TokenStartIndex, "An escape \\uD800 to \\uDFFF stands without its other half. Write the character itself or both halves.");
            return null;
        }
    }

    private Element? Refuse(string rule, string message)
    {
        Refuse(rule, null, null, message);
        return null;
    }

    private void Refuse(string rule, Element? parent, string? name, string message)
    {
        _faults.Add(rule, parent, name, (int)_json.TokenStartIndex, message);
        _json.Skip();
    }

    private static string JsonForm(PrimitiveKind kind) => kind == PrimitiveKind.Boolean ? "true or false" : PrimitiveFormat.IsNumber(kind) ? "number without quotes" : "string in quotes";

    // Names come from outside: shortened, so that a message stays a message.
    private static string Shown(ReadOnlySpan<byte> name)
    {
        var text = Encoding.UTF8.GetString(name);
        return text.Length > 80 ? text[..80] + "…" : text;
    }

    private static int OffsetOf(ReadOnlySpan<byte> source, JsonException e)
    {
        var line = e.LineNumber ?? 0;
        var at = 0;
        for (var i = 0L; i < line; i++)
        {
            var next = source[at..].IndexOf((byte)'\n');
            if (next < 0)
            {
                break;
            }

            at += next + 1;
        }

        return at + (int)(e.BytePositionInLine ?? 0);
    }
}
