using CareRecords.Protection;
using Npgsql;

namespace CareRecords.Store;

/// <summary>Reads stored versions and opens their bodies.</summary>
internal sealed class ResourceRows(FieldCipher cipher)
{
    /// <summary>The columns that <see cref="ManyAsync"/> expects, of a row named `r`, before the key.</summary>
    internal const string Columns = "r.type, r.id, r.version, r.last_updated, r.method, r.patient_id, r.controller_id, r.patient_sees_from, r.body";

    /// <summary>The current version, a deletion included; null when the id was never used.</summary>
    internal Task<StoredResource?> CurrentAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, string type, string id, bool forUpdate, CancellationToken cancel) =>
        OneAsync(
            connection, transaction,
            forUpdate
                ? $"select {Columns}, r.rid from care.resource r where r.type = $1 and r.id = $2 for update"
                : $"select {Columns}, r.rid from care.resource r where r.type = $1 and r.id = $2",
            cancel, type, id);

    /// <summary>One version, current or former; null when there is none.</summary>
    internal Task<StoredResource?> VersionAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, string type, string id, int version, CancellationToken cancel) =>
        OneAsync(
            connection, transaction,
            $"""
            select {Columns}, r.rid from care.resource r where r.type = $1 and r.id = $2 and r.version = $3
            union all
            select {Columns}, 0 from care.resource_version r where r.type = $1 and r.id = $2 and r.version = $3
            """,
            cancel, type, id, version);

    /// <summary>All rows of a query that selects <see cref="Columns"/> and the key.</summary>
    internal async Task<List<StoredResource>> ManyAsync(NpgsqlCommand command, CancellationToken cancel)
    {
        await using var row = await command.ExecuteReaderAsync(cancel);
        return await ManyAsync(row, cancel);
    }

    /// <summary>All rows of a batch's second statement, which selects <see cref="Columns"/> and the key.</summary>
    internal async Task<List<StoredResource>> ManyAsync(NpgsqlBatch batch, CancellationToken cancel)
    {
        await using var row = await batch.ExecuteReaderAsync(cancel);
        await row.NextResultAsync(cancel);
        return await ManyAsync(row, cancel);
    }

    private async Task<List<StoredResource>> ManyAsync(NpgsqlDataReader row, CancellationToken cancel)
    {
        var rows = await SealedAsync(row, cancel);
        // The connection is free for what follows.
        await row.DisposeAsync();
        return await OpenAsync(rows, cancel);
    }

    /// <summary>All rows of one result, as they are stored.</summary>
    internal static async Task<List<SealedResource>> SealedAsync(NpgsqlDataReader row, CancellationToken cancel)
    {
        var rows = new List<SealedResource>();
        while (await row.ReadAsync(cancel))
        {
            rows.Add(Read(row));
        }

        return rows;
    }

    /// <summary>The rows with their bodies.</summary>
    internal async Task<List<StoredResource>> OpenAsync(IReadOnlyList<SealedResource> rows, CancellationToken cancel)
    {
        await cipher.PrepareAsync(rows.Select(r => r.Body), cancel);
        var opened = new List<StoredResource>(rows.Count);
        foreach (var (resource, body) in rows)
        {
            opened.Add(await OpenAsync(resource, body, cancel));
        }

        return opened;
    }

    /// <summary>A body for the row of this version.</summary>
    internal ValueTask<byte[]> SealAsync(string type, string id, int version, string? patientId, ReadOnlySpan<byte> json, CancellationToken cancel) =>
        cipher.EncryptAsync(
            patientId is null ? KeyScope.Practice : KeyScope.Patient(patientId), Place(type, id, version), ResourceBytes.Pack(json), cancel);

    // The same place for the current row and, later, its copy among the former versions: the copy is made by the database.
    private static FieldPlace Place(string type, string id, int version) =>
        new("care.resource.body", string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{type}/{id}/{version}"));

    private async Task<StoredResource?> OneAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, string sql, CancellationToken cancel, params object[] parameters)
    {
        await using var command = new NpgsqlCommand(sql, connection, transaction);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        }

        await command.PrepareAsync(cancel);
        return (await ManyAsync(command, cancel)).FirstOrDefault();
    }

    private static SealedResource Read(NpgsqlDataReader row) => new(
        new StoredResource(
            row.GetString(0), row.GetString(1), row.GetInt32(2), row.GetFieldValue<DateTimeOffset>(3), row.GetString(4),
            row.IsDBNull(5) ? null : row.GetString(5), row.IsDBNull(6) ? null : row.GetGuid(6),
            row.IsDBNull(7) ? null : row.GetFieldValue<DateTimeOffset>(7), null)
        { Key = row.GetInt64(9) },
        row.IsDBNull(8) ? null : row.GetFieldValue<byte[]>(8));

    private async ValueTask<StoredResource> OpenAsync(StoredResource resource, byte[]? body, CancellationToken cancel)
    {
        if (body is null)
        {
            return resource;
        }

        var packed = await cipher.DecryptAsync(Place(resource.Type, resource.Id, resource.Version), body, cancel);
        return packed is null ? resource : resource with { Json = ResourceBytes.Unpack(packed) };
    }
}

/// <summary>A row of the store before its body is opened.</summary>
internal readonly record struct SealedResource(StoredResource Resource, byte[]? Body);
