using System.Buffers;
using System.Text.Json;
using CareRecords.Search;
using CareRecords.Store;
using Fhir.Definitions;
using Fhir.Search;
using Microsoft.Extensions.DependencyInjection;

namespace CareRecords.Rest;

/// <summary>Writes the CapabilityStatement from the owner table, the routes, the operations and the search table, and TerminologyCapabilities from what is held.</summary>
internal static class CapabilityWriter
{
    private const string Root = "https://carerecords.example/fhir/";
    private const string TypeDefinition = "http://hl7.org/fhir/StructureDefinition/";

    /// <param name="baseUrl">Address of the service; empty where it is not known.</param>
    /// <param name="which">The types to be listed.</param>
    internal static byte[] Write(IServiceProvider services, string baseUrl, Func<string, bool> which) => Written(json =>
    {
        Head(json, "CapabilityStatement", "The FHIR R4 interface of a CareRecords practice.");
        json.WriteStartObject("implementation");
        json.WriteString("description", "CareRecords FHIR R4 interface");
        if (baseUrl.Length > 0)
        {
            json.WriteString("url", baseUrl);
        }

        json.WriteEndObject();
        json.WriteString("fhirVersion", "4.0.1");
        Texts(json, "format", [FhirJsonText.MediaType, FhirXmlText.MediaType, "json", "xml"]);
        Texts(json, "patchFormat", FhirMediaTypes.Patches);
        json.WriteStartArray("rest");
        json.WriteStartObject();
        json.WriteString("mode", "server");
        json.WriteString("documentation", "docs/conformance.md lists what is supported, with its limits, and what is not.");
        WriteSecurity(json);
        var types = services.GetRequiredService<ServedTypes>().All.Where(t => which(t.Name)).OrderBy(t => t.Name, StringComparer.Ordinal).ToList();
        var writer = new CapabilityTypes(services, json);
        json.WriteStartArray("resource");
        types.ForEach(writer.Write);
        json.WriteEndArray();
        CapabilityTypes.Codes(json, "interaction", FhirEndpoints.SystemInteractions);
        var table = services.GetRequiredService<SearchTable>();
        CapabilityTypes.WriteParameters(json, table.Of("Observation").Values.Where(i => i.Code.StartsWith('_')));
        CapabilityTypes.WriteOperations(json, OperationDefinitions.All.Where(o => o.OnSystem));
        Texts(json, "compartment", Compartments.Names.Where(n => services.GetRequiredService<ServedTypes>().Find(n) is { Owner: not Owner.View })
            .Select(n => "http://hl7.org/fhir/CompartmentDefinition/" + n.ToLowerInvariant()).Order(StringComparer.Ordinal));
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    });

    /// <summary>TerminologyCapabilities (https://hl7.org/fhir/R4/terminologycapabilities.html): the code systems that are held, and how value sets are expanded.</summary>
    internal static byte[] Terminology() => Written(json =>
    {
        Head(json, "TerminologyCapabilities", "The terminology that a CareRecords practice holds.");
        json.WriteStartArray("codeSystem");
        foreach (var system in HeldDefinitions.Of("CodeSystem").Values)
        {
            json.WriteStartObject();
            json.WriteString("uri", system.Url);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("expansion");
        json.WriteBoolean("hierarchical", false);
        json.WriteBoolean("paging", true);
        json.WriteStartArray("parameter");
        foreach (var name in OperationDefinitions.Find("valueset-expand")!.Parameters.Where(p => p.Use == "in").Select(p => p.Name))
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("textFilter", "Every word of the filter stands somewhere in the display or the code.");
        json.WriteEndObject();
        json.WriteString("codeSearch", "all");
        json.WriteStartObject("validateCode");
        json.WriteBoolean("translations", false);
        json.WriteEndObject();
        json.WriteEndObject();
    });

    private static byte[] Written(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, FhirJsonText.Options))
        {
            write(json);
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void Head(Utf8JsonWriter json, string type, string description)
    {
        var version = typeof(Metadata).Assembly.GetName().Version!.ToString(3);
        json.WriteStartObject();
        json.WriteString("resourceType", type);
        json.WriteString("url", $"{Root}{type}/{Metadata.Id}");
        json.WriteString("version", version);
        json.WriteString("name", "CareRecords");
        json.WriteString("title", "CareRecords");
        json.WriteString("status", "active");
        json.WriteString("date", ResourceBytes.Instant(Definitions.Since));
        json.WriteString("publisher", "CareRecords");
        json.WriteString("description", description);
        json.WriteString("kind", "instance");
        json.WriteStartObject("software");
        json.WriteString("name", "CareRecords");
        json.WriteString("version", version);
        json.WriteEndObject();
        if (type == "TerminologyCapabilities")
        {
            json.WriteStartObject("implementation");
            json.WriteString("description", "CareRecords FHIR R4 interface");
            json.WriteEndObject();
        }
    }

    private static void WriteSecurity(Utf8JsonWriter json)
    {
        json.WriteStartObject("security");
        json.WriteBoolean("cors", false);
        json.WriteString("description", "Opaque bearer tokens in the Authorization header, issued by the practice's administrator with scopes in the notation of SMART App Launch (system/Type.cruds).");
        json.WriteEndObject();
    }

    private static void Texts(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    /// <summary>The canonical address of a type's base definition.</summary>
    internal static string DefinitionOf(string type) => TypeDefinition + type;
}
