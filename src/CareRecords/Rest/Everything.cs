using System.Globalization;
using CareRecords.Access;
using CareRecords.Search;
using CareRecords.Store;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;

namespace CareRecords.Rest;

/// <summary>
/// $everything of a Patient or an Encounter (https://hl7.org/fhir/R4/patient-operation-everything.html): the record, what refers to it, and the people and
/// places that those refer to, page by page. Served parameters: start, end (Patient), _since, _type,
/// _count; another is named in the outcome, or refused under handling=strict.
/// </summary>
internal static class Everything
{
    internal static async Task<FhirAnswer> HandleAsync(FhirCall asked)
    {
        var (call, refusal) = OperationParameters.InQuery(asked);
        if (refusal is not null)
        {
            return refusal;
        }

        await using var open = await call.ConnectAsync();
        var rows = call.Services.GetRequiredService<ResourceRows>();
        var root = await rows.CurrentAsync(open.Connection, open.Transaction, call.Type, call.Id, false, call.Cancel);
        if (root is null or { IsDeleted: true } || !call.Rights.Sees(root))
        {
            return Outcome.NotFound() with { Accesses = [Writing.Denied(call, Deeds.Read)] };
        }

        string[] served = call.Type == "Patient" ? ["_since", "_type", "_count", "start", "end"] : ["_since", "_type", "_count"];
        var ignored = call.Query.Select(p => p.Key).Where(k => !served.Contains(k) && k is not ("_page" or "_format" or "_pretty")).Distinct(StringComparer.Ordinal).ToList();
        if (ignored.Count > 0 && call.Prefer.Strict)
        {
            return Outcome.Error(400, "not-supported", $"Not parameters of $everything here: {string.Join(", ", ignored)}.");
        }

        var options = call.Services.GetRequiredService<IOptions<FhirOptions>>().Value;
        var since = call.Parameter("_since") is { } from ? Period.Parse(from) : null;
        var count = int.TryParse(call.Parameter("_count"), NumberStyles.None, CultureInfo.InvariantCulture, out var wanted)
            ? Math.Clamp(wanted, 1, options.MaxPageSize) : options.MaxPageSize;
        var (start, end) = (call.Parameter("start") is { } begin ? Period.Parse(begin) : null, call.Parameter("end") is { } until ? Period.Parse(until) : null);
        if ((call.Parameter("_since") is not null && since is null) || (call.Parameter("start") is not null && start is null) || (call.Parameter("end") is not null && end is null)
            || (call.Parameter("_page") is { } page && !long.TryParse(page, NumberStyles.None, CultureInfo.InvariantCulture, out _)))
        {
            return Outcome.Error(400, "invalid", "_since is an instant, start and end are dates, and _page comes from a link of ours.");
        }

        var after = long.Parse(call.Parameter("_page") ?? "-1", CultureInfo.InvariantCulture);
        var found = await RecordsAsync(call, open, rows, (since?.Low, start?.Low, end?.High), after, count + 1);
        var shown = found.Take(count).ToList();
        var around = shown.Count == 0 ? [] : await AroundAsync(call, open, rows, shown);
        using var bundle = new BundleWriter("searchset", null);
        var address = $"{call.BaseUrl}/{call.Type}/{call.Id}/$everything";
        var query = call.Query.Where(p => served.Contains(p.Key)).ToList();
        bundle.Link("self", Links.Address(address, call.Query));
        if (found.Count > count)
        {
            bundle.Link("next", Links.Address(address, query.Append(new("_page", shown[^1].Key.ToString(CultureInfo.InvariantCulture)))));
        }

        List<(StoredResource Resource, string Mode)> entries = [.. shown.Select(r => (r, "match")), .. around.Select(r => (r, "include"))];
        if (after < 0 && Wanted(call, call.Type))
        {
            entries.Insert(0, (root, "match"));
        }

        foreach (var (resource, mode) in entries.Where(e => e.Resource.Json is not null))
        {
            bundle.SearchEntry($"{call.BaseUrl}/{resource.Type}/{resource.Id}", resource.Json!, mode);
        }

        if (ignored.Count > 0)
        {
            bundle.SearchEntry(null, Outcome.Write([.. ignored.Select(i => ("warning", "not-supported", $"Ignored: {i}: not a parameter of $everything here", (string?)null))]), "outcome");
        }

        return new FhirAnswer(200) { Body = bundle.Finish(), Accesses = [Entry(call, root, shown)] };
    }

    private static bool Wanted(FhirCall call, string type) => call.Parameter("_type") is not { } types || types.Split(',').Contains(type);

    private static async Task<List<StoredResource>> RecordsAsync(
        FhirCall call, ReadConnection open, ResourceRows rows, (DateTimeOffset? Since, DateTimeOffset? Start, DateTimeOffset? End) when, long after, int limit)
    {
        await using var command = new NpgsqlCommand { Connection = open.Connection, Transaction = open.Transaction };
        var sql = new SearchSql(command, [], call.Rights, call.BaseUrl, default);
        var types = call.Rights.Types(Deeds.Read).Where(t => Wanted(call, t)).ToArray();
        var belongs = call.Type == "Patient"
            ? $"r.patient_id = {sql.Add(call.Id)} and r.type <> 'Patient'"
            : $"r.rid in (select x.rid from care.index_reference x where x.target_type = {sql.Add(call.Type)} and x.target = {sql.Add(call.Id)})";
        // Care in the period: a date of the record lies in it, or it has none, as https://hl7.org/fhir/R4/patient-operation-everything.html leaves open.
        var start = when.Start is { } from ? $"x.high > {sql.Add(from)}" : "true";
        var end = when.End is { } until ? $"x.low < {sql.Add(until)}" : "true";
        var inTime = when.Start is null && when.End is null ? "true"
            : $"(exists (select from care.index_date x where x.rid = r.rid and {start} and {end}) or not exists (select from care.index_date x where x.rid = r.rid))";
        command.CommandText =
            $"""
            select {ResourceRows.Columns}, r.rid from care.resource r
            where {belongs} and {inTime} and r.type = any({sql.Add(types)}) and r.method <> 'DELETE' and r.rid > {sql.Add(after)}
              and ({(when.Since is { } since ? $"r.last_updated >= {sql.Add(since)}" : "true")}) and {Reach.Sql(call.Rights, "r", command)}
            order by r.rid limit {sql.Add(limit)}
            """;
        return await rows.ManyAsync(command, call.Cancel);
    }

    /// <summary>Practitioners, organisations, places: what is nobody's record but makes the records readable.</summary>
    private static async Task<List<StoredResource>> AroundAsync(FhirCall call, ReadConnection open, ResourceRows rows, List<StoredResource> shown)
    {
        await using var command = new NpgsqlCommand { Connection = open.Connection, Transaction = open.Transaction };
        var sql = new SearchSql(command, [], call.Rights, call.BaseUrl, default);
        var types = call.Services.GetRequiredService<ServedTypes>().All.Where(t => t.Policy == TypePolicy.Directory && call.Rights.May(t.Name, Deeds.Read) && Wanted(call, t.Name))
            .Select(t => t.Name).ToArray();
        command.CommandText =
            $"""
            select distinct on (r.rid) {ResourceRows.Columns}, r.rid from care.index_reference x join care.resource r on r.type = x.target_type and r.id = x.target
            where x.rid = any({sql.Add(shown.Select(r => r.Key).ToArray())}) and r.type = any({sql.Add(types)}) and r.method <> 'DELETE'
              and {Reach.Sql(call.Rights, "r", command)}
            order by r.rid limit 1000
            """;
        return await rows.ManyAsync(command, call.Cancel);
    }

    private static AccessEntry Entry(FhirCall call, StoredResource root, List<StoredResource> shown) => new()
    {
        Interaction = "export",
        ResourceType = call.Type,
        ResourceId = call.Id,
        ControllerId = root.ControllerId,
        Purpose = Purposes.Of(call.Rights),
        PatientIds = [.. shown.Append(root).Select(r => r.PatientId).OfType<string>().Distinct(StringComparer.Ordinal)],
        Detail = "$everything",
    };
}
