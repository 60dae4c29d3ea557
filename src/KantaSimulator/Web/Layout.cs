using System.Globalization;
using System.Text;

namespace KantaSimulator.Web;

/// <summary>The frame of every page, and the one way to send one.</summary>
internal static class Layout
{
    private static readonly (string Href, string Text)[] Places =
        [("/", "Documents · Asiakirjat"), ("/messages", "Messages · Sanomat"), ("/appointments", "Appointments · Ajanvaraukset"), ("/faults", "Switches · Kytkimet"), ("/guide", "Guide · Ohje")];

    public static Task SendAsync(HttpContext context, string title, Markup content, int status = 200)
    {
        var here = context.Request.Path.Value ?? "/";
        var page = Html.Of($"""
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{title} – Kanta simulator</title><link rel="stylesheet" href="/style.css"><link rel="icon" href="data:,"></head><body>
            <a class="skip" href="#main">Skip to content</a>
            <header><p class="banner"><strong>Simulator.</strong> This is not Kanta: test persons only. <span lang="fi">Tämä ei ole Kanta, vain testihenkilöitä.</span></p>
            <nav aria-label="Main">{Html.Each(Places, p => Html.Of($"<a href=\"{p.Href}\"{Current(p.Href)}>{p.Text}</a>"))}</nav></header>
            <main id="main"><h1>{title}</h1>{content}</main></body></html>
            """);
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/html; charset=utf-8";
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = "no-store";
        return context.Response.WriteAsync(page.Text, Encoding.UTF8);

        Markup Current(string href) => here == href ? new(" aria-current=\"page\"") : Markup.Empty;
    }

    public static Task NotFoundAsync(HttpContext context) => SendAsync(context, "Not found", Html.Of($"<p>There is nothing under this address. <a href=\"/\">All documents</a></p>"), 404);

    /// <summary>A table that may scroll sideways on a narrow screen, also by keyboard.</summary>
    public static Markup Table(string caption, string[] heads, Markup rows, string empty = "Nothing yet.") => rows.Text.Length == 0
        ? Html.Of($"<p class=\"empty\">{empty}</p>")
        : Html.Of($"""
            <div class="scroll" role="region" aria-label="{caption}" tabindex="0"><table class="stack"><caption>{caption}</caption>
            <thead><tr>{Html.Each(heads, h => Html.Of($"<th scope=\"col\">{h}</th>"))}</tr></thead><tbody>{Labelled(rows, heads)}</tbody></table></div>
            """);

    // Each cell names its column, for narrow screens where rows become cards. Values are encoded, so "<td" is only ever ours.
    private static Markup Labelled(Markup rows, string[] heads) => Markup.Join(rows.Text.Split("<tr>").Select((row, at) => at == 0
        ? new Markup(row)
        : Markup.Join([new("<tr>"), .. row.Split("<td").Select((cell, column) => column == 0
            ? new Markup(cell)
            : Html.Of($"<td data-label=\"{heads[Math.Min(column, heads.Length) - 1]}\"{new Markup(cell)}"))])));

    public static Markup Facts(params (string Name, object? Value)[] facts) => Html.Of(
        $"<dl>{Html.Each(facts.Where(f => f.Value is not (null or "")), f => Html.Of($"<dt>{f.Name}</dt><dd>{(f.Value is Markup m ? m : Html.Of($"{f.Value}"))}</dd>"))}</dl>");

    /// <summary>An HL7 time for reading: 24.11.2026 8.50; what is not one stays as it is.</summary>
    public static string Time(string? hl7) => hl7 is { Length: >= 8 } && hl7[..Math.Min(12, hl7.Length)].All(char.IsAsciiDigit)
        ? $"{int.Parse(hl7.AsSpan(6, 2), CultureInfo.InvariantCulture)}.{int.Parse(hl7.AsSpan(4, 2), CultureInfo.InvariantCulture)}.{hl7[..4]}"
            + (hl7.Length >= 12 ? $" {int.Parse(hl7.AsSpan(8, 2), CultureInfo.InvariantCulture)}.{hl7[10..12]}" : "")
        : hl7 ?? "";

    /// <summary>A person's name with spaces between its parts, given names first.</summary>
    public static string Person(System.Xml.XmlElement? name) => name is null ? "" : string.Join(' ', name.ChildNodes.OfType<System.Xml.XmlElement>()
        .Where(p => p.LocalName is "given" or "family").OrderBy(p => p.LocalName == "family").Select(p => p.InnerText.Trim())) is { Length: > 0 } parts
            ? parts
            : name.InnerText.Trim();

    public static Markup Tag(string state) => Html.Of($"<span class=\"tag {state}\">{state}</span>");

    public const string Style = """
        :root { --ink:#1b2733; --soft:#475666; --line:#c4ced8; --back:#f5f7f9; --card:#fff; --link:#0b4f8a; --warn:#7a4300; --bad:#9b1c1c; --good:#14602f; --banner:#fff3d6; }
        @media (prefers-color-scheme: dark) { :root { --ink:#e8edf2; --soft:#b5c0cc; --line:#44515e; --back:#14191f; --card:#1d242c; --link:#8cc4ff; --warn:#ffc46b; --bad:#ff9d9d; --good:#8fdca8; --banner:#3a2f12; } }
        * { box-sizing:border-box } body { margin:0; background:var(--back); color:var(--ink); font:16px/1.5 system-ui,sans-serif }
        a { color:var(--link) } a:focus-visible,button:focus-visible,input:focus-visible,select:focus-visible,.scroll:focus-visible { outline:3px solid var(--link); outline-offset:2px }
        .skip { position:absolute; left:-999px } .skip:focus { left:8px; top:8px; background:var(--card); padding:8px }
        .banner { margin:0; padding:8px 24px; background:var(--banner) } nav { display:flex; flex-wrap:wrap; gap:4px 20px; padding:12px 24px; background:var(--card); border-bottom:1px solid var(--line) }
        nav a[aria-current] { font-weight:700; text-decoration:none; color:var(--ink) } main { max-width:1100px; margin:0 auto; padding:8px 24px 48px }
        h1 { font-size:1.7rem; overflow-wrap:anywhere } h2, h3 { overflow-wrap:anywhere } h2 { font-size:1.25rem; margin-top:2rem } h3 { font-size:1.05rem }
        .scroll { overflow-x:auto; background:var(--card); border:1px solid var(--line); border-radius:6px } table { border-collapse:collapse; width:100% }
        caption { text-align:left; padding:8px 12px; color:var(--soft) } th,td { text-align:left; vertical-align:top; padding:8px 12px; border-top:1px solid var(--line) }
        td.oid,dd { overflow-wrap:anywhere } dl { display:grid; grid-template-columns:minmax(9rem,14rem) 1fr; gap:4px 16px } dt { color:var(--soft) } dd { margin:0 }
        .tag { display:inline-block; padding:0 8px; border:1px solid currentColor; border-radius:99px; font-size:.875rem } .archived,.current,.AA { color:var(--good) }
        .refused,.error,.AE,.AR,.invalidated { color:var(--bad) } .warning,.already,.replaced { color:var(--warn) } .card { background:var(--card); border:1px solid var(--line); border-radius:6px; padding:4px 20px 16px }
        form { display:flex; flex-wrap:wrap; gap:12px; align-items:end; margin:16px 0 } label { display:block; color:var(--soft) } input,select,button { font:inherit; padding:8px 10px; border:1px solid var(--soft); border-radius:6px; background:var(--card); color:var(--ink); max-width:100% }
        button { background:var(--link); color:var(--card); border-color:var(--link); cursor:pointer } pre { white-space:pre-wrap; overflow-wrap:anywhere; margin:0; padding:16px; font-size:.875rem }
        del { color:var(--bad) } ins { color:var(--good) } .empty { color:var(--soft) } .two { display:grid; grid-template-columns:1fr 1fr; gap:16px } code { overflow-wrap:anywhere }
        form > div { min-width:0; flex:0 1 auto } code { font-size:.875rem } .author { color:var(--soft); font-size:.9375rem; margin:0 0 8px }
        @media (max-width:600px) { form > div,input { width:100% } .scroll:has(.stack) { overflow:visible } .stack,.stack tbody,.stack tr,.stack td,.stack caption { display:block } .stack thead { position:absolute; clip-path:inset(50%); width:1px; height:1px; overflow:hidden }
          .stack tr { border-top:1px solid var(--line); padding:8px 0 } .stack td { border:0; padding:2px 12px; overflow-wrap:anywhere } .stack td::before { content:attr(data-label) ": "; color:var(--soft) } .stack td:empty { display:none } }
        @media (max-width:600px) { dl,.two { grid-template-columns:1fr } main,.banner,nav { padding-left:16px; padding-right:16px } dd { margin-bottom:8px } }
        """;
}
