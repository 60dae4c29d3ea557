using CareRecords.Access;
using CareRecords.Rest;
using CareRecords.Search;
using CareRecords.Store;
using Fhir.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using NpgsqlTypes;

namespace CareRecords.Export;

/// <summary>
/// $export of the system, of all patients, or of a group's (https://hl7.org/fhir/uv/bulkdata/export.html): begun here, worked at by <see cref="ExportWorker"/>. Only programs with a token that is bound
/// to no patient; each line is filtered by the token's rights as they are when it is written.
/// </summary>
internal static class ExportStart
{
    private const int MostByToken = 2;
    private const int MostAtAll = 20;

    internal static Task<FhirAnswer> OfSystemAsync(FhirCall call) => BeginAsync(call, null);

    internal static Task<FhirAnswer> OfPatientsAsync(FhirCall call) => BeginAsync(call, []);

    internal static async Task<FhirAnswer> OfGroupAsync(FhirCall call)
    {
        var group = await Read.HandleAsync(call with { IfNoneMatch = null, IfModifiedSince = null, Query = [] });
        if (group.Status != 200)
        {
            return group;
        }

        var members = FhirJson.Read(group.Body.Span).Root!.ChildrenNamed("member").Where(m => m.TextAt("inactive") != "true")
            .Select(m => ReferenceValue.Parse(m.TextAt("entity.reference") ?? "")).Where(r => r.Type == "Patient").Select(r => r.Target).ToList();
        return members.Count == 0 ? Outcome.Error(422, "processing", "The group has no patients.") : await BeginAsync(call, members);
    }

    private static async Task<FhirAnswer> BeginAsync(FhirCall call, IReadOnlyList<string>? patients)
    {
        if (call.Rights.PatientId is not null || call.Rights.Role != UserRole.Client)
        {
            return Outcome.Error(403, "forbidden", "Only a program's own token exports in bulk.") with { Accesses = [Entry(call, 4)] };
        }

        if (!call.Prefer.Asynchronous)
        {
            return Outcome.Error(400, "required", "An export is asked for with Prefer: respond-async.");
        }

        var (request, refusal) = ExportRequest.Read(call, patients);
        if (request is null)
        {
            return refusal!.Status == 403 ? refusal with { Accesses = [Entry(call, 4)] } : refusal;
        }

        var id = Guid.CreateVersion7();
        if (!await InsertAsync(call, id, request))
        {
            return Outcome.Error(429, "throttled", "Other exports are under way; fetch and delete them, or try again later.") with { Headers = [("Retry-After", "60")] };
        }

        call.Services.GetRequiredService<ExportSignal>().Wake();
        return new FhirAnswer(202)
        {
            Headers = [("Content-Location", $"{call.BaseUrl}/$export/{id}")],
            Accesses = [Entry(call, 0)],
        };
    }

    private static async Task<bool> InsertAsync(FhirCall call, Guid id, ExportRequest request)
    {
        await using var connection = await call.Services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync(call.Cancel);
        await using var command = new NpgsqlCommand(
            """
            insert into care.export_job (id, token_id, request, base_url, types, patients, since, elements, filters, transaction_time, after, expires_at)
            select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, pg_snapshot_xmax(pg_current_snapshot()), now() + interval '7 days'
            where (select count(*) from care.export_job where token_id = $2 and state = 'waiting') < $11
              and (select count(*) from care.export_job where state = 'waiting') < $12
            """,
            connection)
        {
            Parameters =
            {
                new() { Value = id }, new() { Value = call.Rights.TokenId }, new() { Value = Links.Address(call.BaseUrl + call.Path, call.Query) }, new() { Value = call.BaseUrl },
                new() { Value = request.Types.ToArray() },
                new() { Value = request.Patients?.ToArray() ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
                new() { Value = request.Since ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz },
                new() { Value = request.Elements.ToArray() }, new() { Value = request.Filters.ToArray() }, new() { Value = call.Rights.Now },
                new() { Value = MostByToken }, new() { Value = MostAtAll },
            },
        };
        return await command.ExecuteNonQueryAsync(call.Cancel) == 1;
    }

    private static AccessEntry Entry(FhirCall call, short outcome) => new()
    {
        Interaction = "export",
        ResourceType = call.Type.Length > 0 ? call.Type : "Resource",
        ResourceId = call.Id.Length > 0 ? call.Id : null,
        Purpose = Purposes.Of(call.Rights),
        Outcome = outcome,
        Detail = "$export",
    };
}
