using System.Text.Json.Nodes;

namespace Distil;

/// <summary>Chooses the value sets that structures bind, and the code systems that those value sets draw codes from.</summary>
internal sealed class Terminology(JsonObject[] all)
{
    // Beyond this a code list is a terminology product rather than a fact of the standard.
    private const int MostConcepts = 3000;

    private readonly Dictionary<string, JsonObject> _valueSets = ByUrl(all, "ValueSet");
    private readonly Dictionary<string, JsonObject> _codeSystems = ByUrl(all, "CodeSystem");

    public IEnumerable<JsonObject> Needed(IEnumerable<JsonObject> structures, IEnumerable<JsonObject> further)
    {
        var sets = new SortedSet<string>(StringComparer.Ordinal);
        var systems = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var structure in structures)
        {
            foreach (var element in (structure["snapshot"] ?? structure["differential"])!["element"]!.AsArray())
            {
                if (element!["binding"]?["valueSet"] is { } bound && (string?)element["binding"]!["strength"] != "example")
                {
                    AddSet((string)bound!, sets, systems);
                }

                foreach (var most in element["binding"]?["extension"] as JsonArray ?? [])
                {
                    AddSet((string)(most!["valueCanonical"] ?? most["valueUri"])!, sets, systems);
                }
            }
        }

        foreach (var set in further.Where(f => (string?)f["resourceType"] == "ValueSet"))
        {
            Follow(set, sets, systems);
        }

        return sets.Select(s => Facts.ValueSet(_valueSets[s])).Concat(systems.Select(s => Facts.CodeSystem(_codeSystems[s])));
    }

    private void AddSet(string canonical, SortedSet<string> sets, SortedSet<string> systems)
    {
        var url = canonical.Split('|')[0];
        if (_valueSets.TryGetValue(url, out var set) && sets.Add(url))
        {
            Follow(set, sets, systems);
        }
    }

    private void Follow(JsonObject set, SortedSet<string> sets, SortedSet<string> systems)
    {
        foreach (var side in new[] { "include", "exclude" })
        {
            foreach (var part in set["compose"]?[side] as JsonArray ?? [])
            {
                if ((string?)part!["system"] is { } system && _codeSystems.TryGetValue(system, out var codes) && Size(codes["concept"]) is > 0 and <= MostConcepts)
                {
                    systems.Add(system);
                }

                foreach (var inner in part["valueSet"] as JsonArray ?? [])
                {
                    AddSet((string)inner!, sets, systems);
                }
            }
        }
    }

    private static int Size(JsonNode? concepts) => concepts is JsonArray list ? list.Sum(c => 1 + Size(c!["concept"])) : 0;

    private static Dictionary<string, JsonObject> ByUrl(JsonObject[] all, string kind)
    {
        var found = new Dictionary<string, JsonObject>(StringComparer.Ordinal);
        foreach (var resource in all.Where(r => (string?)r["resourceType"] == kind && r["url"] is not null))
        {
            found.TryAdd((string)resource["url"]!, resource);
        }

        return found;
    }
}
