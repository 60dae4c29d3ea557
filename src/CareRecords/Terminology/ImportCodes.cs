using CareRecords.Access;
using CareRecords.Database;

namespace CareRecords.Terminology;

/// <summary>What an import changed.</summary>
public sealed record CodeImport(string Oid, string Name, int Codes, int Added, int Changed, int Removed);

/// <summary>
/// Replaces a code set by a file, in one transaction: codes that the file no longer has go, unless the file only brings names of a second language.
/// Documents that were written keep the code and the name they were written with.
/// </summary>
public static class ImportCodes
{
    public sealed record Request
    {
        public required string Oid { get; init; }
        public required string Name { get; init; }

        /// <summary>fi, sv or en: in which language the file's names are. Swedish and English only add names to codes that are there.</summary>
        public required string Language { get; init; }
        public required string Source { get; init; }
        public required IReadOnlyList<CodeLine> Codes { get; init; }
    }

    public static async Task<CodeImport> HandleAsync(UnitOfWork work, CurrentUser user, AccessLog log, Request request, CancellationToken cancel)
    {
        await work.ExecuteAsync(
            """
            insert into care.code_set (oid, name, imported_by, source) values ($1, $2, $3, $4)
            on conflict (oid) do update set name = excluded.name, imported_by = excluded.imported_by, source = excluded.source, imported_at = clock_timestamp()
            """, cancel, request.Oid, request.Name, user.Name, request.Source);
        var (added, changed, removed) = request.Language == "fi" ? await FinnishAsync(work, request, cancel) : (0, await NamesAsync(work, request, cancel), 0);
        await log.RecordAsync(work, new AccessEntry
        {
            Interaction = "update",
            ResourceType = "CodeSystem",
            ResourceId = request.Oid,
            Purpose = "administration",
            Detail = $"imported from {request.Source}",
        }, cancel);
        return new CodeImport(request.Oid, request.Name, request.Codes.Count, added, changed, removed);
    }

    /// <summary>The imported code sets, by OID.</summary>
    public static ValueTask<List<CodeSetFacts>> SetsAsync(UnitOfWork work, CancellationToken cancel) => work.QueryAsync(
        """
        select s.oid, s.name, (select count(*) from care.code c where c.system = s.oid)::int, s.imported_at, s.imported_by, s.source
        from care.code_set s order by s.oid
        """,
        r => new CodeSetFacts(r.GetString(0), r.GetString(1), r.GetInt32(2), r.GetFieldValue<DateTimeOffset>(3), r.GetString(4), r.GetString(5)), cancel);

    /// <summary>The codes of a set, or one of them.</summary>
    public static ValueTask<List<CodeRow>> CodesAsync(UnitOfWork work, string oid, string? code, CancellationToken cancel) => work.QueryAsync(
        CodeTables.Columns + " where system = $1 and ($2::text is null or code = $2) order by code", CodeTables.Read, cancel, oid, Sql.Null(code));

    private const string Imported =
        "with i as (select * from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::date[], $7::date[]) as i (code, name, long_name, parent, valid_from, valid_until))";

    private static object[] Columns(Request request) =>
    [
        request.Oid, request.Codes.Select(code => code.Code).ToArray(), request.Codes.Select(code => code.ShortName).ToArray(),
        request.Codes.Select(code => code.LongName).ToArray(), request.Codes.Select(code => code.Parent).ToArray(),
        request.Codes.Select(code => code.ValidFrom).ToArray(), request.Codes.Select(code => code.ValidUntil).ToArray(),
    ];

    private static async Task<(int Added, int Changed, int Removed)> FinnishAsync(UnitOfWork work, Request request, CancellationToken cancel)
    {
        var columns = Columns(request);
        var removed = await work.ExecuteAsync(Imported + " delete from care.code where system = $1 and code not in (select code from i)", cancel, columns);
        var changed = await work.ExecuteAsync(
            Imported + """
             update care.code c set fi = i.name, long_fi = i.long_name, parent = i.parent, valid_from = i.valid_from, valid_until = i.valid_until
            from i where c.system = $1 and c.code = i.code
              and (c.fi, c.long_fi, c.parent, c.valid_from, c.valid_until) is distinct from (i.name, i.long_name, i.parent, i.valid_from, i.valid_until)
            """, cancel, columns);
        var added = await work.ExecuteAsync(
            Imported + """
             insert into care.code (system, code, fi, long_fi, parent, valid_from, valid_until)
            select $1, code, name, long_name, parent, valid_from, valid_until from i on conflict do nothing
            """, cancel, columns);
        return (added, changed, removed);
    }

    private static async Task<int> NamesAsync(UnitOfWork work, Request request, CancellationToken cancel)
    {
        var column = request.Language == "sv" ? "sv" : "en";
        return await work.ExecuteAsync(
            Imported + $" update care.code c set {column} = i.name from i where c.system = $1 and c.code = i.code and c.{column} is distinct from i.name",
            cancel, Columns(request));
    }
}
