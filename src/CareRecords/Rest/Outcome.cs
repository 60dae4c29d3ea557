using System.Buffers;
using System.Text.Json;
using Fhir.Validation;

namespace CareRecords.Rest;

/// <summary>Errors as OperationOutcome (https://hl7.org/fhir/R4/operationoutcome.html). Texts name elements and parameters, never stored values.</summary>
internal static class Outcome
{
    /// <param name="code">IssueType: invalid, not-found, forbidden, conflict, not-supported …</param>
    internal static FhirAnswer Error(int status, string code, string text, string? place = null) =>
        new(status) { Body = Write([("error", code, text, place)]) };

    /// <summary>What does not exist and what the caller may not see look the same.</summary>
    internal static FhirAnswer NotFound() => Error(404, "not-found", "There is no such resource.");

    internal static FhirAnswer Of(int status, IReadOnlyList<ValidationIssue> issues) => new(status) { Body = Write(Lines(issues)) };

    /// <summary>An outcome that says that all is well, with warnings where there are any.</summary>
    internal static byte[] Fine(string text, IReadOnlyList<ValidationIssue> issues) =>
        Write([.. Lines(issues), ("information", "informational", text, null)]);

    internal static byte[] Write(IReadOnlyList<(string Severity, string Code, string Text, string? Place)> issues)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, FhirJsonText.Options))
        {
            json.WriteStartObject();
            json.WriteString("resourceType", "OperationOutcome");
            json.WriteStartArray("issue");
            foreach (var (severity, code, text, place) in issues)
            {
                json.WriteStartObject();
                json.WriteString("severity", severity);
                json.WriteString("code", code);
                json.WriteString("diagnostics", text);
                if (place is not null)
                {
                    json.WriteStartArray("expression");
                    json.WriteStringValue(place);
                    json.WriteEndArray();
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static List<(string Severity, string Code, string Text, string? Place)> Lines(IReadOnlyList<ValidationIssue> issues) =>
    [
        .. issues.Select(i => (
            i.Severity switch { IssueSeverity.Error => "error", IssueSeverity.Warning => "warning", _ => "information" },
            "invalid", i.Line > 0 ? $"{i.Message} [{i.Rule}, line {i.Line}, column {i.Column}]" : $"{i.Message} [{i.Rule}]", (string?)i.Place)),
    ];
}
