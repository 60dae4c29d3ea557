using System.Text.Json;
using CareRecords.Search;
using CareRecords.Store;
using Fhir.Definitions;
using Microsoft.Extensions.DependencyInjection;

namespace CareRecords.Rest;

/// <summary>CapabilityStatement.rest.resource: what may be done with each served type.</summary>
internal sealed class CapabilityTypes(IServiceProvider services, Utf8JsonWriter json)
{
    private readonly SearchTable _table = services.GetRequiredService<SearchTable>();
    private readonly ServedTypes _types = services.GetRequiredService<ServedTypes>();
    private ILookup<string, string>? _included;

    internal void Write(ServedType type)
    {
        var writable = Writing.IsWritable(services, type.Name);
        var deletable = writable && Writing.IsDeletable(services, type.Name);
        var stored = type.Owner != Owner.View;
        json.WriteStartObject();
        json.WriteString("type", type.Name);
        json.WriteString("profile", CapabilityWriter.DefinitionOf(type.Name));
        WriteProfiles(type.Name);
        if (Documentation(type, writable, deletable) is { } text)
        {
            json.WriteString("documentation", text);
        }

        Codes(json, "interaction", FhirEndpoints.TypeInteractions.Where(i => i.Code switch
        {
            "read" or "search-type" => true,
            "vread" or "history-instance" => stored || type.IsDefinition,
            "history-type" => stored,
            "delete" => deletable,
            _ => writable,
        }));
        // versioned-update would say that updates without If-Match are refused.
        json.WriteString("versioning", stored || type.IsDefinition ? "versioned" : "no-version");
        json.WriteBoolean("readHistory", stored || type.IsDefinition);
        json.WriteBoolean("updateCreate", writable);
        json.WriteBoolean("conditionalCreate", writable);
        json.WriteString("conditionalRead", type.Name == "AuditEvent" && !stored ? "not-supported" : "full-support");
        json.WriteBoolean("conditionalUpdate", writable);
        json.WriteString("conditionalDelete", deletable ? "single" : "not-supported");
        WriteInclusions(type.Name, stored);
        WriteParameters(json, _table.Of(type.Name).Values);
        WriteOperations(json, OperationDefinitions.Routed(services).Where(o => o.Type == type.Name || o.Type == "Resource"));
        json.WriteEndObject();
    }

    private void WriteProfiles(string type)
    {
        var profiles = HeldDefinitions.Profiles(type).ToList();
        if (profiles.Count > 0)
        {
            json.WriteStartArray("supportedProfile");
            profiles.ForEach(p => json.WriteStringValue(p));
            json.WriteEndArray();
        }
    }

    private static string? Documentation(ServedType type, bool writable, bool deletable) =>
        !writable ? $"Read-only. {Writing.How(type.Name)}" : !deletable ? "Not deleted through this interface." : null;

    private void WriteInclusions(string type, bool stored)
    {
        if (!stored)
        {
            return;
        }

        _included ??= Included().ToLookup(i => i.Target, i => i.Source, StringComparer.Ordinal);
        Texts("searchInclude", _table.Of(type).Values.Where(i => i.Type == "reference").Select(i => $"{type}:{i.Code}").Order(StringComparer.Ordinal));
        Texts("searchRevInclude", _included[type].Concat(_included[""]).Order(StringComparer.Ordinal));
    }

    /// <summary>Each reference parameter of a stored type by each type that it may point to; by none where that may be any.</summary>
    private IEnumerable<(string Target, string Source)> Included() =>
        from source in _types.All
        where source.Owner != Owner.View
        from index in _table.Of(source.Name).Values
        where index.Type == "reference"
        from target in index.Parameter.Targets.DefaultIfEmpty("")
        select (target, $"{source.Name}:{index.Code}");

    private void Texts(string name, IEnumerable<string> texts)
    {
        var all = texts.ToList();
        if (all.Count > 0)
        {
            json.WriteStartArray(name);
            all.ForEach(t => json.WriteStringValue(t));
            json.WriteEndArray();
        }
    }

    internal static void WriteParameters(Utf8JsonWriter json, IEnumerable<SearchIndex> indexes)
    {
        json.WriteStartArray("searchParam");
        foreach (var index in indexes.OrderBy(i => i.Code, StringComparer.Ordinal))
        {
            json.WriteStartObject();
            json.WriteString("name", index.Code);
            json.WriteString("definition", index.Parameter.Url);
            json.WriteString("type", index.Type);
            json.WriteString("documentation", Forms(index));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>How values are written, and the modifiers: as SearchParser takes them.</summary>
    private static string Forms(SearchIndex index) => index switch
    {
        { Code: "_id" } => "One id or several. Modifiers: missing, not.",
        { Type: "token" } => $"code, system|code, |code or system|. Modifiers: missing, not, text, in, not-in, above, below{(index.Code == "identifier" ? ", of-type" : "")}.",
        { Type: "string" } => "Beginning of the text, without regard to case and accents. Modifiers: missing, exact, contains.",
        { Type: "date" } => "Any precision; prefixes eq, ne, gt, lt, ge, le, sa, eb, ap. Modifier: missing.",
        { Type: "number" } => "Prefixes eq, ne, gt, lt, ge, le, sa, eb, ap. Modifier: missing.",
        { Type: "quantity" } => "number, number|system|code or number||unit; UCUM units are converted. Prefixes eq, ne, gt, lt, ge, le, sa, eb, ap. Modifier: missing.",
        { Type: "reference" } => "id, Type/id or address. Modifiers: missing, identifier, a type; chains.",
        { Type: "uri" } => "The whole address. Modifiers: missing, above, below.",
        _ => $"{string.Join('$', index.Components.Select(c => c.Type))}.",
    };

    internal static void WriteOperations(Utf8JsonWriter json, IEnumerable<OperationDefinitions.Operation> operations)
    {
        var all = operations.ToList();
        if (all.Count == 0)
        {
            return;
        }

        json.WriteStartArray("operation");
        foreach (var operation in all)
        {
            json.WriteStartObject();
            json.WriteString("name", operation.Code);
            json.WriteString("definition", operation.Url);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    internal static void Codes(Utf8JsonWriter json, string name, IEnumerable<(string Code, string Says)> codes)
    {
        json.WriteStartArray(name);
        foreach (var (code, says) in codes)
        {
            json.WriteStartObject();
            json.WriteString("code", code);
            json.WriteString("documentation", says);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
