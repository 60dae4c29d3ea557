using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace CareRecords.Treatments;

/// <summary>Small builders of FHIR data types as JSON nodes.</summary>
internal static class FhirJson
{
    internal static JsonObject Reference(string type, string id) => new() { ["reference"] = $"{type}/{id}" };

    internal static JsonObject Coding(string system, string code, string? display = null)
    {
        var coding = new JsonObject { ["system"] = Uri(system), ["code"] = code };
        if (display is not null)
        {
            coding["display"] = display;
        }

        return coding;
    }

    internal static JsonObject Concept(NoteCode code) => new()
    {
        ["coding"] = new JsonArray(Coding(code.System, code.Code, code.Display)),
        ["text"] = code.Display,
    };

    internal static JsonObject Concept(string system, string code, string? display = null) =>
        new() { ["coding"] = new JsonArray(Coding(system, code, display)) };

    internal static JsonObject OidIdentifier(string oid, string? use = null)
    {
        var identifier = new JsonObject();
        if (use is not null)
        {
            identifier["use"] = use;
        }

        identifier["system"] = "urn:ietf:rfc:3986";
        identifier["value"] = "urn:oid:" + oid;
        return identifier;
    }

    internal static JsonObject Period(DateTimeOffset start, DateTimeOffset? end, TimeZoneInfo zone)
    {
        var period = new JsonObject { ["start"] = Time(start, zone) };
        if (end is { } e)
        {
            period["end"] = Time(e, zone);
        }

        return period;
    }

    /// <summary>An instant as local wall time with its offset, to the second.</summary>
    internal static string Time(DateTimeOffset instant, TimeZoneInfo zone) =>
        TimeZoneInfo.ConvertTime(instant, zone).ToString("yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture);

    /// <summary>A generated narrative: one paragraph a line, everything escaped.</summary>
    internal static JsonObject Narrative(IEnumerable<string> lines)
    {
        var paragraphs = lines.Where(l => !string.IsNullOrWhiteSpace(l)).Select(l => $"<p>{WebUtility.HtmlEncode(Clean(l))}</p>").ToList();
        var inner = paragraphs.Count == 0 ? "<p>–</p>" : string.Concat(paragraphs);
        return new JsonObject { ["status"] = "generated", ["div"] = $"<div xmlns=\"http://www.w3.org/1999/xhtml\">{inner}</div>" };
    }

    private static string Clean(string line) => new([.. line.Trim().Where(c => !char.IsControl(c))]);

    private static string Uri(string system) => char.IsAsciiDigit(system[0]) ? "urn:oid:" + system : system;
}
