using System.Text.Json;
using Fhir.Definitions;

namespace Fhir.Search;

/// <summary>The compartments of R4 (https://hl7.org/fhir/R4/compartmentdefinition.html): which reference parameters put a record into one.</summary>
public static class Compartments
{
    private static readonly Lazy<Dictionary<string, Dictionary<string, string[]>>> All = new(Read);

    /// <summary>Patient, Encounter, Practitioner, RelatedPerson and Device.</summary>
    public static IReadOnlyCollection<string> Names => All.Value.Keys;

    /// <summary>The parameters of <paramref name="type"/> that lead into the compartment; empty where none does.</summary>
    public static IReadOnlyList<string> Parameters(string compartment, string type) =>
        All.Value.GetValueOrDefault(compartment)?.GetValueOrDefault(type) ?? [];

    private static Dictionary<string, Dictionary<string, string[]>> Read()
    {
        var all = new Dictionary<string, Dictionary<string, string[]>>(StringComparer.Ordinal);
        foreach (var file in Packages.R4.Files.Where(f => f.StartsWith("CompartmentDefinition/", StringComparison.Ordinal) && f.EndsWith(".json", StringComparison.Ordinal)))
        {
            using var json = JsonDocument.Parse(Packages.R4.Read(file)!);
            all[json.RootElement.GetProperty("code").GetString()!] = json.RootElement.GetProperty("resource").EnumerateArray()
                .Where(r => r.TryGetProperty("param", out _))
                .ToDictionary(
                    r => r.GetProperty("code").GetString()!,
                    r => r.GetProperty("param").EnumerateArray().Select(p => p.GetString()!).ToArray(), StringComparer.Ordinal);
        }

        return all;
    }
}
