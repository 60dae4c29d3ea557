using System.Globalization;
using CareRecords.Access;
using CareRecords.Audit;
using CareRecords.Search;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace CareRecords.Rest;

/// <summary>AuditEvent as a read-only view over the access log: read, and search by patient, date, entity and outcome, newest first. Looking is logged too.</summary>
internal static class AuditEventView
{
    /// <summary>The parameters that the view answers.</summary>
    internal static IReadOnlyList<string> Parameters { get; } = ["patient", "date", "entity", "outcome"];

    internal static async Task<FhirAnswer> ReadAsync(FhirCall call)
    {
        if (!call.Rights.May("AuditEvent", Deeds.Read) || call.Rights.PatientId is not null || !long.TryParse(call.Id, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
        {
            return Outcome.NotFound() with { Accesses = [Writing.Denied(call, Deeds.Read)] };
        }

        var found = await call.Services.GetRequiredService<AccessHistory>().SearchAsync(new AccessHistory.Question { Before = id + 1, Limit = 1 }, call.Cancel);
        return found is [var leaf] && leaf.Id == id
            ? new FhirAnswer(200) { Body = AuditEvents.Write(leaf, FhirJsonText.Options), Version = 1, LastModified = new DateTimeOffset(leaf.At) }
            : Outcome.NotFound();
    }

    internal static async Task<FhirAnswer> SearchAsync(FhirCall call)
    {
        if (!call.Rights.May("AuditEvent", Deeds.Search) || call.Rights.PatientId is not null)
        {
            return Outcome.Error(403, "forbidden", "The token gives no right to search this type.") with { Accesses = [Writing.Denied(call, Deeds.Search)] };
        }

        var options = call.Services.GetRequiredService<IOptions<FhirOptions>>().Value;
        var question = new AccessHistory.Question { Limit = Math.Min(options.DefaultPageSize, 500) };
        var ignored = new List<string>();
        foreach (var (name, value) in call.Query)
        {
            if (Narrow(question, name, value) is { } narrower)
            {
                question = narrower;
            }
            else if (name is not ("_format" or "_pretty"))
            {
                ignored.Add(name);
            }
        }

        if (ignored.Count > 0 && call.Prefer.Strict)
        {
            return Outcome.Error(400, "not-supported", $"Not served for AuditEvent, or not in this form: {string.Join(", ", ignored)}.");
        }

        var leaves = await call.Services.GetRequiredService<AccessHistory>().SearchAsync(question with { Limit = question.Limit + 1 }, call.Cancel);
        using var bundle = new BundleWriter("searchset", null);
        var query = call.Query.Where(p => p.Key != "_page" && !ignored.Contains(p.Key)).ToList();
        bundle.Link("self", Links.Address(call.BaseUrl + "/AuditEvent", query));
        if (leaves.Count > question.Limit)
        {
            bundle.Link("next", Links.Address(
                call.BaseUrl + "/AuditEvent", query.Append(new("_page", leaves[question.Limit - 1].Id.ToString(CultureInfo.InvariantCulture)))));
        }

        foreach (var leaf in leaves.Take(question.Limit))
        {
            bundle.SearchEntry($"{call.BaseUrl}/AuditEvent/{leaf.Id.ToString(CultureInfo.InvariantCulture)}", AuditEvents.Write(leaf, FhirJsonText.Options), "match");
        }

        if (ignored.Count > 0)
        {
            bundle.SearchEntry(null, Outcome.Write([.. ignored.Select(i => ("warning", "not-supported", $"Ignored: {i}", (string?)null))]), "outcome");
        }

        return new FhirAnswer(200) { Body = bundle.Finish() };
    }

    /// <summary>Null when the parameter is not served in this form.</summary>
    private static AccessHistory.Question? Narrow(AccessHistory.Question question, string name, string value)
    {
        switch (name)
        {
            case "patient":
                return question with { PatientId = value.StartsWith("Patient/", StringComparison.Ordinal) ? value["Patient/".Length..] : value };
            case "entity" when ReferenceValue.Parse(value) is { Type.Length: > 0 } entity:
                return question with { ResourceType = entity.Type, ResourceId = entity.Target };
            case "outcome" when value == "4":
                return question with { OnlyDenied = true };
            case "date" when SearchValues.Prefixed(value) is var (prefix, text) && Period.Parse(text) is { } period:
                return prefix switch
                {
                    "eq" => question with { From = period.Low.UtcDateTime, Until = period.High.UtcDateTime },
                    "ge" => question with { From = period.Low.UtcDateTime },
                    "gt" or "sa" => question with { From = period.High.UtcDateTime },
                    "lt" or "eb" => question with { Until = period.Low.UtcDateTime },
                    "le" => question with { Until = period.High.UtcDateTime },
                    _ => null,
                };
            case "_count" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var count):
                return question with { Limit = Math.Clamp(count, 1, 499) };
            case "_page" when long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var before):
                return question with { Before = before };
            default:
                return null;
        }
    }
}
