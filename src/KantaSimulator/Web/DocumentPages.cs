using System.Text;
using KantaSimulator.Archive;
using KantaSimulator.Ledger;
using KantaSimulator.Xml;

namespace KantaSimulator.Web;

/// <summary>Pages about archived documents: list and search, reading, raw bytes, two versions side by side.</summary>
internal sealed class DocumentPages(ArchiveService archive)
{
    public void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/", ListAsync);
        app.MapGet("/documents/{oid}", ReadAsync);
        app.MapGet("/documents/{oid}/raw", RawAsync);
        app.MapGet("/documents/{oid}/compare", CompareAsync);
        app.MapGet("/style.css", c =>
        {
            c.Response.ContentType = "text/css; charset=utf-8";
            return c.Response.WriteAsync(Layout.Style);
        });
    }

    /// <summary>XML for people: escaped, scrollable.</summary>
    public static Markup Source(string label, byte[] bytes) =>
        Html.Of($"<div class=\"scroll\" role=\"region\" aria-label=\"{label}\" tabindex=\"0\"><pre>{Encoding.UTF8.GetString(bytes)}</pre></div>");

    private Task ListAsync(HttpContext context)
    {
        var query = context.Request.Query["q"].ToString();
        var found = archive.Read((state, _) => DocumentSearch.Run(state, query, "", "", ""));
        var rows = Html.Each(found.Take(200), d => Html.Of($"""
            <tr><td class="oid"><a href="/documents/{d.Document.Id}">{(d.Document.Title.Length > 0 ? d.Document.Title : d.Document.Id)}</a></td><td>{d.Document.Version}</td><td>{Layout.Tag(d.Status)}</td>
            <td>{Person(d.Document)}</td><td>{Layout.Time(d.Document.EffectiveTime)}</td><td class="oid"><a href="/?q={d.Document.ServiceEvent}">{d.Document.ServiceEvent}</a></td></tr>
            """));
        return Layout.SendAsync(context, "Archived documents", Html.Of($"""
            <form method="get" action="/" role="search"><div><label for="q">Search by OID, service event, patient or title</label><input id="q" name="q" size="40" value="{query}"></div><button>Search · Hae</button></form>
            {Layout.Table($"{found.Count} documents, newest first", ["Title · Otsikko", "Version", "State", "Patient · Potilas", "Time", "Service event · Palvelutapahtuma"], rows,
                query.Length > 0 ? "Nothing matches the search." : "Nothing has been archived yet.")}
            """));
    }

    private Task ReadAsync(HttpContext context)
    {
        var oid = ArchiveApi.Route(context, "oid");
        var found = archive.Read((state, _) => state.Find(oid) is { } d
            ? (Row: d.Row, d.Seq, Status: state.StatusOf(d), Versions: state.Chain(d.Row.SetId).Select(v => new ListedDocument(v.Row, state.StatusOf(v), v.Seq)).ToList())
            : default);
        if (found.Row is not { } row || Load(oid) is not { } document)
            return Layout.NotFoundAsync(context);
        var versions = Html.Each(found.Versions, v => Html.Of($"""
            <tr><td>{v.Document.Version}</td><td class="oid"><a href="/documents/{v.Document.Id}">{v.Document.Id}</a></td><td>{Layout.Tag(v.Status)}</td>
            <td>{(v.Document.Id == oid ? Markup.Empty : Html.Of($"<a href=\"/documents/{oid}/compare?with={v.Document.Id}\">Compare with version {v.Document.Version}</a>"))}</td></tr>
            """));
        return Layout.SendAsync(context, row.Title.Length > 0 ? row.Title : row.Id, Html.Of($"""
            {Layout.Facts(("State", Layout.Tag(found.Status)), ("Document · Asiakirja", row.Id), ("Patient · Potilas", Person(row)), ("Service event · Palvelutapahtuma", row.ServiceEvent),
                ("Time · Aika", Layout.Time(row.EffectiveTime)), ("Version", $"{row.Version}"), ("Document type · Asiakirjan tyyppi", row.Type), ("Register · Rekisteri", row.Register),
                ("Custodian · Rekisterinpitäjä", $"{document.At("custodian/assignedCustodian/representedCustodianOrganization/name").Squeezed()} {row.Custodian}"),
                ("SHA-256", row.Sha256), ("Size", $"{row.Size} bytes"), ("Report", Html.Of($"<a href=\"/messages/{found.Seq}\">message {found.Seq}</a>")),
                ("Source", Html.Of($"<a href=\"/documents/{row.Id}/raw\">raw XML</a>")))}
            <div class="card">{Narrative.Render(document)}</div>
            <h2>Versions · Versiot</h2>{Layout.Table("All versions of this document", ["Version", "Document", "State", "Compare"], versions)}
            """));
    }

    private Task RawAsync(HttpContext context)
    {
        var oid = ArchiveApi.Route(context, "oid");
        return archive.DocumentBytes(oid) is { } bytes
            ? Layout.SendAsync(context, "Document as archived", Html.Of($"<p><a href=\"/documents/{oid}\">{oid}</a> · <a href=\"/api/documents/{oid}/xml\">download</a></p>{Source("XML source", bytes)}"))
            : Layout.NotFoundAsync(context);
    }

    private Task CompareAsync(HttpContext context)
    {
        string oid = ArchiveApi.Route(context, "oid"), with = context.Request.Query["with"].ToString();
        var versions = archive.Read((state, _) => (First: state.Find(oid)?.Row, Second: state.Find(with)?.Row));
        if (versions is not { First: { } a, Second: { } b } || Load(a.Id) is null || Load(b.Id) is null)
            return Layout.NotFoundAsync(context);
        var (older, newer) = a.Version <= b.Version ? (a, b) : (b, a);
        var (before, after) = (Load(older.Id)!, Load(newer.Id)!);
        var header = Difference.Compare(HeaderLines.Of(before), HeaderLines.Of(after)).Where(l => l.Kind != ' ').ToList();
        var lines = Difference.Compare(Narrative.Lines(before), Narrative.Lines(after));
        return Layout.SendAsync(context, $"Version {older.Version} and version {newer.Version}", Html.Of($"""
            <div class="two">{Html.Each(new[] { older, newer }, r => Html.Of($"<div class=\"card\"><h2>Version {r.Version}</h2>{Layout.Facts(("Document", Html.Of($"<a href=\"/documents/{r.Id}\">{r.Id}</a>")), ("Time", Layout.Time(r.EffectiveTime)), ("SHA-256", r.Sha256))}</div>"))}</div>
            <h2>Header · Kuvailutiedot</h2>{(header.Count == 0 ? Html.Of($"<p class=\"empty\">The headers say the same.</p>") : Changes(header))}
            <h2>Text · Teksti</h2>{(lines.Count == 0 ? Html.Of($"<p class=\"empty\">These documents have no text.</p>")
                : Html.Of($"<p class=\"empty\">{lines.Count(l => l.Kind == '-')} lines removed, {lines.Count(l => l.Kind == '+')} added.</p>{Changes(lines)}"))}
            """));
    }

    private static Markup Changes(IEnumerable<(char Kind, string Line)> lines) => Html.Of($"""
        <div class="card">{Html.Each(lines, l => l.Kind switch
        {
            '-' => Html.Of($"<p><del>− {l.Line}</del></p>"),
            '+' => Html.Of($"<p><ins>+ {l.Line}</ins></p>"),
            _ => Html.Of($"<p>{l.Line}</p>"),
        })}</div>
        """);

    private System.Xml.XmlElement? Load(string oid) => archive.DocumentBytes(oid) is { } bytes ? SafeXml.Load(bytes).Document?.DocumentElement : null;

    private static string Person(DocumentRow row) =>
        $"{string.Join(' ', row.PatientName.Split(' ').Where(p => !p.Contains("[CL]", StringComparison.Ordinal)).Select(p => p[(p.IndexOf('=', StringComparison.Ordinal) + 1)..]))} {row.PatientId}";
}
