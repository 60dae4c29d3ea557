using System.Text;
using System.Text.Json;
using CareRecords.Access;
using CareRecords.Search;
using CareRecords.Store;
using Fhir.Json;
using Microsoft.Extensions.DependencyInjection;

namespace CareRecords.Rest;

/// <summary>$document of a Composition (https://hl7.org/fhir/R4/composition-operation-document.html): a document Bundle of it and what it refers to. Not persisted.</summary>
internal static class DocumentOperation
{
    private const int MostEntries = 500;

    internal static async Task<FhirAnswer> HandleAsync(FhirCall asked)
    {
        var (call, refusal) = OperationParameters.InQuery(asked);
        if (refusal is not null)
        {
            return refusal;
        }

        if (call.Parameter("persist") == "true")
        {
            return Outcome.Error(400, "not-supported", "Documents are not kept; ask without persist.");
        }

        await using var open = await call.ConnectAsync();
        var rows = call.Services.GetRequiredService<ResourceRows>();
        var composition = await rows.CurrentAsync(open.Connection, open.Transaction, call.Type, call.Id, false, call.Cancel);
        if (composition?.Json is null || !call.Rights.Sees(composition))
        {
            return Outcome.NotFound() with { Accesses = [Writing.Denied(call, Deeds.Read)] };
        }

        List<StoredResource> parts = [composition];
        var seen = new HashSet<(string, string)> { (composition.Type, composition.Id) };
        for (var i = 0; i < parts.Count && parts.Count < MostEntries; i++)
        {
            // What people and places refer to in turn makes nothing clearer; only the composition and its entries are followed.
            if (i > 0 && call.Rights.IsShared(parts[i].Type))
            {
                continue;
            }

            foreach (var reference in FhirJson.Parse(parts[i].Json!).SelfAndDescendants().Where(e => e.TypeName == "Reference").Select(e => e.TextAt("reference")).OfType<string>())
            {
                var target = ReferenceValue.Parse(reference);
                if (target.Type.Length > 0 && seen.Add((target.Type, target.Target))
                    && await rows.CurrentAsync(open.Connection, open.Transaction, target.Type, target.Target, false, call.Cancel) is { Json: not null } part
                    && call.Rights.Sees(part))
                {
                    parts.Add(part);
                }
            }
        }

        return new FhirAnswer(200) { Body = Write(call, parts), Accesses = [Entry(call, composition, parts)] };
    }

    private static byte[] Write(FhirCall call, List<StoredResource> parts)
    {
        var output = new MemoryStream();
        using (var json = new Utf8JsonWriter(output, FhirJsonText.Options))
        {
            json.WriteStartObject();
            json.WriteString("resourceType", "Bundle");
            json.WriteStartObject("identifier");
            json.WriteString("system", "urn:ietf:rfc:3986");
            json.WriteString("value", $"urn:uuid:{Guid.CreateVersion7()}");
            json.WriteEndObject();
            json.WriteString("type", "document");
            json.WriteString("timestamp", ResourceBytes.Instant(call.Rights.Now));
            json.WriteStartArray("entry");
            foreach (var part in parts)
            {
                json.WriteStartObject();
                json.WriteString("fullUrl", $"{call.BaseUrl}/{part.Type}/{part.Id}");
                json.WritePropertyName("resource");
                json.WriteRawValue(Encoding.UTF8.GetString(part.Json!));
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return output.ToArray();
    }

    private static AccessEntry Entry(FhirCall call, StoredResource composition, List<StoredResource> parts) => new()
    {
        Interaction = "read",
        ResourceType = call.Type,
        ResourceId = call.Id,
        ResourceVersion = composition.Version,
        ControllerId = composition.ControllerId,
        Purpose = Purposes.Of(call.Rights),
        PatientIds = [.. parts.Select(p => p.PatientId).OfType<string>().Distinct(StringComparer.Ordinal)],
        Detail = "$document",
    };
}
