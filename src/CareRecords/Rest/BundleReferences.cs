using System.Text;
using System.Text.Json.Nodes;
using CareRecords.Database;

namespace CareRecords.Rest;

/// <summary>
/// Replaces, in the resources of a transaction, references to other entries (urn:uuid or any fullUrl) and conditional references
/// (Patient?identifier=…) by what they resolve to inside the transaction.
/// </summary>
internal sealed class BundleReferences(FhirCall call, UnitOfWork work, IReadOnlyList<BundleEntry> entries, Transaction.Target[] targets)
{
    private readonly Dictionary<string, string> _byUrl = entries.Where(e => e.FullUrl is not null && targets[e.Number].Id.Length > 0)
        .GroupBy(e => e.FullUrl!).ToDictionary(g => g.Key, g => $"{targets[g.First().Number].Type}/{targets[g.First().Number].Id}", StringComparer.Ordinal);

    /// <summary>The body with its references resolved, or why one cannot be.</summary>
    internal async Task<(ReadOnlyMemory<byte> Body, FhirAnswer? Refusal)> ResolveAsync(BundleEntry entry)
    {
        if (entry.Call.Body.IsEmpty || JsonNode.Parse(entry.Call.Body.Span) is not JsonObject resource)
        {
            return (entry.Call.Body, null);
        }

        var refusal = await WalkAsync(resource);
        return (Encoding.UTF8.GetBytes(resource.ToJsonString(new System.Text.Json.JsonSerializerOptions { Encoder = FhirJsonText.Options.Encoder, MaxDepth = 128 })), refusal);
    }

    private async Task<FhirAnswer?> WalkAsync(JsonNode node)
    {
        if (node is JsonArray array)
        {
            for (var i = 0; i < array.Count; i++)
            {
                if (array[i] is { } item && await ChildAsync("", item, replacement => array[i] = replacement) is { } refusal)
                {
                    return refusal;
                }
            }
        }
        else if (node is JsonObject structure)
        {
            foreach (var (name, value) in structure.ToList())
            {
                if (value is not null && await ChildAsync(name, value, replacement => structure[name] = replacement) is { } refusal)
                {
                    return refusal;
                }
            }
        }

        return null;
    }

    private async Task<FhirAnswer?> ChildAsync(string name, JsonNode value, Action<string> replace)
    {
        if (value is not JsonValue text || !text.TryGetValue<string>(out var reference))
        {
            return value is JsonValue ? null : await WalkAsync(value);
        }

        if (_byUrl.TryGetValue(reference, out var target))
        {
            replace(target);
        }
        else if (name == "reference" && reference.IndexOf('?', StringComparison.Ordinal) is > 0 and var question)
        {
            var (matches, refusal) = await Conditional.FindAsync(
                call with { Type = reference[..question], Id = "", Work = work, Body = default }, work, reference[(question + 1)..], locked: true);
            if (refusal is not null || matches.Count != 1)
            {
                return refusal ?? Outcome.Error(412, matches.Count == 0 ? "not-found" : "multiple-matches", "A conditional reference does not lead to exactly one resource.");
            }

            replace($"{matches[0].Type}/{matches[0].Id}");
        }
        else if (name == "reference" && reference.StartsWith("urn:", StringComparison.Ordinal) && !reference.StartsWith("urn:oid:", StringComparison.Ordinal))
        {
            return Outcome.Error(400, "not-found", "A urn: reference leads to no entry of the Bundle.");
        }

        return null;
    }
}
