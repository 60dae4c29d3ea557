using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;

namespace CareRecords.Rest;

/// <summary>The methods that a path takes, read from the routes themselves, so that a wrong method is answered with 405 and a true Allow header.</summary>
internal sealed class Allowed(EndpointDataSource endpoints)
{
    private readonly Lazy<List<(Regex Path, IReadOnlyList<string> Methods)>> _routes = new(() => Read(endpoints));

    /// <summary>Methods for a path below the service that begins with a slash; empty where nothing is routed.</summary>
    internal IReadOnlyList<string> Methods(string path) =>
        [.. _routes.Value.Where(r => r.Path.IsMatch(path.Length == 0 ? "/" : path)).SelectMany(r => r.Methods).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>405 where another method would be taken, otherwise 404.</summary>
    internal static FhirAnswer Answer(FhirCall call, Allowed allowed) => allowed.Methods(call.Path) is { Count: > 0 } methods
        ? Outcome.Error(405, "not-supported", "This address does not take this method.") with { Allow = string.Join(", ", methods) }
        : Outcome.Error(404, "not-supported", "There is no such interaction here.");

    private static List<(Regex, IReadOnlyList<string>)> Read(EndpointDataSource endpoints) =>
    [
        .. from endpoint in endpoints.Endpoints.OfType<RouteEndpoint>()
           let pattern = endpoint.RoutePattern.RawText
           where pattern?.StartsWith(FhirEndpoints.Prefix, StringComparison.Ordinal) == true
           from methods in endpoint.Metadata.OfType<HttpMethodMetadata>()
           select (Matcher(pattern[FhirEndpoints.Prefix.Length..]), methods.HttpMethods),
    ];

    /// <summary>A route's pattern as a regular expression: types and ids by their form, other parameters with their regex constraint, the rest word for word.</summary>
    internal static Regex Matcher(string pattern)
    {
        var parts = pattern.Split('/').Select(segment => segment switch
        {
            "{type}" => "(?<type>[A-Z][A-Za-z]*)",
            "{id}" => $"(?<id>{ResourceIds.Pattern})",
            _ when !segment.StartsWith('{') => Regex.Escape(segment),
            _ when segment.IndexOf(":regex(", StringComparison.Ordinal) is > 0 and var at => Constrained(segment[1..at], segment[(at + ":regex(".Length)..^2]),
            _ => $"(?<{segment[1..^1]}>[^/]+)",
        });
        return new Regex($@"^{string.Join('/', parts)}\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));
    }

    private static string Constrained(string name, string regex) =>
        $"(?={regex.TrimStart('^').Replace("$", @"(?=/|\z)", StringComparison.Ordinal)})(?<{name}>[^/]+)";
}

/// <summary>Logical ids (https://hl7.org/fhir/R4/datatypes.html#id).</summary>
internal static partial class ResourceIds
{
    internal const string Pattern = @"[A-Za-z0-9\-.]{1,64}";

    internal static bool AreValid(string id) => Form().IsMatch(id);

    [GeneratedRegex("^" + Pattern + @"\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Form();
}
