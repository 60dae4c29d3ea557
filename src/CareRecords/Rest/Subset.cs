using System.Buffers;
using System.Text.Json;
using Fhir.Definitions;

namespace CareRecords.Rest;

/// <summary>Parts of a resource by _summary and _elements (https://hl7.org/fhir/R4/search.html#summary), marked SUBSETTED. Works on the top level of elements.</summary>
internal static class Subset
{
    private const string System = "http://terminology.hl7.org/CodeSystem/v3-ObservationValue";
    private const string Tag = $$"""{"system":"{{System}}","code":"SUBSETTED"}""";

    /// <summary>The part of a resource that a read asks for.</summary>
    internal static FhirAnswer Of(FhirCall call, FhirAnswer answer)
    {
        var summary = call.Parameter("_summary") ?? "";
        string[] elements = call.Parameter("_elements")?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
        return summary is not ("" or "true" or "false" or "text" or "data")
            ? Outcome.Error(400, "invalid", "_summary of one resource is true, false, text or data.") with { Accesses = answer.Accesses }
            : summary is "" or "false" && elements.Length == 0 ? answer : answer with { Body = Of(answer.Body.ToArray(), summary, elements).ToArray() };
    }

    internal static ReadOnlySpan<byte> Of(byte[] json, string summary, IReadOnlyList<string> elements)
    {
        if (elements.Count == 0 && summary is "" or "false" or "count")
        {
            return json;
        }

        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 128 });
        var type = FhirTypes.Find(document.RootElement.GetProperty("resourceType").GetString()!);
        var kept = Kept(type, summary, elements);
        var buffer = new ArrayBufferWriter<byte>(json.Length);
        using (var writer = new Utf8JsonWriter(buffer, FhirJsonText.Options))
        {
            writer.WriteStartObject();
            foreach (var property in document.RootElement.EnumerateObject())
            {
                if (property.NameEquals("meta"))
                {
                    WriteMeta(writer, property.Value);
                }
                else if (property.NameEquals("resourceType") || property.NameEquals("id") || kept(property.Name.TrimStart('_')))
                {
                    property.WriteTo(writer);
                }
            }

            writer.WriteEndObject();
        }

        return buffer.WrittenSpan;
    }

    private static Func<string, bool> Kept(TypeDefinition? type, string summary, IReadOnlyList<string> elements)
    {
        var mandatory = Names(type, p => p.Facts.Min > 0);
        if (elements.Count > 0)
        {
            // "name.given" keeps the whole name: elements within elements are not cut.
            var wanted = elements.Select(e => e.Split('.')[0]).ToHashSet(StringComparer.Ordinal);
            var chosen = Names(type, p => wanted.Contains(p.Name));
            return name => wanted.Contains(name) || chosen.Contains(name) || mandatory.Contains(name);
        }

        return summary switch
        {
            "data" => name => name != "text",
            "text" => name => name == "text" || mandatory.Contains(name),
            _ => Names(type, p => p.Facts.IsSummary).Contains,
        };
    }

    private static HashSet<string> Names(TypeDefinition? type, Func<PropertyDefinition, bool> which) =>
        [.. type?.Properties.Where(which).SelectMany(p => p.JsonNames) ?? []];

    private static void WriteMeta(Utf8JsonWriter writer, JsonElement meta)
    {
        writer.WriteStartObject("meta");
        foreach (var property in meta.EnumerateObject().Where(p => !p.NameEquals("tag")))
        {
            property.WriteTo(writer);
        }

        writer.WriteStartArray("tag");
        if (meta.TryGetProperty("tag", out var tags))
        {
            // What is a part already, as a published definition without its prose, is marked once.
            foreach (var tag in tags.EnumerateArray().Where(t => !(Text(t, "code") == "SUBSETTED" && Text(t, "system") == System)))
            {
                tag.WriteTo(writer);
            }
        }

        writer.WriteRawValue(Tag);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
