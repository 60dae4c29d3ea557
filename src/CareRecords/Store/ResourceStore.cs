using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CareRecords.Database;
using CareRecords.Practice;
using CareRecords.Search;
using Fhir.Json;
using Fhir.Model;
using Fhir.Validation;
using Npgsql;

namespace CareRecords.Store;

/// <summary>
/// The resource store. Every call works on the caller's unit of work and never commits: a resource, its former version and its index rows stand or
/// fall with the use case. Callers check rights and write the access log. Safe to share; the unit of work is not.
/// </summary>
public sealed partial class ResourceStore
{
    private const int VersionsPerEpoch = 1_000_000;
    private readonly ResourceRows _rows;
    private readonly ResourceKeys _keys;
    private readonly ServedTypes _types;
    private readonly PracticeDirectory _practice;
    private readonly TimeProvider _clock;
    private readonly ResourceIndexer _indexer;

    internal ResourceStore(
        ResourceRows rows, ResourceKeys keys, ServedTypes types, PracticeDirectory practice, TimeProvider clock, ResourceIndexer indexer) =>
        (_rows, _keys, _types, _practice, _clock, _indexer) = (rows, keys, types, practice, clock, indexer);

    /// <summary>
    /// Stores a new version, after checking form, type and declared profiles. Concurrent writers of one resource wait for each other; with
    /// <see cref="ResourceWrite.ExpectedVersion"/> the later one gets <see cref="WriteOutcome.VersionConflict"/>.
    /// </summary>
    public async Task<WriteResult> WriteAsync(UnitOfWork work, ResourceWrite write, CancellationToken cancel = default)
    {
        if (Check(write, out var resource) is { } fault)
        {
            return fault;
        }

        var patient = write.PatientId ?? _types.PatientOf(resource, write.Id);
        if (write.IsFreshId)
        {
            return await StoreFreshAsync(work, write, resource, patient, cancel);
        }

        var connection = await work.ConnectionAsync(cancel);
        // A known absence saves the look; a loser of the race for the id looks after the winner has committed.
        var current = write.ExpectedVersion == 0 ? null : await _rows.CurrentAsync(connection, work.Transaction, write.Type, write.Id, true, cancel);
        while (true)
        {
            if (Conflict(write, current, patient) is { } conflict)
            {
                return conflict;
            }

            if (await StoreAsync(work, write, resource, current, patient, cancel) is { } stored)
            {
                return stored;
            }

            current = await _rows.CurrentAsync(connection, work.Transaction, write.Type, write.Id, true, cancel);
        }
    }

    /// <summary>Deletes: a new version without content; former versions stay readable.</summary>
    public async Task<WriteResult> DeleteAsync(UnitOfWork work, string type, string id, int? expectedVersion = null, CancellationToken cancel = default)
    {
        var connection = await work.ConnectionAsync(cancel);
        var current = await _rows.CurrentAsync(connection, work.Transaction, type, id, true, cancel);
        if (current is null or { IsDeleted: true })
        {
            return WriteResult.Failed(WriteOutcome.NotThere, [], current?.Version ?? 0, current?.LastUpdated ?? default);
        }

        if (expectedVersion is { } expected && expected != current.Version)
        {
            return WriteResult.Failed(WriteOutcome.VersionConflict, [], current.Version, current.LastUpdated);
        }

        var (version, at) = await NextAsync(current, cancel);
        await using var batch = new NpgsqlBatch(connection, work.Transaction);
        batch.BatchCommands.Add(VersionSql.KeepFormer(current.Key));
        batch.BatchCommands.Add(VersionSql.Delete(current.Key, version, at));
        batch.BatchCommands.Add(IndexRows.Remove(current.Key));
        await batch.PrepareAsync(cancel);
        await batch.ExecuteNonQueryAsync(cancel);
        return new WriteResult(WriteOutcome.Deleted, version, at, ReadOnlyMemory<byte>.Empty, [])
        {
            PatientId = current.PatientId,
            ControllerId = current.ControllerId,
        };
    }

    /// <summary>The current version, a deletion included; null when the id was never used.</summary>
    public async Task<StoredResource?> ReadAsync(UnitOfWork work, string type, string id, CancellationToken cancel = default) =>
        await _rows.CurrentAsync(await work.ConnectionAsync(cancel), work.Transaction, type, id, false, cancel);

    /// <summary>One version, current or former; null when there is none.</summary>
    public async Task<StoredResource?> VersionAsync(UnitOfWork work, string type, string id, int version, CancellationToken cancel = default) =>
        await _rows.VersionAsync(await work.ConnectionAsync(cancel), work.Transaction, type, id, version, cancel);

    /// <summary>The numbers of all versions of some resources, ascending; an id that was never used is left out.</summary>
    public static async Task<IReadOnlyDictionary<string, IReadOnlyList<int>>> VersionNumbersAsync(
        UnitOfWork work, string type, IReadOnlyCollection<string> ids, CancellationToken cancel = default)
    {
        var rows = await work.QueryAsync(
            """
            select id, version from care.resource where type = $1 and id = any($2)
            union all select id, version from care.resource_version where type = $1 and id = any($2)
            order by version
            """,
            r => (Id: r.GetString(0), Version: r.GetInt32(1)), cancel, type, ids.ToArray());
        return rows.GroupBy(r => r.Id).ToDictionary(g => g.Key, IReadOnlyList<int> (g) => [.. g.Select(r => r.Version)]);
    }

    /// <summary>All versions of one resource, newest first.</summary>
    public async Task<IReadOnlyList<StoredResource>> HistoryAsync(UnitOfWork work, string type, string id, CancellationToken cancel = default)
    {
        await using var command = new NpgsqlCommand(
            $"""
            select {ResourceRows.Columns}, r.rid from care.resource r where r.type = $1 and r.id = $2
            union all
            select {ResourceRows.Columns}, 0 from care.resource_version r where r.type = $1 and r.id = $2
            order by version desc
            """,
            await work.ConnectionAsync(cancel), work.Transaction)
        { Parameters = { new() { Value = type }, new() { Value = id } } };
        return await _rows.ManyAsync(command, cancel);
    }

    /// <summary>
    /// Takes elements out of the former versions of a resource: for somebody whose safety weighs more than an unbroken history. The current version is
    /// written by the caller before.
    /// </summary>
    public async Task RedactFormerAsync(UnitOfWork work, string type, string id, IReadOnlyList<string> elements, CancellationToken cancel = default)
    {
        foreach (var former in (await HistoryAsync(work, type, id, cancel)).Where(v => v is { Key: 0, Json: not null }))
        {
            var body = JsonNode.Parse(former.Json)!.AsObject();
            var held = body.Count;
            foreach (var element in elements)
            {
                body.Remove(element);
            }

            if (body.Count == held)
            {
                continue;
            }

            var json = Encoding.UTF8.GetBytes(body.ToJsonString(Plain));
            await work.ExecuteAsync(
                "update care.resource_version set body = $4 where type = $1 and id = $2 and version = $3", cancel, type, id, former.Version,
                await _rows.SealAsync(type, id, former.Version, former.PatientId, json, cancel));
        }
    }

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private WriteResult? Check(ResourceWrite write, out Element resource)
    {
        var read = FhirJson.Read(write.Json.Span);
        resource = read.Root!;
        if (read.Root is null || read.Issues.Count > 0)
        {
            return WriteResult.Failed(WriteOutcome.Invalid, read.Issues);
        }

        if (_types.Find(write.Type) is null)
        {
            return WriteResult.Refused("type-not-served", write.Type, $"The type {write.Type} is not served here.");
        }

        if (resource.TypeName != write.Type)
        {
            return WriteResult.Refused("type-differs", resource.TypeName, $"The resource is a {resource.TypeName}, not a {write.Type}.");
        }

        if (!IdForm().IsMatch(write.Id))
        {
            return WriteResult.Refused("id", $"{write.Type}.id", "An id has 1 to 64 letters A–Z and a–z, digits, '-' and '.'.");
        }

        // Only a resource with errors is read a second time, for lines and columns.
        return FhirValidator.Default.Validate(resource).Any(IsFault)
            ? WriteResult.Failed(WriteOutcome.Invalid, FhirValidator.Default.Validate(write.Json.Span))
            : null;
    }

    // What may change a record's meaning is not stored unread, except by the open policy, under which nobody acts on what is stored.
    private bool IsFault(ValidationIssue issue) => issue.Severity == IssueSeverity.Error && !(issue.Rule == "extension-unknown" && _types.Generic);

    private WriteResult? Conflict(ResourceWrite write, StoredResource? current, string? patient)
    {
        var exists = current is { IsDeleted: false };
        if (write.ExpectedVersion is { } expected && expected != (exists ? current!.Version : 0))
        {
            return WriteResult.Failed(WriteOutcome.VersionConflict, [], current?.Version ?? 0, current?.LastUpdated ?? default);
        }

        return exists && current!.PatientId is { } owner && owner != patient && !_types.Generic
            ? WriteResult.Refused("patient-fixed", write.Type, "A record cannot be moved to another patient: invalidate it and write it anew.")
            : null;
    }

    /// <summary>Nobody else can have the id, so nothing has to be asked: the statements go out with the commit, or before what follows them.</summary>
    private async Task<WriteResult> StoreFreshAsync(UnitOfWork work, ResourceWrite write, Element resource, string? patient, CancellationToken cancel)
    {
        var (row, json, body) = await MakeAsync(work, write, null, patient, cancel);
        var index = _indexer.Index(resource);
        var commands = new List<NpgsqlBatchCommand> { IdentityLocks.ForWrite(write.Type, IdentityLocks.Of(resource), index.Epoch), VersionSql.InsertFresh(row, body) };
        index.AddTo(commands, row.Key);
        work.Defer(commands);
        return Stored(WriteOutcome.Created, row, json);
    }

    /// <summary>Null: another transaction used the id meanwhile, and nothing of this try is left.</summary>
    private async Task<WriteResult?> StoreAsync(
        UnitOfWork work, ResourceWrite write, Element resource, StoredResource? current, string? patient, CancellationToken cancel)
    {
        var (row, json, body) = await MakeAsync(work, write, current, patient, cancel);
        var connection = await work.ConnectionAsync(cancel);
        var index = _indexer.Index(resource);
        var commands = new List<NpgsqlBatchCommand> { IdentityLocks.ForWrite(write.Type, IdentityLocks.Of(resource), index.Epoch) };
        var decisive = current is null ? VersionSql.Insert(row, body) : VersionSql.Update(row, body);
        if (current is not null)
        {
            commands.Add(VersionSql.KeepFormer(current.Key));
        }

        commands.Add(decisive);
        if (current is { IsDeleted: false })
        {
            commands.Add(IndexRows.Remove(row.Key));
        }

        index.AddTo(commands, row.Key);
        await using var batch = new NpgsqlBatch(connection, work.Transaction);
        commands.ForEach(batch.BatchCommands.Add);
        await batch.PrepareAsync(cancel);
        await batch.ExecuteNonQueryAsync(cancel);
        return decisive.RecordsAffected == 0
            ? await RemoveStrayAsync(connection, work.Transaction, row.Key, cancel)
            : Stored(current is { IsDeleted: false } ? WriteOutcome.Updated : WriteOutcome.Created, row, json);
    }

    private async Task<(StoredResource Row, byte[] Json, byte[] Body)> MakeAsync(
        UnitOfWork work, ResourceWrite write, StoredResource? current, string? patient, CancellationToken cancel)
    {
        var (version, at) = await NextAsync(current, cancel);
        var json = ResourceBytes.Stamp(write.Json.Span, write.Type, write.Id, version, at);
        var row = new StoredResource(
            write.Type, write.Id, version, at, write.Method ?? (current is null ? "POST" : "PUT"), patient, write.ControllerId ?? current?.ControllerId,
            write.PatientSeesFrom, null)
        { Key = current?.Key ?? await _keys.NextAsync(work, cancel) };
        return (row, json, await _rows.SealAsync(row.Type, row.Id, version, patient, json, cancel));
    }

    private static WriteResult Stored(WriteOutcome outcome, StoredResource row, byte[] json) => new(outcome, row.Version, row.LastUpdated, json, [])
    {
        PatientId = row.PatientId,
        ControllerId = row.ControllerId,
    };

    private static async Task<WriteResult?> RemoveStrayAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long key, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(connection, transaction) { BatchCommands = { IndexRows.Remove(key) } };
        await batch.ExecuteNonQueryAsync(cancel);
        return null;
    }

    private async ValueTask<(int Version, DateTimeOffset At)> NextAsync(StoredResource? current, CancellationToken cancel)
    {
        // Each restore from backup raises the epoch, so that a version (and with it an ETag) is never given to two contents.
        var epoch = (await _practice.FindAsync(cancel))?.Epoch ?? 1;
        var version = Math.Max(current?.Version ?? 0, (epoch - 1) * VersionsPerEpoch) + 1;
        var now = _clock.GetUtcNow();
        now = new DateTimeOffset(now.Ticks - (now.Ticks % TimeSpan.TicksPerMillisecond), TimeSpan.Zero);
        return (version, current is not null && now <= current.LastUpdated ? current.LastUpdated.AddMilliseconds(1) : now);
    }

    [GeneratedRegex(@"^[A-Za-z0-9\-.]{1,64}\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex IdForm();
}
