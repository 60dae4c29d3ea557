using KantaSimulator.Archive;
using KantaSimulator.Ledger;
using KantaSimulator.Rules;

namespace KantaSimulator.Web;

/// <summary>Every message that came, with its report in three layers and its source.</summary>
internal sealed class MessagePages(ArchiveService archive)
{
    private static readonly string[] Layers = ["1 Structure · Rakenne", "2 Content · Sisältö", "3 Signature · Allekirjoitus"];

    public void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/messages", ListAsync);
        app.MapGet("/messages/{seq}", ReportAsync);
        app.MapGet("/messages/{seq}/raw", RawAsync);
    }

    private Task ListAsync(HttpContext context)
    {
        var entries = archive.Read((_, all) => all.Where(e => e.Kind is "message" or "query" or "invalidation").Reverse().Take(200).ToList());
        var rows = Html.Each(entries, e => Html.Of($"""
            <tr><td><a href="/messages/{e.Seq}">{e.Seq}</a></td><td>{e.At:yyyy-MM-dd HH:mm:ss}</td><td class="oid">{e.Interaction}</td><td>{Layout.Tag(e.Outcome ?? "")}</td>
            <td>{string.Join(", ", (e.Findings ?? []).Where(f => f.Severity == "error").Select(f => f.Code).Distinct())}</td><td>{e.Fault}</td></tr>
            """));
        return Layout.SendAsync(context, "Messages", Layout.Table("The latest 200 messages, newest first (UTC)", ["Line", "Time", "Interaction", "Outcome", "Errors", "Switch"], rows));
    }

    private Task ReportAsync(HttpContext context)
    {
        if (Entry(context) is not { } entry)
            return Layout.NotFoundAsync(context);
        var layers = Html.Each(Enumerable.Range(1, 3), layer => Html.Of($"<h2>{Layers[layer - 1]}</h2>{Findings((entry.Findings ?? []).Where(f => f.Layer == layer))}"));
        var signature = entry.Signature is { } s ? Layout.Facts(("Time", s.Timestamp), ("Digest of the time, claimed", s.ClaimedTimestampDigest), ("computed", s.ComputedTimestampDigest),
            ("Digest of the body, claimed", s.ClaimedBodyDigest), ("computed", s.ComputedBodyDigest), ("Value verifies", s.ValueVerifies ? "yes" : "no"), ("Certificate", s.Subject),
            ("Issuer", s.Issuer), ("Valid", $"{s.NotBefore} – {s.NotAfter}"), ("Issuer trusted", s.ChainTrusted ? "yes" : "no")) : Markup.Empty;
        return Layout.SendAsync(context, $"Message {entry.Seq}", Html.Of($"""
            {Layout.Facts(("Outcome", Html.Of($"{Layout.Tag(entry.Outcome ?? "")} {Layout.Tag(entry.Answer ?? "")}")), ("Interaction", entry.Interaction), ("Message id", entry.MessageId), ("Sender", entry.Sender),
                ("Received (UTC)", $"{entry.At:yyyy-MM-dd HH:mm:ss}"), ("Switch", entry.Fault), ("Document", entry.Document is { } d ? entry.Outcome == "refused" ? (object)d.Id : Html.Of($"<a href=\"/documents/{d.Id}\">{d.Id}</a>") : null),
                ("Source", Html.Of($"<a href=\"/messages/{entry.Seq}/raw\">request as received</a>")))}
            {layers}{signature}
            """));
    }

    private Task RawAsync(HttpContext context) => Entry(context)?.Raw is { } raw
        ? Layout.SendAsync(context, "Request as received", DocumentPages.Source("Request source", Packed.Unpack(raw)))
        : Layout.NotFoundAsync(context);

    private LedgerEntry? Entry(HttpContext context) =>
        long.TryParse(ArchiveApi.Route(context, "seq"), out var seq) && archive.Entry(seq) is { Kind: not "start" } entry ? entry : null;

    private static Markup Findings(IEnumerable<FindingRow> findings) => Html.Each(findings, f => Html.Of($"""
        <div class="card"><h3>{Layout.Tag(f.Severity)} {f.Code}</h3><p>{f.Text}<br><span lang="fi">{Rulebook.Find(f.Code)?.Finnish}</span></p><p><code>{f.Location}</code></p></div>
        """)) is { Text.Length: > 0 } some ? some : Html.Of($"<p class=\"empty\">No findings. <span lang=\"fi\">Ei huomautettavaa.</span></p>");
}
