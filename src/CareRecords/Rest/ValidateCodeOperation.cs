using System.Text.Json;
using Fhir.Definitions;
using Fhir.Model;
using Fhir.Terminology;

namespace CareRecords.Rest;

/// <summary>
/// $validate-code of a ValueSet (https://hl7.org/fhir/R4/valueset-operation-validate-code.html) or a CodeSystem (https://hl7.org/fhir/R4/codesystem-operation-validate-code.html) that is held, by url or
/// by its id in the address, or, for value sets, posted. The code comes as code with system, as coding, or as codeableConcept (one coding of which suffices). What cannot be told here is refused rather than answered false.
/// </summary>
internal static class ValidateCodeOperation
{
    internal static async Task<FhirAnswer> HandleAsync(FhirCall call)
    {
        var (parameters, refusal) = OperationParameters.Read(call);
        if (parameters is null)
        {
            return refusal!;
        }

        var asked = Codes(parameters);
        if (asked.Count == 0)
        {
            return Outcome.Error(400, "required", "Give the code as code (with system), coding or codeableConcept.");
        }

        var (verdicts, missing) = call.Type == "CodeSystem" ? await OfSystemAsync(call, parameters, asked) : await OfSetAsync(call, parameters, asked);
        if (verdicts is null)
        {
            return missing!;
        }

        var told = verdicts.FirstOrDefault(v => v.Result == true) ?? verdicts.FirstOrDefault(v => v.Result is null) ?? verdicts[0];
        return told.Result is { } result ? new FhirAnswer(200) { Body = Write(result, told) } : Outcome.Error(422, "not-supported", told.Message!);
    }

    private static async Task<(List<CodeVerdict>? Verdicts, FhirAnswer? Refusal)> OfSystemAsync(
        FhirCall call, OperationParameters parameters, List<(string? System, string Code, string? Display)> asked)
    {
        var (system, refusal) = await TerminologyInput.UrlAsync(call, parameters);
        if (system is null)
        {
            return (null, refusal);
        }

        var (library, url) = await TerminologyInput.LibraryAsync(call, system);
        return ([.. asked.Select(a => a.System is not null && a.System != DefinitionLibrary.WithoutVersion(url)
            ? new CodeVerdict(false, $"The coding's system is {a.System}, not {url}.", null) : library.Terminology.Judge(url, a.Code, a.Display))], null);
    }

    private static async Task<(List<CodeVerdict>? Verdicts, FhirAnswer? Refusal)> OfSetAsync(
        FhirCall call, OperationParameters parameters, List<(string? System, string Code, string? Display)> asked)
    {
        var (set, library, refusal) = await TerminologyInput.ValueSetAsync(call, parameters);
        if (set is null)
        {
            return (null, refusal);
        }

        return asked.Exists(a => a.System is null) && parameters.Text("inferSystem") != "true" && set.Includes.Select(i => i.System).Distinct().Count() != 1
            ? (null, Outcome.Error(400, "required", "Name the code's system: the value set draws from several."))
            : ([.. asked.Select(a => library.Terminology.Judge(set, a.System, a.Code, a.Display))], null);
    }

    private static List<(string? System, string Code, string? Display)> Codes(OperationParameters parameters)
    {
        if (parameters.Value("codeableConcept") is { } concept)
        {
            return [.. concept.ChildrenNamed("coding").Where(c => c.Child("code")?.Text is not null).Select(Coding)];
        }

        return parameters.Value("coding") is { } coding && coding.Child("code")?.Text is not null ? [Coding(coding)]
            : parameters.Text("code") is { Length: > 0 } code ? [(parameters.Text("system"), code, parameters.Text("display"))] : [];
    }

    private static (string? System, string Code, string? Display) Coding(Element coding) =>
        (coding.Child("system")?.Text, coding.Child("code")!.Text!, coding.Child("display")?.Text);

    private static byte[] Write(bool result, CodeVerdict told)
    {
        var output = new MemoryStream();
        using (var json = new Utf8JsonWriter(output, FhirJsonText.Options))
        {
            json.WriteStartObject();
            json.WriteString("resourceType", "Parameters");
            json.WriteStartArray("parameter");
            json.WriteStartObject();
            json.WriteString("name", "result");
            json.WriteBoolean("valueBoolean", result);
            json.WriteEndObject();
            foreach (var (name, text) in new[] { ("message", told.Message), ("display", told.Display) })
            {
                if (text is not null)
                {
                    json.WriteStartObject();
                    json.WriteString("name", name);
                    json.WriteString("valueString", text);
                    json.WriteEndObject();
                }
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return output.ToArray();
    }
}
