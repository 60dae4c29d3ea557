using System.Text.Json;
using CareRecords.Database;
using CareRecords.Treatments;
using Npgsql;

namespace CareRecords.Terminology;

/// <summary>An imported code with its names and its validity, both ends included.</summary>
public sealed record CodeRow(string System, string Code, string Fi, string? LongFi, string? Sv, string? En, string? Parent, DateOnly? From, DateOnly? Until)
{
    public bool IsValidOn(DateOnly day) => (From is null || From <= day) && (Until is null || day <= Until);
}

/// <summary>An imported code set.</summary>
public sealed record CodeSetFacts(string Oid, string Name, int Codes, DateTimeOffset ImportedAt, string ImportedBy, string Source);

/// <summary>
/// The imported code sets and note templates, kept in memory and read again when another import has been made, here or by another process. Where a set
/// has been imported, the templates take their codes from it; where none has, the built-in demonstration codes stand in and say so by their names.
/// </summary>
public sealed class CodeTables(NpgsqlDataSource database, TimeProvider clock) : IDisposable
{
    internal const string Columns = "select system, code, fi, long_fi, sv, en, parent, valid_from, valid_until from care.code";

    private static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(10);
    private readonly SemaphoreSlim gate = new(1, 1);
    private CodeSnapshot? tables;
    private long checkedAt;

    /// <summary>The templates with the codes and names that are valid on that day.</summary>
    public async ValueTask<IReadOnlyList<NoteTemplate>> TemplatesAsync(DateOnly on, CancellationToken cancel = default)
    {
        var now = await GetAsync(cancel);
        return [.. (now.Templates.Count > 0 ? now.Templates : NoteTemplates.All).Select(template => ResolveTemplate.On(template, now.Codes, on))];
    }

    /// <summary>Null when there is no template with this id.</summary>
    public async ValueTask<NoteTemplate?> TemplateAsync(string id, DateOnly on, CancellationToken cancel = default) =>
        (await TemplatesAsync(on, cancel)).FirstOrDefault(template => template.Id == id);

    /// <summary>The next question reads again; another process is noticed within seconds anyway.</summary>
    public void Forget() => tables = null;

    public void Dispose() => gate.Dispose();

    /// <summary>What is imported now, at most some seconds old.</summary>
    public async ValueTask<CodeSnapshot> GetAsync(CancellationToken cancel = default)
    {
        if (tables is { } fresh && clock.GetElapsedTime(checkedAt) < FreshFor)
        {
            return fresh;
        }
        await gate.WaitAsync(cancel);
        try
        {
            if (tables is { } known && clock.GetElapsedTime(checkedAt) < FreshFor)
            {
                return known;
            }
            await using var work = new UnitOfWork(database);
            var stamp = await work.ScalarAsync<string>(
                "select concat((select max(imported_at) from care.code_set), (select count(*) from care.code_set), (select max(imported_at) from care.note_template))", cancel);
            if (tables?.Stamp != stamp)
            {
                tables = await ReadAsync(work, stamp!, cancel);
            }
            checkedAt = clock.GetTimestamp();
            return tables!;
        }
        finally
        {
            gate.Release();
        }
    }

    private static async Task<CodeSnapshot> ReadAsync(UnitOfWork work, string stamp, CancellationToken cancel)
    {
        var rows = await work.QueryAsync(Columns, Read, cancel);
        var templates = await work.QueryAsync("select definition::text from care.note_template order by position", r => r.GetString(0), cancel);
        return new CodeSnapshot(
            stamp, rows.GroupBy(row => row.System).ToDictionary(group => group.Key, group => group.ToDictionary(row => row.Code)),
            [.. templates.Select(json => JsonSerializer.Deserialize<NoteTemplate>(json, JsonSerializerOptions.Web)!)]);
    }

    internal static CodeRow Read(NpgsqlDataReader r) =>
        new(r.GetString(0), r.GetString(1), r.GetString(2), Text(r, 3), Text(r, 4), Text(r, 5), Text(r, 6), Day(r, 7), Day(r, 8));

    private static string? Text(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    private static DateOnly? Day(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetFieldValue<DateOnly>(column);

}

/// <summary>All imported codes and templates as they were at one moment.</summary>
public sealed class CodeSnapshot
{
    /// <summary>Nothing imported.</summary>
    public static CodeSnapshot Empty { get; } = new("", [], []);

    private readonly Dictionary<string, Dictionary<string, CodeRow>> systems;

    internal CodeSnapshot(string stamp, Dictionary<string, Dictionary<string, CodeRow>> systems, IReadOnlyList<NoteTemplate> templates) =>
        (Stamp, this.systems, Templates) = (stamp, systems, templates);

    internal string Stamp { get; }

    internal IReadOnlyList<NoteTemplate> Templates { get; }

    /// <summary>The code as it is valid on that day; null when the set was not imported, has no such code, or it is not valid then.</summary>
    public CodeRow? Find(string system, string code, DateOnly on) =>
        systems.GetValueOrDefault(system)?.GetValueOrDefault(code) is { } row && row.IsValidOn(on) ? row : null;

    /// <summary>All codes of a set; null where it was not imported.</summary>
    public IReadOnlyCollection<CodeRow>? Codes(string system) => systems.GetValueOrDefault(system)?.Values;
}
