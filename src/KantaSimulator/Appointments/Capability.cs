using System.Text.Json.Nodes;

namespace KantaSimulator.Appointments;

/// <summary>What the appointment interface of this simulator can do.</summary>
internal static class Capability
{
    private static readonly string[] Interactions = ["read", "search-type", "history-type", "history-instance"];

    private static readonly (string Name, string Type)[] Parameters = [("identifier", "token"), ("patient", "token"), ("date", "date"), ("service-event", "uri")];

    public static JsonObject Statement() => new()
    {
        ["resourceType"] = "CapabilityStatement",
        ["status"] = "draft",
        ["kind"] = "instance",
        ["fhirVersion"] = "4.0.1",
        ["format"] = new JsonArray("json"),
        ["implementation"] = new JsonObject { ["description"] = "KantaSimulator: not Kanta" },
        ["rest"] = new JsonArray(new JsonObject
        {
            ["mode"] = "server",
            ["interaction"] = new JsonArray(new JsonObject { ["code"] = "transaction" }),
            ["resource"] = new JsonArray(new JsonObject
            {
                ["type"] = "Appointment",
                ["interaction"] = new JsonArray([.. Interactions.Select(c => (JsonNode)new JsonObject { ["code"] = c })]),
                ["versioning"] = "versioned-update",
                ["searchParam"] = new JsonArray([.. Parameters.Select(p => (JsonNode)new JsonObject { ["name"] = p.Name, ["type"] = p.Type })]),
            }),
        }),
    };
}
