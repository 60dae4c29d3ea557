using System.Buffers;
using System.Globalization;
using System.Text.Json;
using CareRecords.Access;
using CareRecords.Protection;
using CareRecords.Rest;
using CareRecords.Store;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace CareRecords.Export;

/// <summary>
/// How far an export is, its manifest, its files and its end (https://hl7.org/fhir/uv/bulkdata/export.html#bulk-data-status-request): for the token that asked for it; for any other there is none.
/// Fetching a file is the disclosure that the access log records, with every patient in it.
/// </summary>
internal static class ExportStatus
{
    internal const string FileType = "application/fhir+ndjson";

    internal static async Task<FhirAnswer> HandleAsync(FhirCall call)
    {
        await using var connection = await OpenAsync(call);
        await using var command = Command(
            connection, call,
            "select state, records, fault, transaction_time, request, expires_at, types[type_index + 1] from care.export_job where id = $1 and token_id = $2 and expires_at > now()");
        if (command is null)
        {
            return Outcome.NotFound();
        }

        await using var row = await command.ExecuteReaderAsync(call.Cancel);
        if (!await row.ReadAsync(call.Cancel))
        {
            return Outcome.NotFound();
        }

        var (state, records) = (row.GetString(0), row.GetInt64(1));
        if (state == "failed")
        {
            return Outcome.Error(500, "exception", row.GetString(2));
        }

        if (state == "waiting")
        {
            var at = row.IsDBNull(6) ? "" : $", now {row.GetString(6)}";
            return new FhirAnswer(202) { Headers = [("X-Progress", $"{records.ToString(CultureInfo.InvariantCulture)} records{at}"), ("Retry-After", "2")] };
        }

        var (time, request, expires) = (row.GetFieldValue<DateTimeOffset>(3), row.GetString(4), row.GetFieldValue<DateTimeOffset>(5));
        await row.CloseAsync();
        return new FhirAnswer(200)
        {
            Body = await ManifestAsync(call, connection, time, request),
            ContentType = "application/json",
            Headers = [("Expires", expires.ToString("R", CultureInfo.InvariantCulture))],
        };
    }

    internal static async Task<FhirAnswer> FileAsync(FhirCall call)
    {
        await using var connection = await OpenAsync(call);
        await using var command = Command(
            connection, call,
            "select f.content, f.patients, f.type from care.export_job j join care.export_file f on f.job_id = j.id where j.id = $1 and j.token_id = $2 and j.state = 'done' and j.expires_at > now() and f.number = $3");
        if (command is null || !int.TryParse(call.VersionId, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return Outcome.NotFound();
        }

        command.Parameters.Add(new NpgsqlParameter { Value = number });
        byte[] content;
        string[] patients;
        string type;
        await using (var row = await command.ExecuteReaderAsync(call.Cancel))
        {
            if (!await row.ReadAsync(call.Cancel))
            {
                return Outcome.NotFound();
            }

            (content, patients, type) = (row.GetFieldValue<byte[]>(0), row.GetFieldValue<string[]>(1), row.GetString(2));
        }

        // Rights that were taken away since then are gone for what was written before, too.
        if (!ExportRequest.Readable(call.Rights, type))
        {
            return Outcome.NotFound() with { Accesses = [Entry(call, type, [], 4)] };
        }

        return await call.Services.GetRequiredService<FieldCipher>().DecryptAsync(Place(call.Id, number), content, call.Cancel) is { } packed
            ? new FhirAnswer(200) { Body = ResourceBytes.Unpack(packed), ContentType = FileType, Accesses = [Entry(call, type, patients, 0)] }
            : Outcome.NotFound();
    }

    internal static async Task<FhirAnswer> DeleteAsync(FhirCall call)
    {
        await using var connection = await OpenAsync(call);
        await using var command = Command(connection, call, "delete from care.export_job where id = $1 and token_id = $2 and expires_at > now()");
        return command is not null && await command.ExecuteNonQueryAsync(call.Cancel) == 1 ? new FhirAnswer(202) : Outcome.NotFound();
    }

    /// <summary>Where a file's content is encrypted.</summary>
    internal static FieldPlace Place(string job, int number) => new("care.export_file.content", $"{job}/{ExportRequest.Number(number)}");

    private static ValueTask<NpgsqlConnection> OpenAsync(FhirCall call) => call.Services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync(call.Cancel);

    /// <summary>Null where the id cannot be one.</summary>
    private static NpgsqlCommand? Command(NpgsqlConnection connection, FhirCall call, string sql) => Guid.TryParse(call.Id, out var id)
        ? new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = id }, new() { Value = call.Rights.TokenId } } } : null;

    private static async Task<byte[]> ManifestAsync(FhirCall call, NpgsqlConnection connection, DateTimeOffset time, string request)
    {
        await using var command = Command(connection, call, "select f.number, f.type, f.records from care.export_file f join care.export_job j on j.id = f.job_id where f.job_id = $1 and j.token_id = $2 order by f.number")!;
        var buffer = new ArrayBufferWriter<byte>();
        await using var json = new Utf8JsonWriter(buffer, FhirJsonText.Options);
        json.WriteStartObject();
        json.WriteString("transactionTime", ResourceBytes.Instant(time));
        json.WriteString("request", request);
        json.WriteBoolean("requiresAccessToken", true);
        json.WriteStartArray("output");
        await using (var row = await command.ExecuteReaderAsync(call.Cancel))
        {
            while (await row.ReadAsync(call.Cancel))
            {
                json.WriteStartObject();
                json.WriteString("type", row.GetString(1));
                json.WriteString("url", $"{call.BaseUrl}/$export/{call.Id}/{ExportRequest.Number(row.GetInt32(0))}");
                json.WriteNumber("count", row.GetInt32(2));
                json.WriteEndObject();
            }
        }

        json.WriteEndArray();
        json.WriteStartArray("error");
        json.WriteEndArray();
        json.WriteEndObject();
        await json.FlushAsync(call.Cancel);
        return buffer.WrittenSpan.ToArray();
    }

    private static AccessEntry Entry(FhirCall call, string type, IReadOnlyList<string> patients, short outcome) => new()
    {
        Interaction = "export",
        ResourceType = type,
        PatientIds = patients,
        Purpose = Purposes.Of(call.Rights),
        Outcome = outcome,
        Detail = "$export",
    };
}
