using System.Text.Json;
using KantaSimulator.Rules;

namespace KantaSimulator.Appointments;

/// <summary>What a transaction Bundle asks: create, replace or invalidate one appointment, with the Provenance that says who and why.</summary>
internal sealed record Transaction(string Method, string? Id, string? IfMatch, string? IfNoneExist, string FullUrl, JsonElement? Appointment, JsonElement Provenance)
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 32, AllowDuplicateProperties = false };

    /// <summary>Reads a Bundle; null after the reasons were added.</summary>
    public static (Transaction? Transaction, JsonElement Bundle) Read(ReadOnlyMemory<byte> json, string? ifMatchHeader, List<FhirError> errors)
    {
        JsonElement bundle;
        try
        {
            using var document = JsonDocument.Parse(json, Strict);
            bundle = document.RootElement.Clone();
        }
        catch (JsonException e)
        {
            errors.Add(new(Rulebook.JsonInvalid, "Bundle", e.Message));
            return default;
        }

        if (bundle.Text("resourceType") != "Bundle" || bundle.Text("type") != "transaction" || bundle.Items("entry") is not { Count: 2 } entries)
        {
            errors.Add(new(Rulebook.BundleInvalid, "Bundle", $"{bundle.Text("resourceType")} {bundle.Text("type")}, {bundle.Items("entry").Count} entries"));
            return (null, bundle);
        }

        var provenance = entries.FindIndex(e => e.Child("resource")?.Text("resourceType") == "Provenance");
        var appointment = entries.FindIndex(e => e.Child("request")?.Text("url")?.StartsWith("Appointment", StringComparison.Ordinal) == true);
        if (provenance < 0 || appointment < 0 || provenance == appointment || entries[appointment].Child("request") is not { } request
            || entries[provenance].Child("request") is not { } provenanceRequest || provenanceRequest.Text("method") != "POST")
        {
            errors.Add(new(Rulebook.BundleInvalid, "Bundle.entry", "one Appointment and one Provenance with requests are expected"));
            return (null, bundle);
        }

        var method = request.Text("method") ?? "";
        var url = (request.Text("url") ?? "").Split('/');
        var resource = entries[appointment].Child("resource");
        var sound = method switch
        {
            "POST" => url is ["Appointment"] && IsAppointment(resource),
            "PUT" => url is ["Appointment", { Length: > 0 }] && IsAppointment(resource) && resource?.Text("id") == url[1],
            "DELETE" => url is ["Appointment", { Length: > 0 }] && resource is null,
            _ => false,
        };
        if (!sound)
        {
            errors.Add(new(Rulebook.BundleInvalid, $"Bundle.entry[{appointment}]", $"{method} {request.Text("url")}"));
            return (null, bundle);
        }

        return (new Transaction(method, url.ElementAtOrDefault(1), request.Text("ifMatch") ?? ifMatchHeader, request.Text("ifNoneExist"),
            entries[appointment].Text("fullUrl") ?? "", resource, entries[provenance].Child("resource")!.Value), bundle);
    }

    private static bool IsAppointment(JsonElement? resource) => resource?.Text("resourceType") == "Appointment";
}
