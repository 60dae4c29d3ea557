using System.Buffers;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;

namespace CareRecords.Rest;

/// <summary>
/// The operations that are routed, each with the parameters that are served. Where R4 defines more, the definition is our own and names R4's as its base, as
/// https://hl7.org/fhir/R4/capabilitystatement-definitions.html#CapabilityStatement.rest.resource.operation.definition asks.
/// </summary>
internal static class OperationDefinitions
{
    private const string Root = "https://carerecords.example/fhir/OperationDefinition/";

    internal static IReadOnlyList<Operation> All { get; } =
    [
        new("resource-validate", "validate", "Resource", "Resource-validate", "Checks a resource against R4, the profiles that it claims and the one that is named. Mode and usage context are not looked at.")
        {
            OnSystem = true, OnType = true, OnInstance = true, Parameters = [In("resource", "Resource"), In("profile", "uri"), Out("return", "OperationOutcome", 1)],
        },
        new("patient-everything", "everything", "Patient", "Patient-everything", "The record of a patient, page by page, with the people and places around it.")
        {
            OnInstance = true,
            Parameters = [In("start", "date"), In("end", "date"), In("_since", "instant"), In("_type", "code"), In("_count", "integer"), Out("return", "Bundle", 1)],
        },
        new("encounter-everything", "everything", "Encounter", "Encounter-everything", "A visit with all that refers to it, page by page.")
        {
            OnInstance = true, Parameters = [In("_since", "instant"), In("_type", "code"), In("_count", "integer"), Out("return", "Bundle", 1)],
        },
        new("composition-document", "document", "Composition", "Composition-document", "A note as a document Bundle; it is not stored.")
        {
            OnInstance = true, Parameters = [Out("return", "Bundle", 1)],
        },
        new("valueset-expand", "expand", "ValueSet", "ValueSet-expand", "The codes of a value set that is held here, or of a posted one. What cannot be listed completely is refused.")
        {
            OnType = true, OnInstance = true,
            Parameters = [In("url", "uri"), In("valueSet", "ValueSet"), In("valueSetVersion", "string"), In("filter", "string"), In("offset", "integer"), In("count", "integer"), Out("return", "ValueSet", 1)],
        },
        new("valueset-validate-code", "validate-code", "ValueSet", "ValueSet-validate-code", "Whether a code is in a value set that is held here, or in a posted one.")
        {
            OnType = true, OnInstance = true,
            Parameters =
            [
                In("url", "uri"), In("valueSet", "ValueSet"), In("valueSetVersion", "string"), In("code", "code"), In("system", "uri"), In("display", "string"), In("coding", "Coding"),
                In("codeableConcept", "CodeableConcept"), In("inferSystem", "boolean"), .. Verdict,
            ],
        },
        new("codesystem-validate-code", "validate-code", "CodeSystem", "CodeSystem-validate-code", "Whether a code is in a code system that is held here.")
        {
            OnType = true, OnInstance = true,
            Parameters = [In("url", "uri"), In("code", "code"), In("display", "string"), In("coding", "Coding"), In("codeableConcept", "CodeableConcept"), .. Verdict],
        },
        new("codesystem-lookup", "lookup", "CodeSystem", "CodeSystem-lookup", "What is held of a code: its display and properties.")
        {
            OnType = true,
            Parameters =
            [
                In("code", "code"), In("system", "uri"), In("version", "string"), In("coding", "Coding"), Out("name", "string", 1), Out("version", "string"), Out("display", "string", 1),
                Out("property", "Element") with { Max = "*", Parts = [Out("code", "code", 1), Out("value", "string")] },
            ],
        },
        new("export", "export", "", null, "All that the token may read, as files of one type each (Bulk Data Access): asynchronous, asked for with Prefer: respond-async.")
        {
            OnSystem = true, Parameters = [.. Bulk],
        },
        new("patient-export", "export", "Patient", null, "What lies in the compartments of all patients, or of those that are named, as files (Bulk Data Access).")
        {
            OnType = true, Parameters = [.. Bulk, In("patient", "Reference") with { Max = "*" }],
        },
        new("group-export", "export", "Group", null, "What lies in the compartments of a group's patients, as files (Bulk Data Access).")
        {
            OnInstance = true, Parameters = [.. Bulk],
        },
        new("appointment-find", "find", "Appointment", null, "Free times as proposed appointments, by start; at most 31 days and 200 times.")
        {
            OnType = true, NeedsCalendar = true,
            Parameters = [In("start", "dateTime"), In("end", "dateTime"), In("service-type", "string"), In("practitioner", "Reference"), In("_count", "integer"), Out("return", "Bundle", 1)],
        },
        new("appointment-hold", "hold", "Appointment", null, "Keeps a free time from everybody else for ten minutes. Of two who want it at once one gets it; the other is told which times are free.")
        {
            OnType = true, NeedsCalendar = true, AffectsState = true,
            Parameters = [In("slot", "Reference"), In("appointment", "Appointment"), Out("hold", "id", 1), Out("expires", "instant", 1), Out("appointment", "Appointment", 1)],
        },
        new("appointment-book", "book", "Appointment", null, "Books a held or a free time for a patient.")
        {
            OnType = true, NeedsCalendar = true, AffectsState = true,
            Parameters = [In("hold", "id"), In("slot", "Reference"), In("appointment", "Appointment"), In("patient", "Reference", 1), Out("return", "Appointment", 1)],
        },
    ];

    /// <summary>The operations of a running program: those of the calendar only where one is connected.</summary>
    internal static IEnumerable<Operation> Routed(IServiceProvider services) =>
        All.Where(o => !o.NeedsCalendar || services.GetRequiredService<IServiceProviderIsService>().IsService(typeof(IAppointmentTimes)));

    private static IEnumerable<OperationParameter> Bulk =>
    [
        In("_outputFormat", "string"), In("_since", "instant"), In("_type", "string") with { Max = "*" }, In("_elements", "string") with { Max = "*" }, In("_typeFilter", "string") with { Max = "*" },
    ];

    private static IEnumerable<OperationParameter> Verdict => [Out("result", "boolean", 1), Out("message", "string"), Out("display", "string")];

    internal static Operation? Find(string id) => All.FirstOrDefault(o => o.Id == id);

    private static OperationParameter In(string name, string type, int min = 0) => new(name, "in", min, type);

    private static OperationParameter Out(string name, string type, int min = 0) => new(name, "out", min, type);

    /// <param name="Code">Name after the dollar sign.</param>
    /// <param name="Type">Resource type; "Resource" for every type.</param>
    /// <param name="Base">Id of R4's definition; null where the operation is our own.</param>
    internal sealed record Operation(string Id, string Code, string Type, string? Base, string Description)
    {
        internal bool OnSystem { get; init; }

        internal bool OnType { get; init; }

        internal bool OnInstance { get; init; }

        internal bool AffectsState { get; init; }

        internal bool NeedsCalendar { get; init; }

        internal IReadOnlyList<OperationParameter> Parameters { get; init; } = [];

        internal string Url => Root + Id;

        internal byte[] Json()
        {
            var buffer = new ArrayBufferWriter<byte>();
            using (var json = new Utf8JsonWriter(buffer, FhirJsonText.Options))
            {
                json.WriteStartObject();
                json.WriteString("resourceType", "OperationDefinition");
                json.WriteString("url", Url);
                json.WriteString("version", typeof(OperationDefinitions).Assembly.GetName().Version!.ToString(3));
                json.WriteString("name", string.Concat(Id.Split('-').Select(part => char.ToUpperInvariant(part[0]) + part[1..])));
                json.WriteString("status", "active");
                json.WriteString("kind", "operation");
                json.WriteString("description", Description);
                json.WriteBoolean("affectsState", AffectsState);
                json.WriteString("code", Code);
                if (Base is not null)
                {
                    json.WriteString("base", "http://hl7.org/fhir/OperationDefinition/" + Base);
                }

                if (Type.Length > 0)
                {
                    json.WriteStartArray("resource");
                    json.WriteStringValue(Type);
                    json.WriteEndArray();
                }

                json.WriteBoolean("system", OnSystem);
                json.WriteBoolean("type", OnType);
                json.WriteBoolean("instance", OnInstance);
                WriteParameters(json, "parameter", Parameters);
                json.WriteEndObject();
            }

            return buffer.WrittenSpan.ToArray();
        }

        private static void WriteParameters(Utf8JsonWriter json, string name, IReadOnlyList<OperationParameter> parameters)
        {
            if (parameters.Count == 0)
            {
                return;
            }

            json.WriteStartArray(name);
            foreach (var parameter in parameters)
            {
                json.WriteStartObject();
                json.WriteString("name", parameter.Name);
                json.WriteString("use", parameter.Use);
                json.WriteNumber("min", parameter.Min);
                json.WriteString("max", parameter.Max);
                if (parameter.Parts.Count == 0)
                {
                    json.WriteString("type", parameter.Type);
                }

                WriteParameters(json, "part", parameter.Parts);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }
    }

    internal sealed record OperationParameter(string Name, string Use, int Min, string Type)
    {
        internal string Max { get; init; } = "1";

        internal IReadOnlyList<OperationParameter> Parts { get; init; } = [];
    }
}
