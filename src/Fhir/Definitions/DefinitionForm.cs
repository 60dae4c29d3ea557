using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Fhir.Definitions;

/// <summary>
/// Makes a definition that is held as facts a whole R4 resource: element ids, and words where R4 demands some. The words say what the fact is; the prose of the publisher is not held.
/// </summary>
internal static class DefinitionForm
{
    private const string Elsewhere = "See the published definition.";
    private static readonly JsonWriterOptions _writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal static byte[] Complete(byte[] source, string id)
    {
        var resource = JsonNode.Parse(source)!.AsObject();
        var isOurs = ((string?)resource["url"])!.StartsWith(DefinitionLibrary.OwnRoot, StringComparison.Ordinal);
        foreach (var view in (string[])["snapshot", "differential"])
        {
            foreach (var element in (resource[view]?["element"] as JsonArray ?? []).OfType<JsonObject>())
            {
                Element(element, view == "snapshot");
            }
        }

        // R4's list of versions ends at its own; SubscriptionStatus came with the next.
        if ((string?)resource["fhirVersion"] is { } of && of.StartsWith("4.3", StringComparison.Ordinal))
        {
            resource.Remove("fhirVersion");
        }

        if ((string?)resource["resourceType"] == "SearchParameter")
        {
            Parameter(resource);
        }

        var buffer = new ArrayBufferWriter<byte>(source.Length * 2);
        using (var writer = new Utf8JsonWriter(buffer, _writing))
        {
            // id and meta stand first, as everywhere.
            writer.WriteStartObject();
            writer.WriteString("resourceType", (string?)resource["resourceType"]);
            writer.WriteString("id", id);
            if (!isOurs)
            {
                writer.WritePropertyName("meta");
                Facts().WriteTo(writer);
            }

            foreach (var (name, value) in resource.Where(p => p.Key is not ("resourceType" or "id" or "meta")))
            {
                writer.WritePropertyName(name);
                value!.WriteTo(writer);
            }

            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static JsonObject Facts() => new()
    {
        ["tag"] = new JsonArray(new JsonObject { ["system"] = "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", ["code"] = "SUBSETTED" }),
    };

    private static void Element(JsonObject element, bool inSnapshot)
    {
        var path = (string)element["path"]!;
        element.TryAdd("id", path);
        element.TryAdd("definition", Elsewhere);
        if (inSnapshot)
        {
            element.TryAdd("base", ElementBase.Of(path, element));
        }

        if ((bool?)element["isModifier"] == true)
        {
            element.TryAdd("isModifierReason", Elsewhere);
        }

        if (element["binding"] is JsonObject binding && binding["valueSet"] is null)
        {
            binding.TryAdd("description", Elsewhere);
        }

        foreach (var constraint in (element["constraint"] as JsonArray ?? []).OfType<JsonObject>())
        {
            constraint.TryAdd("human", (string?)constraint["expression"] ?? Elsewhere);
        }
    }

    private static void Parameter(JsonObject parameter)
    {
        var bases = (parameter["base"] as JsonArray ?? []).Select(b => (string?)b);
        parameter.TryAdd("description", $"{(string?)parameter["code"]} of {string.Join(", ", bases)}. {Elsewhere}");
    }
}
