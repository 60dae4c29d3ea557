using System.Text.Json;
using KantaSimulator.Archive;
using KantaSimulator.Hosting;
using KantaSimulator.Ledger;
using KantaSimulator.Signature;

namespace KantaSimulator.Web;

internal sealed record HeadAnswer(long Seq, string Hash);

internal sealed record StatusAnswer(bool Ready, int Messages, int Documents, HeadAnswer Ledger);

internal sealed record DocumentAnswer(DocumentRow Document, string Status, IReadOnlyList<ListedDocument> Versions, long Accepted, DateTimeOffset At,
    IReadOnlyList<FindingRow> Findings, SignatureReport? Signature);

/// <summary>JSON for tests and tools: ledger, documents, messages, status (docs/simulator-wire.md section 10).</summary>
internal sealed class ArchiveApi(SimulatorOptions options, ArchiveService archive)
{
    public void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/api/status", c => JsonAsync(c, Status()));
        app.MapGet("/api/ledger", LedgerAsync);
        app.MapGet("/api/documents", DocumentsAsync);
        app.MapGet("/api/documents/{oid}", c => JsonAsync(c, Document(Route(c, "oid"))));
        app.MapGet("/api/documents/{oid}/xml", XmlAsync);
        app.MapGet("/api/messages/{seq}", c => JsonAsync(c, Entry(c) is { } entry ? entry with { Raw = null } : null));
        app.MapGet("/api/messages/{seq}/raw", RawAsync);
        app.MapPost("/api/reset", ResetAsync);
    }

    public static string Route(HttpContext context, string name) => context.Request.RouteValues[name] as string ?? "";

    public static Task JsonAsync(HttpContext context, object? value)
    {
        context.Response.StatusCode = value is null ? 404 : 200;
        context.Response.ContentType = "application/json; charset=utf-8";
        return JsonSerializer.SerializeAsync(context.Response.Body, value ?? new { error = "not found" }, LedgerEntry.Json, context.RequestAborted);
    }

    private StatusAnswer Status()
    {
        var (seq, hash) = archive.Head;
        return archive.Read((state, entries) => new StatusAnswer(!archive.Broken, entries.Count(e => e.Kind == "message"), state.Documents.Count, new(seq, hash)));
    }

    private Task LedgerAsync(HttpContext context)
    {
        var from = Number(context, "from", 1);
        var limit = Number(context, "limit", 1000);
        var (seq, hash) = archive.Head;
        return JsonAsync(context, archive.Read((_, entries) => new
        {
            head = new HeadAnswer(seq, hash),
            entries = entries.Skip((int)Math.Max(0, from - 1)).Take((int)limit).ToList(),
        }));
    }

    private Task DocumentsAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var found = archive.Read((state, _) => DocumentSearch.Run(state, query["q"].ToString(), query["setId"].ToString(), query["serviceEvent"].ToString(),
            query["patientId"].ToString()));
        return JsonAsync(context, new { total = found.Count, documents = found });
    }

    private DocumentAnswer? Document(string oid) => archive.Read((state, entries) => state.Find(oid) is not { } document ? null : new DocumentAnswer(
        document.Row, state.StatusOf(document), [.. state.Chain(document.Row.SetId).Select(v => new ListedDocument(v.Row, state.StatusOf(v), v.Seq))],
        document.Seq, entries[(int)document.Seq - 1].At, entries[(int)document.Seq - 1].Findings ?? [], entries[(int)document.Seq - 1].Signature));

    private LedgerEntry? Entry(HttpContext context) => long.TryParse(Route(context, "seq"), out var seq) ? archive.Entry(seq) : null;

    private async Task XmlAsync(HttpContext context)
    {
        if (archive.DocumentBytes(Route(context, "oid")) is { } bytes)
            await BytesAsync(context, bytes);
        else
            await JsonAsync(context, null);
    }

    private async Task RawAsync(HttpContext context)
    {
        if (Entry(context)?.Raw is { } raw)
            await BytesAsync(context, Packed.Unpack(raw));
        else
            await JsonAsync(context, null);
    }

    private async Task ResetAsync(HttpContext context)
    {
        if (!options.ThrowAway)
        {
            context.Response.StatusCode = 403;
            await context.Response.WriteAsync("only with --throw-away\n");
            return;
        }

        await archive.ResetAsync();
        await JsonAsync(context, Status());
    }

    private static async Task BytesAsync(HttpContext context, byte[] bytes)
    {
        // Foreign XML on our own origin: never rendered, never sniffed.
        context.Response.ContentType = "application/octet-stream";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers.ContentDisposition = "attachment; filename=\"message.xml\"";
        await context.Response.Body.WriteAsync(bytes);
    }

    private static long Number(HttpContext context, string name, long otherwise) =>
        long.TryParse(context.Request.Query[name], out var value) && value is >= 0 and <= int.MaxValue ? value : otherwise;
}
