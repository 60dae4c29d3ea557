using System.Globalization;
using System.Text;
using CareRecords.Access;
using CareRecords.Search;
using CareRecords.Store;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace CareRecords.Rest;

/// <summary>history of an instance, a type or the system, newest first, with _count, _since, _at and pages (https://hl7.org/fhir/R4/http.html#history).</summary>
internal static class History
{
    internal static async Task<FhirAnswer> HandleAsync(FhirCall call)
    {
        if (call.Services.GetRequiredService<ServedTypes>().Find(call.Type) is { Owner: Owner.View, IsDefinition: true })
        {
            return DefinitionRead.History(call);
        }

        var types = call.Type.Length > 0 ? call.Rights.May(call.Type, Deeds.Read) ? [call.Type] : [] : call.Rights.Types(Deeds.Read);
        if (types.Length == 0 && call.Id.Length == 0)
        {
            return Outcome.Error(403, "forbidden", "The token gives no right to read this type.") with { Accesses = [Entry(call, [], 4)] };
        }

        if (Question.Read(call) is not { } question)
        {
            return Outcome.Error(400, "invalid", "_count is a number, _since an instant and _at a date, dateTime or instant; _page comes from a link of ours.");
        }

        var (versions, total) = await QueryAsync(call, types, question);
        if (call.Id.Length > 0 && versions.Count == 0 && question.IsPlain)
        {
            return Outcome.NotFound() with { Accesses = [Entry(call, [], 4)] };
        }

        var isBefore = question.Cursor is { IsBefore: true };
        var page = versions.Take(question.Count).ToList();
        if (isBefore)
        {
            page.Reverse();
        }

        using var bundle = new BundleWriter("history", total);
        var query = call.Query.Where(p => p.Key != "_page").ToList();
        bundle.Link("self", Address(call, query, question.Cursor));
        bundle.Link("first", Address(call, query, null));
        if (page.Count > 0 && (isBefore ? versions.Count > question.Count : question.Cursor is not null))
        {
            bundle.Link("previous", Address(call, query, Cursor.At(page[0], isBefore: true)));
        }

        if (page.Count > 0 && (isBefore || versions.Count > question.Count))
        {
            bundle.Link("next", Address(call, query, Cursor.At(page[^1], isBefore: false)));
        }

        foreach (var version in page)
        {
            bundle.HistoryEntry(call.BaseUrl, version);
        }

        return new FhirAnswer(200) { Body = bundle.Finish(), Accesses = [Entry(call, page, 0)] };
    }

    /// <summary>One version more than the page has, from its near end; of an instance also how many there are in all.</summary>
    private static async Task<(List<StoredResource> Versions, long? Total)> QueryAsync(FhirCall call, string[] types, Question question)
    {
        await using var open = await call.ConnectAsync();
        await using var command = new NpgsqlCommand { Connection = open.Connection, Transaction = open.Transaction };
        var where = new StringBuilder("r.type = any($1)");
        Add(command, types);
        if (call.Id.Length > 0)
        {
            where.Append(" and r.id = ").Append(Add(command, call.Id));
        }

        if (question.Since is { } since)
        {
            where.Append(" and r.last_updated >= ").Append(Add(command, since));
        }

        if (question.At is { } at)
        {
            // The versions that were current at some time within the period: begun before its end, and not replaced before its start.
            where.Append(" and r.last_updated < ").Append(Add(command, at.High)).Append(
                " and not exists (select from (select type, id, version, last_updated from care.resource union all select type, id, version, last_updated from care.resource_version) n"
                + " where n.type = r.type and n.id = r.id and n.version > r.version and n.last_updated <= ").Append(Add(command, at.Low)).Append(')');
        }

        // A former version is judged by what the record is now, as in vread.
        var reach = Reach.Sql(call.Rights, "c", command);
        var ofCurrent = reach.Replace("c.", "r.", StringComparison.Ordinal);
        const string former = "care.resource_version r join care.resource c on c.type = r.type and c.id = r.id";
        long? total = null;
        if (call.Id.Length > 0)
        {
            command.CommandText = $"select (select count(*) from care.resource r where {where} and {ofCurrent}) + (select count(*) from {former} where {where} and {reach})";
            total = (long)(await command.ExecuteScalarAsync(call.Cancel))!;
        }

        if (question.Cursor is { } cursor)
        {
            where.Append(" and (r.last_updated, r.id, r.version) ").Append(cursor.IsBefore ? '>' : '<').Append(" (").Append(Add(command, cursor.LastUpdated)).Append(", ")
                .Append(Add(command, cursor.Id)).Append(", ").Append(Add(command, cursor.Version)).Append(')');
        }

        var order = string.Format(CultureInfo.InvariantCulture, " order by r.last_updated {0}, r.id {0}, r.version {0} limit ", question.Cursor is { IsBefore: true } ? "asc" : "desc");
        var limit = Add(command, question.Count + 1);
        command.CommandText =
            $"""
            select * from (
              (select {ResourceRows.Columns}, r.rid from care.resource r where {where} and {ofCurrent}{order}{limit})
              union all
              (select {ResourceRows.Columns}, 0::bigint as rid from {former} where {where} and {reach}{order}{limit})
            ) r{order}{limit}
            """;
        return (await call.Services.GetRequiredService<ResourceRows>().ManyAsync(command, call.Cancel), total);
    }

    private static string Add(NpgsqlCommand command, object value)
    {
        command.Parameters.Add(value is DateTimeOffset at
            ? new NpgsqlParameter { Value = at.ToUniversalTime(), NpgsqlDbType = NpgsqlDbType.TimestampTz }
            : new NpgsqlParameter { Value = value });
        return "$" + command.Parameters.Count.ToString(CultureInfo.InvariantCulture);
    }

    private static string Address(FhirCall call, IEnumerable<KeyValuePair<string, string>> query, Cursor? cursor)
    {
        var path = call.Id.Length > 0 ? $"/{call.Type}/{call.Id}/_history" : call.Type.Length > 0 ? $"/{call.Type}/_history" : "/_history";
        return Links.Address(call.BaseUrl + path, cursor is null ? query : query.Append(new("_page", cursor.Text)));
    }

    private static AccessEntry Entry(FhirCall call, List<StoredResource> shown, short outcome) => new()
    {
        Interaction = "read",
        ResourceType = call.Type.Length > 0 ? call.Type : "Resource",
        ResourceId = call.Id.Length > 0 ? call.Id : null,
        PatientIds = [.. shown.Select(r => r.PatientId).OfType<string>().Distinct()],
        ControllerId = shown.Select(r => r.ControllerId).Distinct().Count() == 1 ? shown[0].ControllerId : null,
        Purpose = Purposes.Of(call.Rights),
        Outcome = outcome,
        Detail = "history",
    };

    /// <param name="IsBefore">The page ends before this version, rather than beginning after it.</param>
    private sealed record Cursor(DateTimeOffset LastUpdated, string Id, int Version, bool IsBefore)
    {
        private const string Before = "before_";

        internal string Text => string.Create(CultureInfo.InvariantCulture, $"{(IsBefore ? Before : "")}{LastUpdated.UtcTicks}_{Version}_{Id}");

        internal static Cursor At(StoredResource version, bool isBefore) => new(version.LastUpdated, version.Id, version.Version, isBefore);

        internal static Cursor? Parse(string text) =>
            (text.StartsWith(Before, StringComparison.Ordinal) ? text[Before.Length..] : text).Split('_', 3) is [var ticks, var version, var id]
            && long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out var at) && at <= DateTime.MaxValue.Ticks
            && int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? new Cursor(new DateTimeOffset(at, TimeSpan.Zero), id, number, text.StartsWith(Before, StringComparison.Ordinal)) : null;
    }

    private sealed record Question(int Count, DateTimeOffset? Since, Period? At, Cursor? Cursor)
    {
        internal bool IsPlain => Since is null && At is null && Cursor is null;

        internal static Question? Read(FhirCall call)
        {
            var options = call.Services.GetRequiredService<IOptions<FhirOptions>>().Value;
            var count = options.DefaultPageSize;
            if (call.Parameter("_count") is { } wanted
                && !int.TryParse(wanted, NumberStyles.None, CultureInfo.InvariantCulture, out count))
            {
                return null;
            }

            var since = call.Parameter("_since") is { } from ? Period.Parse(from) : null;
            var at = call.Parameter("_at") is { } when ? Period.Parse(when) : null;
            var cursor = call.Parameter("_page") is { } page ? Cursor.Parse(page) : null;
            return (call.Parameter("_since") is not null && since is null) || (call.Parameter("_at") is not null && at is null)
                || (call.Parameter("_page") is not null && cursor is null)
                ? null
                : new Question(Math.Clamp(count, 0, options.MaxPageSize), since?.Low, at, cursor);
        }
    }
}
