using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using KantaSimulator.Archive;
using KantaSimulator.Faults;
using KantaSimulator.Hosting;
using KantaSimulator.Ledger;
using KantaSimulator.Message;
using KantaSimulator.Rules;

namespace KantaSimulator.Appointments;

/// <summary>The appointment interface below /appointment/R4 (docs/simulator-wire.md section 13): a transaction to write, search and history to read.</summary>
internal sealed class AppointmentEndpoint(SimulatorOptions options, ClientCertificateCheck clients, ArchiveService archive, BundleSignature signatures, FaultBoard board, FaultSender sender)
{
    private const int MostBytes = 1_000_000;

    private sealed record Answer(int Status, JsonNode Body, string? ETag = null);

    public void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/appointment/R4");
        group.MapPost("/", Handled(WriteAsync));
        group.MapGet("/metadata", Handled(_ => Task.FromResult(new Answer(200, Capability.Statement()))));
        group.MapGet("/Appointment", Handled(SearchAsync));
        group.MapGet("/Appointment/_history", Handled(_ => Task.FromResult(History(null))));
        group.MapGet("/Appointment/{id}", Handled(ReadAsync));
        group.MapGet("/Appointment/{id}/_history", Handled(c => Task.FromResult(History(c.Request.RouteValues["id"] as string))));
    }

    private RequestDelegate Handled(Func<HttpContext, Task<Answer>> handle)
    {
        return Run;

        Task Run(HttpContext context) => HandleAsync(context, handle);
    }

    private async Task HandleAsync(HttpContext context, Func<HttpContext, Task<Answer>> handle)
    {
        if (clients.Judge(context.Connection.ClientCertificate) is { } stranger)
        {
            await sender.SendAsync(context, null, Json(403, FhirError.Outcome([new(stranger, "http", "client certificate")])));
            return;
        }

        if (context.Request.Headers["X-Request-Id"].ToString() is { Length: > 0 and <= 200 } correlation)
            context.Response.Headers["X-Correlation-Id"] = correlation;
        var (delay, fault) = board.Take("fhir", MessageFacts.None);
        if (delay > TimeSpan.Zero)
            await Task.Delay(delay, context.RequestAborted);
        if (await sender.InsteadAsync(context, fault))
            return;
        var answer = fault is { Kind: "refuse" }
            ? new Answer(400, FhirError.Outcome([new(Rulebook.Find(fault.Code ?? "SIM-F01")!, "Bundle", "switched on")]))
            : await TryAsync(context, handle);
        if (answer.ETag is { } tag)
            context.Response.Headers.ETag = tag;
        await sender.SendAsync(context, fault, Json(answer.Status, answer.Body));
    }

    private static async Task<Answer> TryAsync(HttpContext context, Func<HttpContext, Task<Answer>> handle)
    {
        try
        {
            return await handle(context);
        }
        catch (LedgerException e)
        {
            return new Answer(503, FhirError.Outcome([new(Rulebook.LedgerUnavailable, "Bundle", e.Message)]));
        }
    }

    private async Task<Answer> WriteAsync(HttpContext context)
    {
        var type = context.Request.ContentType ?? "";
        if (!type.StartsWith("application/fhir+json", StringComparison.OrdinalIgnoreCase) && !type.StartsWith("application/json", StringComparison.OrdinalIgnoreCase))
            return new Answer(415, FhirError.Outcome([new(Rulebook.JsonInvalid, "http", $"Content-Type {type}")]));
        if (await ReadBodyAsync(context) is not { } body)
            return new Answer(413, FhirError.Outcome([new(Rulebook.TooLarge, "http", $"more than {MostBytes} bytes")]));

        var errors = new List<FhirError>();
        var (transaction, bundle) = Transaction.Read(body, context.Request.Headers.IfMatch.ToString() is { Length: > 0 } header ? header : null, errors);
        if (transaction is null)
            return Refused(errors);
        AppointmentChecks.Run(transaction, errors);
        if (signatures.Judge(bundle, options.RequireBundleSignature) is { } unsigned)
            errors.Add(new(Rulebook.BundleUnsigned, "Bundle.signature", unsigned));
        if (transaction.Method != "POST" && transaction.IfMatch is null)
            errors.Add(new(Rulebook.IfMatchMissing, "Bundle.entry.request.ifMatch", ""));

        var existing = false;
        var entry = await archive.RecordAsync(state =>
        {
            var row = Decide(state.Appointments, transaction, errors, out existing);
            return new LedgerEntry
            {
                Kind = "appointment",
                Outcome = errors.Count > 0 ? "refused" : existing ? "already" : row.Invalidated ? "invalidated" : "archived",
                Findings = [.. errors.Select(e => new FindingRow(e.Rule.Code, (int)e.Rule.Layer, "error", e.Expression, $"{e.Rule.English}: {e.Detail}"))],
                Appointment = row,
            };
        });
        return errors.Count > 0 ? Refused(errors) : Written(entry.Appointment!, entry.At, transaction.Method, existing);
    }

    private static AppointmentRow Decide(AppointmentState state, Transaction transaction, List<FhirError> errors, out bool existing)
    {
        existing = false;
        if (transaction.Method == "POST")
        {
            var identifier = transaction.Appointment is { } a ? AppointmentChecks.Identifier(a) : null;
            if (identifier is not null && state.ByIdentifier(identifier) is { } taken)
            {
                existing = transaction.IfNoneExist == $"identifier={identifier}";
                if (existing)
                    return taken;
                errors.Add(new(Rulebook.AppointmentIdentifier, "Appointment.identifier", $"taken by Appointment/{taken.Id}"));
            }

            return new AppointmentRow($"{state.Count + 1}", 1, false, transaction.Appointment, transaction.Provenance);
        }

        if (state.Current(transaction.Id!) is not { } current)
        {
            errors.Add(new(Rulebook.AppointmentUnknown, "Bundle.entry.request.url", transaction.Id!));
            return new AppointmentRow(transaction.Id!, 0, false, transaction.Appointment, transaction.Provenance);
        }

        if (current.Invalidated)
            errors.Add(new(Rulebook.AppointmentGone, "Bundle.entry.request.url", current.Id));
        if (transaction.IfMatch is { } tag && tag != $"W/\"{current.Version}\"")
            errors.Add(new(Rulebook.IfMatchStale, "Bundle.entry.request.ifMatch", $"{tag}, current W/\"{current.Version}\""));
        if (transaction.Appointment is { } changed && current.Resource is { } before && AppointmentChecks.Identifier(changed) != AppointmentChecks.Identifier(before))
            errors.Add(new(Rulebook.AppointmentIdentifier, "Appointment.identifier", "differs from the version before"));
        return new AppointmentRow(current.Id, current.Version + 1, transaction.Method == "DELETE", transaction.Appointment, transaction.Provenance);
    }

    private static Answer Written(AppointmentRow row, DateTimeOffset at, string method, bool existing) => new(200, new JsonObject
    {
        ["resourceType"] = "Bundle",
        ["type"] = "transaction-response",
        ["entry"] = new JsonArray(
            new JsonObject
            {
                ["response"] = new JsonObject
                {
                    ["status"] = method == "DELETE" ? "204 No Content" : method == "PUT" || existing ? "200 OK" : "201 Created",
                    ["location"] = $"Appointment/{row.Id}/_history/{row.Version}",
                    ["etag"] = $"W/\"{row.Version}\"",
                    ["lastModified"] = at.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", System.Globalization.CultureInfo.InvariantCulture),
                },
            },
            new JsonObject { ["response"] = new JsonObject { ["status"] = "201 Created", ["location"] = $"Provenance/{row.Id}-{row.Version}" } }),
    });

    private Task<Answer> SearchAsync(HttpContext context)
    {
        var errors = new List<FhirError>();
        var (page, total) = archive.Read((state, _) => AppointmentSearch.Run(state.Appointments, context.Request.Query, errors));
        return Task.FromResult(errors.Count > 0 ? Refused(errors) : new Answer(200, Set("searchset", total, page)));
    }

    private Task<Answer> ReadAsync(HttpContext context)
    {
        var id = context.Request.RouteValues["id"] as string ?? "";
        var versions = archive.Read((state, _) => state.Appointments.Versions(id).ToList());
        if (versions.Count == 0)
            return Task.FromResult(Refused([new(Rulebook.AppointmentUnknown, "http", id)]));
        var (row, at) = versions[^1];
        return Task.FromResult(row.Invalidated ? Refused([new(Rulebook.AppointmentGone, "http", id)])
            : new Answer(200, JsonObject.Create(AppointmentState.Served(row, at))!, $"W/\"{row.Version}\""));
    }

    private Answer History(string? id)
    {
        var versions = archive.Read((state, _) => (id is null ? state.Appointments.History : state.Appointments.Versions(id).Reverse()).ToList());
        return id is not null && versions.Count == 0 ? Refused([new(Rulebook.AppointmentUnknown, "http", id)]) : new Answer(200, Set("history", versions.Count, versions));
    }

    private static JsonObject Set(string type, int total, IEnumerable<(AppointmentRow Row, DateTimeOffset At)> versions) => new()
    {
        ["resourceType"] = "Bundle",
        ["type"] = type,
        ["total"] = total,
        ["entry"] = new JsonArray([.. versions.Select(v => (JsonNode)(v.Row.Invalidated
            ? new JsonObject { ["request"] = new JsonObject { ["method"] = "DELETE", ["url"] = $"Appointment/{v.Row.Id}" }, ["response"] = new JsonObject { ["status"] = "204", ["etag"] = $"W/\"{v.Row.Version}\"" } }
            : new JsonObject { ["fullUrl"] = $"Appointment/{v.Row.Id}", ["resource"] = JsonObject.Create(AppointmentState.Served(v.Row, v.At)) }))]),
    };

    private static Answer Refused(List<FhirError> errors) => new(FhirError.StatusOf(errors[0].Rule), FhirError.Outcome(errors));

    private static Reply Json(int status, JsonNode body) => new(status, "application/fhir+json; charset=utf-8", Encoding.UTF8.GetBytes(body.ToJsonString(LedgerEntry.Json)));

    private static async Task<byte[]?> ReadBodyAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        var block = new byte[1 << 14];
        int count;
        while ((count = await context.Request.Body.ReadAsync(block, context.RequestAborted)) > 0)
        {
            if (body.Length + count > MostBytes)
                return null;
            body.Write(block, 0, count);
        }

        return body.ToArray();
    }
}
