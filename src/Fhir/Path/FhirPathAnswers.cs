using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Fhir.FhirPath.Values;
using Fhir.Json;
using Fhir.Model;

namespace Fhir.FhirPath;

/// <summary>
/// Writes results as one JSON line: <c>{"result": [{"type": …, "value": …}]}</c> or <c>{"error": {"kind": …, "message": …}}</c>. System types go by their FHIR names (boolean,
/// integer, dateTime, …); a System.Quantity is written as FHIRPath writes it, a complex element as its JSON object.
/// </summary>
internal static class FhirPathAnswers
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal static string Write(FhirPathAnswer answer)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer, Relaxed);
        writer.WriteStartObject();
        if (answer.Error is { } error)
        {
            writer.WriteStartObject("error");
            writer.WriteString("kind", error.Kind.ToString().ToLowerInvariant());
            writer.WriteString("message", error.Message);
            writer.WriteEndObject();
        }
        else
        {
            writer.WriteStartArray("result");
            foreach (var item in answer.Items)
            {
                writer.WriteStartObject();
                writer.WriteString("type", TypeOf(item));
                writer.WritePropertyName("value");
                WriteValue(writer, item);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
        writer.Flush();
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>A primitive's text, or the JSON of anything else.</summary>
    internal static string Text(Element element) => element.Text ?? FhirJson.WriteText(element);

    private static string TypeOf(in PathValue item) => item.Kind switch
    {
        PathKind.Element => item.AsElement.TypeName,
        PathKind.Boolean => "boolean",
        PathKind.Integer => "integer",
        PathKind.Long => "integer64",
        PathKind.Decimal => "decimal",
        PathKind.String => "string",
        PathKind.Date => "date",
        PathKind.DateTime => "dateTime",
        PathKind.Time => "time",
        _ => item.Kind.ToString(),
    };

    private static void WriteValue(Utf8JsonWriter writer, in PathValue item)
    {
        switch (item.Kind)
        {
            case PathKind.Element when item.AsElement is { IsPrimitive: true, Text: null }:
                writer.WriteNullValue();
                break;
            case PathKind.Element:
                writer.WriteRawValue(FhirJson.Write(item.AsElement), skipInputValidation: true);
                break;
            case PathKind.Boolean:
                writer.WriteBooleanValue(item.AsBoolean);
                break;
            case PathKind.Integer or PathKind.Long:
                writer.WriteNumberValue(item.AsLong);
                break;
            case PathKind.Decimal:
                writer.WriteRawValue(item.AsDecimal.ToString(CultureInfo.InvariantCulture), skipInputValidation: true);
                break;
            default:
                writer.WriteStringValue(item.ToString());
                break;
        }
    }
}
