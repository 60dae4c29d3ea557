using System.Buffers;
using System.Text.Json;
using CareRecords.Search;
using CareRecords.Store;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace CareRecords.Rest;

/// <summary>capabilities (https://hl7.org/fhir/R4/http.html#capabilities), generated from the tables that route and index, so that it cannot lie. Open to all.</summary>
internal static class Metadata
{
    internal static Task HandleAsync(HttpContext context)
    {
        var wanted = Representation.Of(context.Request.Headers.Accept, FhirRequestReader.Parameters(context.Request.QueryString.Value));
        return FhirResponse.SendAsync(
            context,
            wanted.Format is null ? Outcome.Error(406, "not-supported", "This server answers in application/fhir+json or application/fhir+xml (R4).")
                : new FhirAnswer(200) { Body = Write(context.RequestServices) },
            wanted);
    }

    private static byte[] Write(IServiceProvider services)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, FhirJsonText.Options))
        {
            json.WriteStartObject();
            json.WriteString("resourceType", "CapabilityStatement");
            json.WriteString("status", "active");
            // The day on which this statement's form last changed; what it lists follows from the running program.
            json.WriteString("date", "2026-11-23");
            json.WriteString("publisher", "CareRecords");
            json.WriteString("kind", "instance");
            json.WriteStartObject("software");
            json.WriteString("name", "CareRecords");
            json.WriteString("version", typeof(Metadata).Assembly.GetName().Version!.ToString(3));
            json.WriteEndObject();
            json.WriteStartObject("implementation");
            json.WriteString("description", "CareRecords FHIR R4 interface");
            json.WriteEndObject();
            json.WriteString("fhirVersion", "4.0.1");
            json.WriteStartArray("format");
            json.WriteStringValue(FhirJsonText.MediaType);
            json.WriteStringValue(FhirXmlText.MediaType);
            json.WriteEndArray();
            json.WriteStartArray("patchFormat");
            foreach (var format in FhirMediaTypes.Patches)
            {
                json.WriteStringValue(format);
            }

            json.WriteEndArray();
            json.WriteStartArray("rest");
            json.WriteStartObject();
            json.WriteString("mode", "server");
            WriteSecurity(json);
            json.WriteStartArray("resource");
            foreach (var type in services.GetRequiredService<ServedTypes>().All.OrderBy(t => t.Name, StringComparer.Ordinal))
            {
                WriteType(json, services, type);
            }

            json.WriteEndArray();
            Codes(json, "interaction", FhirEndpoints.SystemInteractions);
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteSecurity(Utf8JsonWriter json)
    {
        json.WriteStartObject("security");
        json.WriteBoolean("cors", false);
        json.WriteString("description", "Opaque bearer tokens, issued by the practice's administrator.");
        json.WriteEndObject();
    }

    private static void WriteType(Utf8JsonWriter json, IServiceProvider services, ServedType type)
    {
        var writable = Writing.IsWritable(services, type.Name);
        var stored = type.Owner != Owner.View;
        json.WriteStartObject();
        json.WriteString("type", type.Name);
        Codes(json, "interaction", FhirEndpoints.TypeInteractions
            .Where(i => (writable || !i.Writes) && (stored || i.Code is "read" or "search-type")).Select(i => i.Code));
        json.WriteString("versioning", stored ? "versioned-update" : "no-version");
        json.WriteBoolean("readHistory", stored);
        json.WriteBoolean("updateCreate", writable);
        json.WriteBoolean("conditionalCreate", writable);
        json.WriteString("conditionalRead", "full-support");
        json.WriteBoolean("conditionalUpdate", writable);
        json.WriteString("conditionalDelete", writable ? "single" : "not-supported");
        WriteSearch(json, services.GetRequiredService<SearchTable>(), type.Name, stored);
        WriteOperations(json, type.Name);
        json.WriteEndObject();
    }

    private static void WriteSearch(Utf8JsonWriter json, SearchTable table, string type, bool stored)
    {
        var references = table.Of(type).Values.Where(i => i.Type == "reference").Select(i => $"{type}:{i.Code}").Order(StringComparer.Ordinal).ToList();
        if (stored && references.Count > 0)
        {
            json.WriteStartArray("searchInclude");
            references.ForEach(r => json.WriteStringValue(r));
            json.WriteEndArray();
        }

        json.WriteStartArray("searchParam");
        foreach (var index in table.Of(type).Values.OrderBy(i => i.Code, StringComparer.Ordinal))
        {
            json.WriteStartObject();
            json.WriteString("name", index.Code);
            json.WriteString("definition", index.Parameter.Url);
            json.WriteString("type", index.Type);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteOperations(Utf8JsonWriter json, string type)
    {
        json.WriteStartArray("operation");
        foreach (var (_, name, definition) in FhirEndpoints.Operations.Where(o => o.Type.Length == 0 || o.Type == type))
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteString("definition", definition);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Codes(Utf8JsonWriter json, string name, IEnumerable<string> codes)
    {
        json.WriteStartArray(name);
        foreach (var code in codes)
        {
            json.WriteStartObject();
            json.WriteString("code", code);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
