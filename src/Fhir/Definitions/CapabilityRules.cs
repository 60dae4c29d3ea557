using System.Text.Json;

namespace Fhir.Definitions;

/// <summary>What a CapabilityStatement says of the resources that its server takes (https://hl7.org/fhir/R4/capabilitystatement.html).</summary>
public sealed class CapabilityRules
{
    private readonly Dictionary<string, CapabilityRule> _byType;

    private CapabilityRules(Dictionary<string, CapabilityRule> byType) => _byType = byType;

    /// <summary>The resource types that are served.</summary>
    public IReadOnlyCollection<string> Types => _byType.Keys;

    /// <summary>What is said of a type, or null where it is not served.</summary>
    public CapabilityRule? Of(string type) => _byType.GetValueOrDefault(type);

    /// <summary>Reads the JSON form; the parts for servers count.</summary>
    /// <exception cref="JsonException">The bytes are not JSON.</exception>
    public static CapabilityRules Read(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        var found = new Dictionary<string, CapabilityRule>(StringComparer.Ordinal);
        foreach (var rest in StructureDefinition.Array(document.RootElement, "rest").Where(r => StructureDefinition.Text(r, "mode") != "client"))
        {
            foreach (var resource in StructureDefinition.Array(rest, "resource"))
            {
                if (StructureDefinition.Text(resource, "type") is { } type)
                {
                    found.TryAdd(type, new CapabilityRule(StructureDefinition.Text(resource, "profile"),
                        [.. StructureDefinition.Array(resource, "referencePolicy").Select(p => p.GetString() ?? "")]));
                }
            }
        }

        return new CapabilityRules(found);
    }
}

/// <summary>What a server says of one type.</summary>
/// <param name="Profile">The profile that every resource of the type satisfies, or null.</param>
/// <param name="ReferencePolicies">literal, logical, resolves, enforced, local; empty where nothing is said.</param>
public sealed record CapabilityRule(string? Profile, IReadOnlyList<string> ReferencePolicies);
