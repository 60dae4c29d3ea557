using System.Text.Json.Nodes;
using KantaSimulator.Rules;

namespace KantaSimulator.Appointments;

/// <summary>One refusal of the appointment interface: rule, place (FHIRPath-like) and values.</summary>
internal sealed record FhirError(Rule Rule, string Expression, string Detail)
{
    /// <summary>400 unless the rule has a status of its own in HTTP.</summary>
    public static int StatusOf(Rule rule) =>
        rule == Rulebook.AppointmentUnknown ? 404
        : rule == Rulebook.AppointmentIdentifier ? 409
        : rule == Rulebook.AppointmentGone ? 410
        : rule == Rulebook.IfMatchStale ? 412
        : rule == Rulebook.IfMatchMissing ? 428
        : 400;

    /// <summary>An OperationOutcome that names all errors at once, with the codes in the code system that they belong to.</summary>
    public static JsonObject Outcome(IEnumerable<FhirError> errors) => new()
    {
        ["resourceType"] = "OperationOutcome",
        ["issue"] = new JsonArray([.. errors.Select(e => (JsonNode)new JsonObject
        {
            ["severity"] = "error",
            ["code"] = e.Rule == Rulebook.JsonInvalid ? "structure" : e.Rule == Rulebook.AppointmentUnknown ? "not-found" : "business-rule",
            ["details"] = new JsonObject
            {
                ["coding"] = new JsonArray(new JsonObject { ["system"] = $"urn:oid:{Rulebook.CodeSystemOf(e.Rule)}", ["code"] = e.Rule.Code, ["display"] = e.Rule.English }),
                ["text"] = e.Rule.Finnish,
            },
            ["diagnostics"] = e.Detail,
            ["expression"] = new JsonArray(e.Expression),
        })]),
    };
}
