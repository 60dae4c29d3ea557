using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace CareRecords.Rest;

/// <summary>How an answer is written, chosen by _format or the Accept header (https://hl7.org/fhir/R4/http.html#mime-type, #parameters).</summary>
/// <param name="Format">JSON where the client has no wish; null: it wants nothing that this server writes (406).</param>
/// <param name="IsExplicit">The client named a FHIR format, so that a Binary is shown as a resource rather than as its content.</param>
/// <param name="NamesVersion">The client named fhirVersion, so the answer names it too.</param>
internal sealed record Representation(FhirFormat? Format, bool IsPretty, bool IsExplicit, bool NamesVersion)
{
    internal static Representation Json { get; } = new(FhirFormat.Json, false, false, false);

    internal string ContentType =>
        (Format == FhirFormat.Xml ? FhirXmlText.MediaType : FhirJsonText.MediaType) + (NamesVersion ? "; fhirVersion=4.0" : "") + "; charset=utf-8";

    internal static Representation Of(StringValues accept, IReadOnlyList<KeyValuePair<string, string>> query)
    {
        var pretty = query.LastOrDefault(p => p.Key == "_pretty").Value == "true";
        // _format stands above the header: a client that sets it can often not set headers.
        if (query.LastOrDefault(p => p.Key == "_format").Value is { Length: > 0 } asked)
        {
            // A '+' that was not escaped arrives as a space.
            var format = FhirMediaTypes.Named(asked.Replace("fhir ", "fhir+", StringComparison.Ordinal), out var versioned);
            return new Representation(format, pretty, true, versioned);
        }

        return accept.Count == 0 || !MediaTypeHeaderValue.TryParseList(accept, out var wanted) || wanted.Count == 0
            ? new Representation(FhirFormat.Json, pretty, false, false)
            : Best(wanted) with { IsPretty = pretty };
    }

    /// <summary>The acceptable format of the highest quality; of equals the one named first.</summary>
    private static Representation Best(IList<MediaTypeHeaderValue> wanted)
    {
        var best = new Representation(null, false, false, false);
        var quality = 0.0;
        foreach (var type in wanted)
        {
            var here = type.Quality ?? 1;
            if (here > quality && FhirMediaTypes.Accepted(type) is { } format)
            {
                best = new Representation(format, false, !type.MatchesAllTypes && !type.MatchesAllSubTypes, FhirMediaTypes.Version(type) is not null);
                quality = here;
            }
        }

        return best;
    }
}

/// <summary>The two formats of FHIR that are read and written.</summary>
internal enum FhirFormat
{
    Json,
    Xml,
}
