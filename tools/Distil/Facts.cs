using System.Text.Json.Nodes;

namespace Distil;

/// <summary>Reduces conformance resources to what a machine needs: prose, mappings, contacts, dates and narratives go.</summary>
internal static class Facts
{
    private static readonly string[] StructureKeys =
        ["resourceType", "id", "url", "version", "name", "status", "fhirVersion", "kind", "abstract", "context", "contextInvariant", "type", "baseDefinition", "derivation"];

    private static readonly string[] ElementKeys =
        ["id", "path", "representation", "sliceName", "sliceIsConstraining", "min", "max", "contentReference", "maxLength", "mustSupport", "isModifier", "isSummary"];

    private static readonly string[] Impose = ["http://hl7.org/fhir/StructureDefinition/structuredefinition-imposeProfile"];

    private const string MaxValueSet = "http://hl7.org/fhir/StructureDefinition/elementdefinition-maxValueSet";

    /// <summary>A StructureDefinition of facts; the snapshot where there is one, otherwise the differential.</summary>
    public static JsonObject Structure(JsonObject source)
    {
        var result = Keep(source, StructureKeys);
        if (source["extension"] is JsonArray extensions)
        {
            JsonObject[] imposed = [.. extensions.OfType<JsonObject>()
                .Where(e => Impose.Contains((string?)e["url"])).Select(e => (JsonObject)e.DeepClone())];
            if (imposed.Length > 0)
            {
                result["extension"] = new JsonArray([.. imposed]);
            }
        }

        // R4's own definitions carry it on the type (as R4B says), not on the code.
        if ((string?)source["id"] == "structuredefinition-fhir-type")
        {
            result["context"]!.AsArray().Add(new JsonObject { ["type"] = "element", ["expression"] = "ElementDefinition.type" });
        }

        var view = source["snapshot"] is null ? "differential" : "snapshot";
        var elements = source[view]!["element"]!.AsArray().Select(e => (JsonNode)Element(e!.AsObject())).ToArray();
        result[view] = new JsonObject { ["element"] = new JsonArray(elements) };
        return result;
    }

    private static JsonObject Element(JsonObject source)
    {
        var result = Keep(source, ElementKeys);
        foreach (var flag in new[] { "isModifier", "isSummary", "mustSupport" })
        {
            if ((bool?)result[flag] == false)
            {
                result.Remove(flag);
            }
        }

        var path = (string)result["path"]!;
        if ((string?)result["id"] == path)
        {
            result.Remove("id");
        }

        if (source["slicing"] is JsonObject slicing)
        {
            result["slicing"] = Keep(slicing, ["discriminator", "ordered", "rules"]);
        }

        if (source["type"] is JsonArray types)
        {
            result["type"] = new JsonArray([.. types.Select(t => (JsonNode)Type(t!.AsObject()))]);
        }

        foreach (var (key, value) in source)
        {
            if (key.StartsWith("fixed", StringComparison.Ordinal) || key.StartsWith("pattern", StringComparison.Ordinal) ||
                key.StartsWith("minValue", StringComparison.Ordinal) || key.StartsWith("maxValue", StringComparison.Ordinal))
            {
                result[key] = value!.DeepClone();
            }
        }

        if (source["binding"] is JsonObject binding)
        {
            var kept = Keep(binding, ["strength", "valueSet"]);
            if ((binding["extension"] as JsonArray)?.OfType<JsonObject>().FirstOrDefault(e => (string?)e["url"] == MaxValueSet) is { } most)
            {
                kept["extension"] = new JsonArray(Keep(most, ["url", "valueCanonical", "valueUri"]));
            }

            result["binding"] = kept;
        }

        if (source["constraint"] is JsonArray constraints)
        {
            var kept = constraints.Select(c => c!.AsObject()).Where(c => !Inherited((string)c["key"]!, path))
                .Select(c => (JsonNode)Keep(c, ["key", "severity", "expression"])).ToArray();
            if (kept.Length > 0)
            {
                result["constraint"] = new JsonArray(kept);
            }
        }

        return result;
    }

    // Repeated on nearly every element of a snapshot, and implied by the element's type.
    private static bool Inherited(string key, string path) =>
        (key == "ele-1" && path != "Element") || (key == "ext-1" && path != "Extension");

    private static JsonObject Type(JsonObject source)
    {
        var result = Keep(source, ["code", "profile", "targetProfile", "aggregation", "versioning"]);
        if ((string)result["code"]! is { } code && code.StartsWith("http://hl7.org/fhirpath/", StringComparison.Ordinal)
            && source["extension"] is JsonArray extensions)
        {
            // The FHIR name of a type that R4 writes as a FHIRPath system type.
            var named = extensions.OfType<JsonObject>().FirstOrDefault(e => ((string?)e["url"])?.EndsWith("structuredefinition-fhir-type", StringComparison.Ordinal) == true);
            if (named is not null)
            {
                result["code"] = (string?)(named["valueUrl"] ?? named["valueUri"]);
            }
        }

        return result;
    }

    /// <summary>A CodeSystem of codes, displays, and their hierarchy.</summary>
    public static JsonObject CodeSystem(JsonObject source)
    {
        var result = Keep(source, ["resourceType", "id", "url", "version", "name", "status", "caseSensitive", "valueSet", "hierarchyMeaning", "content", "supplements"]);
        if (source["concept"] is JsonArray concepts)
        {
            result["concept"] = Concepts(concepts);
        }

        return result;
    }

    private static JsonArray Concepts(JsonArray concepts) => new([.. concepts.Select(c =>
    {
        var concept = Keep(c!.AsObject(), ["code", "display"]);
        if (c["concept"] is JsonArray children)
        {
            concept["concept"] = Concepts(children);
        }

        if (c["property"] is JsonArray properties)
        {
            // v3 puts a code under several parents by this property; the abstract ones are not to be chosen.
            var kept = properties.OfType<JsonObject>().Where(p => (string?)p["code"] is "subsumedBy" or "notSelectable").Select(p => p.DeepClone()).ToArray();
            if (kept.Length > 0)
            {
                concept["property"] = new JsonArray(kept);
            }
        }

        return (JsonNode)concept;
    })]);

    /// <summary>A ValueSet's definition: which codes of which systems, with filters.</summary>
    public static JsonObject ValueSet(JsonObject source)
    {
        var result = Keep(source, ["resourceType", "id", "url", "version", "name", "status"]);
        if (source["compose"] is JsonObject compose)
        {
            var kept = Keep(compose, ["inactive"]);
            foreach (var side in new[] { "include", "exclude" })
            {
                if (compose[side] is JsonArray sets)
                {
                    kept[side] = new JsonArray([.. sets.Select(s => (JsonNode)Include(s!.AsObject()))]);
                }
            }

            result["compose"] = kept;
        }

        return result;
    }

    private static JsonObject Include(JsonObject source)
    {
        var result = Keep(source, ["system", "version", "filter", "valueSet"]);
        if (source["concept"] is JsonArray concepts)
        {
            result["concept"] = new JsonArray([.. concepts.Select(c => (JsonNode)Keep(c!.AsObject(), ["code", "display"]))]);
        }

        return result;
    }

    /// <summary>A SearchParameter: where it applies, what it extracts, how it may be asked.</summary>
    public static JsonObject SearchParameter(JsonObject source)
    {
        var result = Keep(source,
            ["resourceType", "id", "url", "version", "name", "status", "code", "base", "type", "expression", "target", "multipleOr", "multipleAnd", "comparator", "modifier", "chain"]);
        if (source["component"] is JsonArray components)
        {
            result["component"] = new JsonArray([.. components.Select(c => (JsonNode)Keep(c!.AsObject(), ["definition", "expression"]))]);
        }

        return result;
    }

    /// <summary>A CompartmentDefinition: which parameters place a resource into a compartment.</summary>
    public static JsonObject Compartment(JsonObject source)
    {
        var result = Keep(source, ["resourceType", "id", "url", "version", "name", "status", "code", "search"]);
        result["resource"] = new JsonArray([.. source["resource"]!.AsArray().Select(r => (JsonNode)Keep(r!.AsObject(), ["code", "param"]))]);
        return result;
    }

    private static JsonObject Keep(JsonObject source, string[] keys)
    {
        var result = new JsonObject();
        foreach (var key in keys)
        {
            if (source[key] is { } value)
            {
                result[key] = value.DeepClone();
            }
        }

        return result;
    }
}
