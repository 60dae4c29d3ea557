using System.Text.Encodings.Web;
using System.Text.Json;

namespace CareRecords.Rest;

/// <summary>How JSON is written under /fhir. The answers are never embedded in HTML: nosniff and their own media type see to that.</summary>
internal static class FhirJsonText
{
    internal const string MediaType = "application/fhir+json";

    internal static JsonWriterOptions Options { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal static byte[] Indented(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 128 });
        var output = new MemoryStream(json.Length * 2);
        using (var writer = new Utf8JsonWriter(output, Options with { Indented = true }))
        {
            document.WriteTo(writer);
        }

        return output.ToArray();
    }
}
