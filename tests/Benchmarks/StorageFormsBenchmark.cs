using System.Diagnostics;
using System.Globalization;
using Benchmarks.Store;
using Booking.Host.Database;
using CareRecords.Search;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Benchmarks;

/// <summary>The same index values in other forms of storing: one table for every kind of value, and one JSONB document a resource under GIN.</summary>
internal sealed class StorageFormsBenchmark : IBenchmark
{
    private const string Narrow = "narrow tables by kind";
    private const string Single = "one table for all kinds";
    private const string Document = "jsonb under gin";

    public string Name => "fhir-storage-forms";

    public string Help => "The store's index values at a million resources (--quick: 100,000) copied into two other forms in the same cluster: medians of hand-written SQL for the "
        + "same questions and of writing one Observation's values, and sizes. Each figure holds the narrow tables against the better of the other two; the whole table goes to standard error.";

    private static (string Form, string Build)[] Others { get; } =
    [
        (Single,
            """
            create table alt.value as
              select param, code, system, null::text as text, null::timestamptz as low, null::timestamptz as high, rid from care.index_token
              union all select param, exact, null, value, null, null, rid from care.index_text
              union all select param, null, null, null, low, high, rid from care.index_date
              union all select param, null, null, target, null, null, rid from care.index_reference;
            create index on alt.value (param, code, rid) include (system) where code is not null;
            create index on alt.value (param, text collate "C", rid) where text is not null;
            create index on alt.value (param, low, rid) include (high) where low is not null;
            create index on alt.value (param, high, rid) where high is not null;
            create index on alt.value (rid, param);
            vacuum analyze alt.value;
            """),
        (Document,
            """
            create table alt.document as
              select r.rid, r.type,
                jsonb_build_object(
                  't', (select jsonb_agg(x.param || ':' || x.code) from care.index_token x where x.rid = r.rid),
                  's', (select jsonb_agg(x.param || ':' || x.value) from care.index_text x where x.rid = r.rid),
                  'd', (select jsonb_object_agg(x.param, x.low) from care.index_date x where x.rid = r.rid),
                  'r', (select jsonb_agg(x.param || ':' || x.target) from care.index_reference x where x.rid = r.rid)) as doc
              from care.resource r;
            create unique index on alt.document (rid);
            create index on alt.document using gin (doc jsonb_path_ops);
            vacuum analyze alt.document;
            """),
    ];

    public IEnumerable<Figure> Run(bool quick) => RunAsync(quick).GetAwaiter().GetResult();

    private static async Task<List<Figure>> RunAsync(bool quick)
    {
        var store = await BenchStore.OpenAsync(quick);
        await using var practice = await OpenPractice.OpenAsync(HostSettings.Load(store.Folder, BenchStore.Settings), migrate: true, CancellationToken.None);
        var hash = practice.Services.GetRequiredService<SearchKeys>().Current;
        await using var owner = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(practice.Access.Owner!)
        { Options = "-c jit=off -c random_page_cost=1.1 -c maintenance_work_mem=512MB -c work_mem=64MB", CommandTimeout = 0 });
        await using var connection = await owner.OpenConnectionAsync();
        var table = new Dictionary<(string Row, string Form), double>();
        try
        {
            await ExecuteAsync(connection, "drop schema if exists alt cascade");
            await ExecuteAsync(connection, "create schema alt");
            foreach (var (form, build) in Others)
            {
                var begun = Stopwatch.GetTimestamp();
                foreach (var statement in build.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
                {
                    await ExecuteAsync(connection, statement);
                }

                await Console.Error.WriteLineAsync($"  {form} made in {Stopwatch.GetElapsedTime(begun).TotalSeconds:0} s");
            }

            foreach (var (form, sql, values) in Questions(hash))
            {
                table[form] = await MedianAsync(connection, sql, values, store.Patients, TimeSpan.FromSeconds(quick ? 1 : 3));
            }

            foreach (var (form, relations) in ((string, string)[])[
                (Narrow, "'care.index_token', 'care.index_text', 'care.index_date', 'care.index_reference'"), (Single, "'alt.value'"), (Document, "'alt.document'")])
            {
                table[("MB", form)] = (double)(await ScalarAsync(connection, $"select sum(pg_total_relation_size(r::regclass))::float8 / 1048576 from unnest(array[{relations}]) r"))!;
            }

            foreach (var (form, sql) in Writes())
            {
                table[("write, ms", form)] = await MedianAsync(connection, sql, n => [store.Patients + (long)(n % 1000), -(long)n - 1], store.Patients, TimeSpan.FromSeconds(quick ? 1 : 3));
            }
        }
        finally
        {
            await ExecuteAsync(connection, "drop schema if exists alt cascade");
            foreach (var narrow in IndexRows.Tables)
            {
                await ExecuteAsync(connection, $"delete from care.{narrow} where rid < 0");
            }
        }

        await PrintAsync(table);
        return [.. table.Keys.Select(k => k.Row).Distinct().Select(row => new Figure(
            $"storage-{row.Replace(", ms", "", StringComparison.Ordinal).Replace("MB", "size", StringComparison.Ordinal)}", table[(row, Narrow)], row == "MB" ? "MB" : "ms",
            Math.Min(table[(row, Single)], table.GetValueOrDefault((row, Document), double.MaxValue)), row == "MB" ? "MB" : "ms"))];
    }

    private static IEnumerable<((string Row, string Form) Cell, string Sql, Func<int, object[]> Values)> Questions(SearchHash hash)
    {
        int identifier = SearchTable.Key("Patient.identifier"), subject = SearchTable.Key("Observation.subject"), code = SearchTable.Key("Observation.code"), date = SearchTable.Key("Observation.date");
        object[] ByIdentifier(int n) => [identifier, hash.Token(identifier, SyntheticPractice.IdentityCode(n))];
        object[] BySubject(int n) => [subject, SyntheticPractice.PatientId(n), code, hash.Token(code, SyntheticPractice.Code(n % 8))];
        object[] ByCode(int n) => [code, hash.Token(code, SyntheticPractice.Code(n % 8))];
        object[] ByDay(int n) => [date, Day(n), Day(n).AddDays(1)];
        const string byIdentifier = "select f.rid, r.body from (select distinct rid from {0} where param = $1 and code = $2) f join care.resource r using (rid) order by f.rid limit 51";
        // `offset 0`, as the application writes it: joined, the planner may walk through everybody's records of the code instead.
        const string bySubject = "select s.rid, r.body from {0} s join care.resource r on r.rid = s.rid where s.param = $1 and s.{2} = $2 "
            + "and exists (select from {1} c where c.rid = s.rid and c.param = $3 and c.code = $4 offset 0) order by s.rid limit 51";
        const string byCode = "select f.rid, r.body from (select rid from {0} where param = $1 and code = $2 order by rid limit 21) f join care.resource r using (rid) order by f.rid";
        const string byDay = "select f.rid, r.body from (select rid from {0} where param = $1 and low >= $2 and low < $3 and high <= $3 order by rid limit 21) f join care.resource r using (rid) order by f.rid";
        foreach (var (form, token, reference, target, dates) in ((string, string, string, string, string)[])[
            (Narrow, "care.index_token", "care.index_reference", "target", "care.index_date"), (Single, "alt.value", "alt.value", "text", "alt.value")])
        {
            yield return (("identifier, ms", form), string.Format(CultureInfo.InvariantCulture, byIdentifier, token), ByIdentifier);
            yield return (("subject-code, ms", form), string.Format(CultureInfo.InvariantCulture, bySubject, reference, token, target), BySubject);
            yield return (("code, ms", form), string.Format(CultureInfo.InvariantCulture, byCode, token), ByCode);
            yield return (("date, ms", form), string.Format(CultureInfo.InvariantCulture, byDay, dates), ByDay);
        }

        // GIN knows no order and no ranges: a page of a common code is all of its records sorted, and a day has no index.
        const string contained = "select d.rid, r.body from alt.document d join care.resource r using (rid) where d.doc @> {0} order by d.rid limit 21";
        yield return (("identifier, ms", Document), string.Format(CultureInfo.InvariantCulture, contained, "jsonb_build_object('t', jsonb_build_array($1::int || ':' || $2::uuid))"), ByIdentifier);
        yield return (("subject-code, ms", Document), string.Format(CultureInfo.InvariantCulture, contained,
            "jsonb_build_object('r', jsonb_build_array($1::int || ':' || $2::text), 't', jsonb_build_array($3::int || ':' || $4::uuid))"), BySubject);
        yield return (("code, ms", Document), string.Format(CultureInfo.InvariantCulture, contained, "jsonb_build_object('t', jsonb_build_array($1::int || ':' || $2::uuid))"), ByCode);
    }

    /// <summary>The values of one Observation: five tokens, two texts, a date, four references.</summary>
    private static IEnumerable<(string Form, string Sql)> Writes()
    {
        const string tokens = "select n, md5(($1::bigint * 31 + n)::text)::uuid, md5(n::text)::uuid, $2 from generate_series(1, 5) n";
        const string texts = "select n, 'word' || $1::bigint, md5(n::text)::uuid, $2 from generate_series(1, 2) n";
        const string dates = "select 1, timestamptz '2026-01-01' + $1::bigint * interval '1 hour', timestamptz '2026-01-01' + $1::bigint * interval '1 hour', $2";
        const string references = "select n, 'p' || $1::bigint, 'Patient', $2 from generate_series(1, 4) n";
        yield return (Narrow, $"with a as (insert into care.index_token (param, code, system, rid) {tokens}), b as (insert into care.index_text (param, value, exact, rid) {texts}), "
            + $"c as (insert into care.index_date (param, low, high, rid) {dates}) insert into care.index_reference (param, target, target_type, rid) {references}");
        yield return (Single, $"insert into alt.value (param, code, system, text, low, high, rid) select p, c, s, null::text, null::timestamptz, null::timestamptz, r from ({tokens}) t(p, c, s, r) "
            + $"union all select p, e, null, v, null, null, r from ({texts}) t(p, v, e, r) union all select p, null::uuid, null::uuid, null, l, h, r from ({dates}) t(p, l, h, r) "
            + $"union all select p, null::uuid, null::uuid, g, null, null, r from ({references}) t(p, g, y, r)");
        yield return (Document, "insert into alt.document (rid, type, doc) select $2, 'Observation', jsonb_build_object("
            + $"'t', (select jsonb_agg(p || ':' || c) from ({tokens}) t(p, c, s, r)), 's', (select jsonb_agg(p || ':' || v) from ({texts}) t(p, v, e, r)), "
            + $"'d', (select jsonb_object_agg(p, l) from ({dates}) t(p, l, h, r)), 'r', (select jsonb_agg(p || ':' || g) from ({references}) t(p, g, y, r)))");
    }

    private static async Task<double> MedianAsync(NpgsqlConnection connection, string sql, Func<int, object[]> values, int patients, TimeSpan measured)
    {
        var times = new List<double>();
        var begun = Stopwatch.GetTimestamp();
        for (var n = 1; Stopwatch.GetElapsedTime(begun) < measured || times.Count < 5; n++)
        {
            await using var command = new NpgsqlCommand(sql, connection);
            foreach (var value in values((int)(n * 7919L % patients)))
            {
                command.Parameters.Add(new NpgsqlParameter { Value = value });
            }

            await command.PrepareAsync();
            var started = Stopwatch.GetTimestamp();
            await using (var row = await command.ExecuteReaderAsync())
            {
                while (await row.ReadAsync())
                {
                    _ = row.GetInt64(0);
                }
            }

            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        return times.Order().ElementAt(times.Count / 2);
    }

    private static async Task PrintAsync(Dictionary<(string Row, string Form), double> table)
    {
        string[] forms = [Narrow, Single, Document];
        await Console.Error.WriteLineAsync($"  {"",-18}{string.Concat(forms.Select(f => f.PadLeft(26)))}");
        foreach (var row in table.Keys.Select(k => k.Row).Distinct())
        {
            await Console.Error.WriteLineAsync($"  {row,-18}{string.Concat(forms.Select(f => (table.TryGetValue((row, f), out var v) ? v.ToString("0.00", CultureInfo.InvariantCulture) : "–").PadLeft(26)))}");
        }
    }

    private static DateTimeOffset Day(int n) => new(SyntheticPractice.VisitDay(n).ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<object?> ScalarAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
