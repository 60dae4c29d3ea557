using System.Globalization;
using CareRecords.Rest;
using CareRecords.Search;
using CareRecords.Store;
using Fhir.Definitions;
using Fhir.Json;
using Microsoft.Extensions.DependencyInjection;

namespace CareRecords.Export;

/// <summary>What a bulk export is asked for (https://hl7.org/fhir/uv/bulkdata/export.html#query-parameters), read and judged before anything is begun.</summary>
internal sealed record ExportRequest
{
    private static readonly string[] _formats = ["application/fhir+ndjson", "application/ndjson", "ndjson"];

    internal required IReadOnlyList<string> Types { get; init; }

    /// <summary>Null: the whole system; otherwise only records of patients, of these where the list is not empty.</summary>
    internal IReadOnlyList<string>? Patients { get; init; }

    internal DateTimeOffset? Since { get; init; }

    internal IReadOnlyList<string> Elements { get; init; } = [];

    internal IReadOnlyList<string> Filters { get; init; } = [];

    /// <summary>The request, or why it is refused.</summary>
    /// <param name="patients">As in <see cref="Patients"/>, by the address.</param>
    internal static (ExportRequest? Request, FhirAnswer? Refusal) Read(FhirCall call, IReadOnlyList<string>? patients)
    {
        var (given, fault) = Parameters(call);
        if (given is null)
        {
            return (null, fault);
        }

        var served = call.Services.GetRequiredService<ServedTypes>();
        var exportable = served.All.Where(t => t.Owner != Owner.View && (patients is null || InPatients(t.Name))).Select(t => t.Name).ToList();
        var types = Listed(given, "_type").ToList();
        if (types.FirstOrDefault(t => !exportable.Contains(t)) is { } other)
        {
            return (null, Outcome.Error(400, "not-supported", $"_type: {Shown(other)} is not exported here."));
        }

        if (types.FirstOrDefault(t => !Readable(call.Rights, t)) is { } closed)
        {
            return (null, Outcome.Error(403, "forbidden", $"The token gives no right to read all of {closed}."));
        }

        var since = (DateTimeOffset?)null;
        foreach (var (name, value) in given)
        {
            switch (name)
            {
                case "_type" or "_elements" or "_typeFilter" or "_format" or "_pretty":
                    break;
                case "_since" when Period.Parse(value.Replace(' ', '+')) is { } period:
                    since = period.Low;
                    break;
                case "_outputFormat" when _formats.Contains(value.Replace(' ', '+')):
                    break;
                case "patient" when patients is { Count: 0 }:
                    break;
                default:
                    return (null, Outcome.Error(400, "not-supported", $"{Shown(name)} is not supported in an export, or not with this value."));
            }
        }

        var elements = Listed(given, "_elements").ToList();
        var request = new ExportRequest
        {
            Types = types.Count > 0 ? types : [.. exportable.Where(t => Readable(call.Rights, t))],
            Patients = patients is { Count: 0 } ? [.. given.Where(p => p.Key == "patient").Select(p => p.Value.StartsWith("Patient/", StringComparison.Ordinal) ? p.Value["Patient/".Length..] : p.Value)] : patients,
            Since = since,
            Elements = elements,
            Filters = [.. given.Where(p => p.Key == "_typeFilter").SelectMany(p => p.Value.Split(',', StringSplitOptions.RemoveEmptyEntries))],
        };
        return request.Types.Count == 0 ? (null, Outcome.Error(403, "forbidden", "The token gives no right to read all of any type."))
            : (WrongElement(request) ?? WrongFilter(call, request)) is { } wrong ? (null, wrong) : (request, null);
    }

    /// <summary>Whether records of the type lie in patients' compartments.</summary>
    internal static bool InPatients(string type) => type == "Patient" || Fhir.Search.Compartments.Parameters("Patient", type).Count > 0;

    internal static bool Readable(AccessRights rights, string type) => rights.May(type, Deeds.Read | Deeds.Search);

    /// <summary>The criteria of a type's filters; a record is exported when it fulfils those of any.</summary>
    /// <exception cref="SearchException">A filter cannot be read.</exception>
    internal static IReadOnlyList<SearchQuery> Queries(IServiceProvider services, IEnumerable<string> filters, string type) =>
    [
        .. filters.Where(f => f.StartsWith(type + "?", StringComparison.Ordinal)).Select(f => SearchType.Parser(services).Parse([type], FhirRequestReader.Parameters(f[type.Length..]))),
    ];

    private static FhirAnswer? WrongElement(ExportRequest request) => request.Elements.FirstOrDefault(e => !IsElement(e, request.Types)) is { } wrong
        ? Outcome.Error(400, "invalid", $"_elements: {Shown(wrong)} is no element of what is exported.") : null;

    private static bool IsElement(string element, IReadOnlyList<string> types)
    {
        var dot = element.IndexOf('.', StringComparison.Ordinal);
        var (within, name) = dot > 0 ? (types.Where(t => t == element[..dot]), element[(dot + 1)..]) : (types, element);
        return within.Any(t => FhirTypes.Find(t)!.Properties.Any(p => p.Name == name || p.JsonNames.Contains(name)));
    }

    private static FhirAnswer? WrongFilter(FhirCall call, ExportRequest request)
    {
        foreach (var filter in request.Filters)
        {
            var type = filter.Split('?')[0];
            if (!request.Types.Contains(type))
            {
                return Outcome.Error(400, "invalid", $"_typeFilter: {Shown(type)} is not among the types that are exported.");
            }

            try
            {
                foreach (var query in Queries(call.Services, [filter], type))
                {
                    if (query.Ignored.Count > 0 || query.Inclusions.Count > 0 || query.Sort.Count > 0 || query.Page is not null || query.Criteria.Count == 0)
                    {
                        return Outcome.Error(400, "invalid", $"_typeFilter has criteria of the type only. {string.Join("; ", query.Ignored)}");
                    }
                }
            }
            catch (SearchException e)
            {
                return Outcome.Error(400, "invalid", $"_typeFilter: {e.Message}");
            }
        }

        return null;
    }

    private static IEnumerable<string> Listed(List<KeyValuePair<string, string>> given, string name) =>
        given.Where(p => p.Key == name).SelectMany(p => p.Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).Distinct();

    /// <summary>Of the address, and of a posted Parameters resource.</summary>
    private static (List<KeyValuePair<string, string>>? Given, FhirAnswer? Refusal) Parameters(FhirCall call)
    {
        var given = call.Query.Where(p => p.Value.Length > 0).ToList();
        if (call.Body.IsEmpty)
        {
            return (given, null);
        }

        var read = FhirJson.Read(call.Body.Span);
        if (read.Root is not { TypeName: "Parameters" } || read.Issues.Count > 0)
        {
            return (null, read.Issues.Count > 0 ? Outcome.Of(400, read.Issues) : Outcome.Error(400, "invalid", "Post a Parameters resource."));
        }

        foreach (var parameter in read.Root.ChildrenNamed("parameter"))
        {
            given.Add(new(parameter.TextAt("name") ?? "", parameter.Child("value")?.Text ?? parameter.TextAt("value.reference") ?? ""));
        }

        return (given, null);
    }

    private static string Shown(string text) => text.Length <= 60 ? text : text[..60];

    internal static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
