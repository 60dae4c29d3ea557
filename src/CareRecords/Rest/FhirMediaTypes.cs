using Microsoft.Net.Http.Headers;

namespace CareRecords.Rest;

/// <summary>The media types of FHIR R4 and what clients write for them.</summary>
internal static class FhirMediaTypes
{
    internal const string JsonPatch = "application/json-patch+json";

    internal const string Form = "application/x-www-form-urlencoded";

    /// <summary>All forms in which a patch is taken, for Accept-Patch and the CapabilityStatement.</summary>
    internal static IReadOnlyList<string> Patches { get; } = [JsonPatch, FhirJsonText.MediaType, FhirXmlText.MediaType];

    /// <summary>The format that a value of _format names.</summary>
    internal static FhirFormat? Named(string format, out bool versioned)
    {
        versioned = false;
        switch (format)
        {
            case "json":
                return FhirFormat.Json;
            case "xml":
                return FhirFormat.Xml;
        }

        if (!MediaTypeHeaderValue.TryParse(format, out var type))
        {
            return null;
        }

        versioned = Version(type) is not null;
        return Accepted(type);
    }

    /// <summary>The format that one media type of an Accept header takes.</summary>
    internal static FhirFormat? Accepted(MediaTypeHeaderValue type) => type.MatchesAllTypes ? FhirFormat.Json : Format(type) ?? Any(type);

    /// <summary>The format of a body; null where it is none of FHIR R4 in UTF-8.</summary>
    internal static FhirFormat? Format(MediaTypeHeaderValue type)
    {
        if (Version(type) is not (null or "4.0" or "4.0.1"))
        {
            return null;
        }

        return type.MediaType.Value?.ToLowerInvariant() switch
        {
            "application/fhir+json" or "application/json" or "text/json" => FhirFormat.Json,
            "application/fhir+xml" or "application/xml" or "text/xml" => FhirFormat.Xml,
            _ => null,
        };
    }

    internal static string? Version(MediaTypeHeaderValue type) =>
        type.Parameters.FirstOrDefault(p => p.Name.Equals("fhirVersion", StringComparison.OrdinalIgnoreCase))?.Value.Value?.Trim('"');

    /// <summary>Only UTF-8 and what is part of it; XML may also name its encoding itself.</summary>
    internal static bool IsUtf8(MediaTypeHeaderValue type) =>
        type.Charset.Value?.Trim('"').ToLowerInvariant() is null or "" or "utf-8" or "utf8" or "us-ascii";

    private static FhirFormat? Any(MediaTypeHeaderValue type) => type.MediaType.Value?.ToLowerInvariant() switch
    {
        "application/*" or "application/fhir+*" => FhirFormat.Json,
        "text/*" => FhirFormat.Xml,
        _ => null,
    };
}
