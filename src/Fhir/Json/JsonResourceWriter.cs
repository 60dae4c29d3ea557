using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Fhir.Definitions;
using Fhir.Model;

namespace Fhir.Json;

/// <summary>Writes elements as FHIR JSON.</summary>
internal static class JsonResourceWriter
{
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };
    private static readonly JsonWriterOptions Indented = Compact with { Indented = true };

    public static byte[] Write(Element element, bool indented)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using var writer = new Utf8JsonWriter(buffer, indented ? Indented : Compact);
        if (element.IsPrimitive)
        {
            WriteText(writer, element);
        }
        else
        {
            WriteObject(writer, element);
        }

        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteObject(Utf8JsonWriter writer, Element element)
    {
        writer.WriteStartObject();
        if (element.IsResource)
        {
            writer.WriteString("resourceType", element.TypeName);
        }

        WriteChildren(writer, element);
        writer.WriteEndObject();
    }

    private static void WriteChildren(Utf8JsonWriter writer, Element element)
    {
        var children = element.ChildSpan;
        for (var i = 0; i < children.Length;)
        {
            var end = i + 1;
            while (end < children.Length && ReferenceEquals(children[end].Property, children[i].Property))
            {
                end++;
            }

            WriteRepetitions(writer, children[i..end]);
            i = end;
        }
    }

    private static void WriteRepetitions(Utf8JsonWriter writer, ReadOnlySpan<Element> values)
    {
        var first = values[0];
        var isArray = first.Property!.IsArray;
        if (!first.IsPrimitive)
        {
            writer.WritePropertyName(first.JsonName);
            if (isArray)
            {
                writer.WriteStartArray();
            }

            foreach (var value in values)
            {
                WriteObject(writer, value);
            }

            if (isArray)
            {
                writer.WriteEndArray();
            }

            return;
        }

        var anyText = false;
        var anyExtra = false;
        foreach (var value in values)
        {
            anyText |= value.Text is not null;
            anyExtra |= value.ChildSpan.Length > 0;
        }

        if (anyText)
        {
            writer.WritePropertyName(first.JsonName);
            WritePrimitives(writer, values, isArray, static (w, e) => WriteText(w, e));
        }

        if (anyExtra)
        {
            writer.WritePropertyName("_" + first.JsonName);
            WritePrimitives(writer, values, isArray, static (w, e) => WriteExtra(w, e));
        }
    }

    private static void WritePrimitives(Utf8JsonWriter writer, ReadOnlySpan<Element> values, bool isArray, Action<Utf8JsonWriter, Element> write)
    {
        if (!isArray)
        {
            write(writer, values[0]);
            return;
        }

        writer.WriteStartArray();
        foreach (var value in values)
        {
            write(writer, value);
        }

        writer.WriteEndArray();
    }

    private static void WriteExtra(Utf8JsonWriter writer, Element element)
    {
        if (element.ChildSpan.Length == 0)
        {
            writer.WriteNullValue();
            return;
        }

        writer.WriteStartObject();
        WriteChildren(writer, element);
        writer.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter writer, Element element)
    {
        if (element.Text is not { } text)
        {
            writer.WriteNullValue();
        }
        else if (element.Type.Primitive == PrimitiveKind.Boolean)
        {
            writer.WriteBooleanValue(text == "true");
        }
        else if (PrimitiveFormat.IsNumber(element.Type.Primitive))
        {
            // Raw, so that 1.50 stays 1.50.
            writer.WriteRawValue(text, skipInputValidation: true);
        }
        else
        {
            writer.WriteStringValue(text);
        }
    }
}
