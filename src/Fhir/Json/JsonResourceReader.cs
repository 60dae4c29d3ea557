using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Fhir.Definitions;
using Fhir.Model;

namespace Fhir.Json;

/// <summary>One pass over the bytes that builds the tree and notes every fault of form.</summary>
internal ref partial struct JsonResourceReader
{
    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    private readonly ReadFaults _faults = new();
    private readonly List<Element> _open = new(64);
    private readonly int _maxDepth;
    private Utf8JsonReader _json;
    private Element? _current;
    private int _nulls;

    private JsonResourceReader(ReadOnlySpan<byte> source, int maxDepth)
    {
        _maxDepth = maxDepth;
        _json = new Utf8JsonReader(source, new JsonReaderOptions { MaxDepth = maxDepth });
    }

    public static ReadResult Read(ReadOnlySpan<byte> utf8, TypeDefinition? type, int maxDepth = FhirJson.MaxDepth)
    {
        var shift = utf8.StartsWith(ByteOrderMark) ? ByteOrderMark.Length : 0;
        var source = utf8[shift..];
        var reader = new JsonResourceReader(source, maxDepth);
        Element? root = null;
        if (Utf8.IsValid(source))
        {
            root = reader.ReadRoot(source, type);
        }
        else
        {
            reader._faults.Add("json-encoding", null, null, 0, "The text is not UTF-8. Save it as UTF-8.");
        }

        return new ReadResult(root, reader._faults.Issues(utf8, shift));
    }

    private Element? ReadRoot(ReadOnlySpan<byte> source, TypeDefinition? type)
    {
        Element? root = null;
        try
        {
            _json.Read();
            root = type is { IsPrimitive: true } ? ReadPrimitive(type, null, 0, null, 0)
                : _json.TokenType == JsonTokenType.StartObject ? ReadObject(type, null, 0, null, 0)
                : Refuse("json-type", "A resource is a JSON object: begin with '{'.");
            _json.Read();
        }
        catch (JsonException e)
        {
            var offset = OffsetOf(source, e);
            if (_json.CurrentDepth >= _maxDepth - 1)
            {
                _faults.Add("json-depth", null, _current?.Place, offset, $"Objects and arrays are nested more than {_maxDepth} deep. Flatten the resource.");
            }
            else
            {
                _faults.Add("json-syntax", null, _current?.Place, offset, "The text is not JSON from here on. Check for a missing or doubled comma, quote or bracket.");
            }

            root = null;
        }
        catch (ReadFaults.TooManyFaultsException)
        {
            root = null;
        }

        return root;
    }

    private Element? ReadObject(TypeDefinition? expected, PropertyDefinition? property, int nameIndex, Element? parent, int index)
    {
        var offset = (int)_json.TokenStartIndex;
        var type = expected is null || property is { HoldsResource: true } || expected.IsResource ? ResourceType(parent, property, offset) : expected;
        if (type is null)
        {
            _json.Skip();
            return null;
        }

        var element = new Element(type, property, nameIndex, parent, index, offset);
        var outer = _current;
        _current = element;
        ReadProperties(element);
        _current = outer;
        return element;
    }

    private void ReadProperties(Element element)
    {
        var mark = _open.Count;
        var outerNulls = _nulls;
        _nulls = 0;
        var any = false;
        Span<ulong> seen = stackalloc ulong[8];
        while (_json.Read() && _json.TokenType == JsonTokenType.PropertyName)
        {
            any = true;
            ReadProperty(element, mark, seen);
        }

        if (!any)
        {
            _faults.Add("json-empty", element, null, element.Offset, "An object may not be empty. Leave the property out.");
        }

        var count = _open.Count - mark;
        if (_nulls > 0)
        {
            count -= RemoveNulls(element, mark);
        }

        _nulls = outerNulls;
        if (count > 0)
        {
            var children = new Element[count];
            _open.CopyTo(mark, children, 0, count);
            _open.RemoveRange(mark, count);
            element.SetChildren(children);
        }
    }

    private void ReadProperty(Element element, int mark, scoped Span<ulong> seen)
    {
        var offset = (int)_json.TokenStartIndex;
        scoped ReadOnlySpan<byte> name = _json.ValueSpan;
        if (_json.ValueIsEscaped)
        {
            name = Encoding.UTF8.GetBytes(SafeString(element, null) ?? "");
        }

        if (name.SequenceEqual("resourceType"u8) && element.IsResource)
        {
            NoteDuplicate(seen, 255, element, "resourceType", offset);
            _json.Read();
            _json.Skip();
            return;
        }

        var isExtra = name.Length > 1 && name[0] == '_';
        if (!element.Type.TryFindJson(isExtra ? name[1..] : name, out var property, out var nameIndex)
            || (isExtra && (!property.TypeAt(nameIndex).IsPrimitive || property.Facts.IsXmlAttribute)))
        {
            var shown = Shown(name);
            _faults.Add("unknown-property", element, shown, offset, $"{element.Type.Path} has no property '{shown}'. Remove it, correct its name, or use an extension.");
            _json.Read();
            _json.Skip();
            return;
        }

        bool repeated;
        if (property.IsChoice && Existing(mark, property) is { } other && _open[other].NameIndex != nameIndex)
        {
            _faults.Add("choice", element, property.Name, offset, $"Only one of the '{property.Name}[x]' properties may be given: keep '{_open[other].JsonName}' or '{property.JsonNames[nameIndex]}'.");
            repeated = true;
        }
        else
        {
            repeated = NoteDuplicate(seen, (property.Ordinal * 2) + (isExtra ? 1 : 0), element, property.JsonNames[nameIndex], offset);
        }

        _json.Read();
        if (repeated)
        {
            _json.Skip();
            return;
        }

        var type = property.TypeAt(nameIndex);
        if (property.IsArray)
        {
            ReadArray(element, property, type, isExtra, mark, offset);
        }
        else if (isExtra)
        {
            ReadExtra(element, property, nameIndex, type, mark, 0, offset);
        }
        else
        {
            ReadSingle(element, property, nameIndex, type, mark, 0);
        }
    }

    private void ReadArray(Element element, PropertyDefinition property, TypeDefinition type, bool isExtra, int mark, int offset)
    {
        if (_json.TokenType != JsonTokenType.StartArray)
        {
            Refuse("json-type", element, property.Name, "This property repeats: put its values in an array [ … ].");
            return;
        }

        var index = 0;
        while (_json.Read() && _json.TokenType != JsonTokenType.EndArray)
        {
            if (isExtra)
            {
                ReadExtra(element, property, 0, type, mark, index, offset);
            }
            else
            {
                ReadSingle(element, property, 0, type, mark, index);
            }

            index++;
        }

        if (index == 0)
        {
            _faults.Add("json-empty", element, property.Name, offset, "An array may not be empty. Leave the property out.");
        }
    }

    private void ReadSingle(Element element, PropertyDefinition property, int nameIndex, TypeDefinition type, int mark, int index)
    {
        if (!type.IsPrimitive)
        {
            if (_json.TokenType != JsonTokenType.StartObject)
            {
                Refuse("json-type", element, property.Name, $"A {(property.HoldsResource ? "resource" : type.Name)} is a JSON object {{ … }}.");
            }
            else if (ReadObject(type, property, nameIndex, element, index) is { } child)
            {
                _open.Add(child);
            }

            return;
        }

        var at = Existing(mark, property) is { } first ? first + index : -1;
        var matched = at >= 0 && at < _open.Count && ReferenceEquals(_open[at].Property, property) && _open[at].Index == index;
        var value = ReadPrimitive(type, property, nameIndex, element, index);
        if (value is null)
        {
            return;
        }

        if (!matched)
        {
            Append(value, at);
        }
        else if (value.Text is not null)
        {
            _open[at].Text = value.Text;
            _open[at].Offset = value.Offset;
            _nulls += _open[at].Children.Count == 0 ? -1 : 0;
        }
    }

    private int? Existing(int mark, PropertyDefinition property)
    {
        for (var i = mark; i < _open.Count; i++)
        {
            if (ReferenceEquals(_open[i].Property, property))
            {
                return i;
            }
        }

        return null;
    }

    // Keeps repetitions together where "_name" has more entries than "name".
    private void Append(Element value, int at)
    {
        if (at >= 0 && at <= _open.Count && at > 0 && ReferenceEquals(_open[at - 1].Property, value.Property))
        {
            _open.Insert(at, value);
        }
        else
        {
            _open.Add(value);
        }
    }

    private static bool NoteDuplicateBit(scoped Span<ulong> seen, int bit)
    {
        var mask = 1UL << (bit & 63);
        var was = (seen[(bit >> 6) & 7] & mask) != 0;
        seen[(bit >> 6) & 7] |= mask;
        return was;
    }

    private readonly bool NoteDuplicate(scoped Span<ulong> seen, int bit, Element element, string name, int offset)
    {
        if (!NoteDuplicateBit(seen, bit))
        {
            return false;
        }

        _faults.Add("json-duplicate", element, name, offset, $"'{name}' is given twice (or in two of its forms). Keep one.");
        return true;
    }
}
