using System.Text;
using System.Text.Json;
using Fhir.Definitions;
using Fhir.Json;
using Fhir.Validation;

namespace CareRecords.Rest;

/// <summary>$validate (https://hl7.org/fhir/R4/resource-operation-validate.html) of a posted resource or of a stored one. Always 200: the outcome tells.</summary>
internal static class ValidateOperation
{
    internal static async Task<FhirAnswer> HandleAsync(FhirCall call)
    {
        if (call.Method == "GET")
        {
            var stored = await Read.HandleAsync(call);
            return stored.Status == 200 ? await CheckedAsync(call, stored.Body, call.Parameter("profile")) with { Accesses = stored.Accesses } : stored;
        }

        var (resource, profile) = Unwrap(call.Body, call.Parameter("profile"));
        var root = FhirJson.Read(resource.Span).Root;
        return root is not null && call.Type.Length > 0 && root.TypeName != call.Type
            ? Outcome.Error(400, "invalid", $"The resource is a {root.TypeName}, not a {call.Type}.")
            : await CheckedAsync(call, resource, profile);
    }

    private static async Task<FhirAnswer> CheckedAsync(FhirCall call, ReadOnlyMemory<byte> resource, string? profile)
    {
        var (library, url) = profile is null ? (DefinitionLibrary.Default, null) : await TerminologyInput.LibraryAsync(call, profile, "StructureDefinition");
        var validator = library == DefinitionLibrary.Default ? FhirValidator.Default : new FhirValidator(library);
        var issues = validator.Validate(resource.Span, url ?? profile);
        return new FhirAnswer(200)
        {
            Body = issues.Any(i => i.Severity == IssueSeverity.Error) ? Outcome.Of(200, issues).Body : Outcome.Fine("The resource is valid.", issues),
        };
    }

    /// <summary>The resource itself, or the one in Parameters.parameter[resource].</summary>
    private static (ReadOnlyMemory<byte> Resource, string? Profile) Unwrap(ReadOnlyMemory<byte> body, string? profile)
    {
        if (FhirJson.Read(body.Span).Root is not { TypeName: "Parameters" })
        {
            return (body, profile);
        }

        using var json = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 128 });
        ReadOnlyMemory<byte> resource = default;
        foreach (var parameter in json.RootElement.TryGetProperty("parameter", out var all) ? all.EnumerateArray() : default)
        {
            switch (parameter.GetProperty("name").GetString())
            {
                case "resource" when parameter.TryGetProperty("resource", out var given):
                    resource = Encoding.UTF8.GetBytes(given.GetRawText());
                    break;
                case "profile":
                    profile = parameter.EnumerateObject().FirstOrDefault(p => p.Name is "valueUri" or "valueCanonical" or "valueString").Value.GetString() ?? profile;
                    break;
            }
        }

        return (resource, profile);
    }
}
