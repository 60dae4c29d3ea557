using System.Text.Json;

namespace CareRecords.Rest;

/// <summary>
/// $lookup of a CodeSystem (https://hl7.org/fhir/R4/codesystem-operation-lookup.html): the name, version, display and properties of a code in a system that is held. The code comes as code with system, or as coding.
/// </summary>
internal static class LookupOperation
{
    internal static async Task<FhirAnswer> HandleAsync(FhirCall call)
    {
        var (parameters, refusal) = OperationParameters.Read(call);
        if (parameters is null)
        {
            return refusal!;
        }

        var coding = parameters.Value("coding");
        var (url, code) = coding is null ? (parameters.Text("system"), parameters.Text("code")) : (coding.Child("system")?.Text, coding.Child("code")?.Text);
        if (url is not { Length: > 0 } || code is not { Length: > 0 })
        {
            return Outcome.Error(400, "required", "Give the code as code with system, or as coding with both.");
        }

        var version = coding is null ? parameters.Text("version") : coding.Child("version")?.Text;
        var (library, canonical) = await TerminologyInput.LibraryAsync(call, url);
        var system = library.FindCodeSystem(canonical);
        return system is null || (version is not null && system.Version is { } held && held != version)
                ? Outcome.Error(404, "not-found", $"The code system {url} is not held here{(version is null ? "" : " in that version")}.")
            : system.Find(code) is { } concept ? new FhirAnswer(200) { Body = Write(system, concept) }
            : system.IsComplete ? Outcome.Error(404, "not-found", $"The code is not in {system.Url}.")
            : Outcome.Error(404, "not-found", $"Of {system.Url} only a part is held here, in which the code is not.");
    }

    private static byte[] Write(Fhir.Terminology.CodeSystem system, Fhir.Terminology.Concept concept)
    {
        var output = new MemoryStream();
        using (var json = new Utf8JsonWriter(output, FhirJsonText.Options))
        {
            json.WriteStartObject();
            json.WriteString("resourceType", "Parameters");
            json.WriteStartArray("parameter");
            // The name of a system is prose, which is not held of published ones; its address is certain.
            Value(json, "name", "valueString", system.Url);
            Value(json, "version", "valueString", system.Version);
            Value(json, "display", "valueString", concept.Display ?? concept.Code);
            foreach (var parent in concept.Parents)
            {
                Property(json, "parent", "valueCode", parent);
            }

            foreach (var property in concept.Properties)
            {
                Property(json, property.Code, "valueString", property.Value);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return output.ToArray();
    }

    private static void Property(Utf8JsonWriter json, string code, string form, string value)
    {
        json.WriteStartObject();
        json.WriteString("name", "property");
        json.WriteStartArray("part");
        Value(json, "code", "valueCode", code);
        Value(json, "value", form, value);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Value(Utf8JsonWriter json, string name, string form, string? value)
    {
        if (value is not null)
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteString(form, value);
            json.WriteEndObject();
        }
    }
}
