using KantaSimulator.Faults;

namespace KantaSimulator.Web;

/// <summary>The switches page: what is on, buttons for the usual faults, and a line for any other.</summary>
internal sealed class FaultPage(FaultBoard board)
{
    private static readonly (string Label, string Spec)[] Usual =
    [
        ("Slow by 2 s", "delay:milliseconds=2000"), ("Down until told", "down:mode=refused"), ("503 for the next 5", "status:status=503,retryAfter=5,count=5"),
        ("429, again in 10 s, for the next 5", "too-many:retryAfter=10,count=5"), ("Refuse the next", "refuse:count=1"), ("Refuse every third", "refuse:share=0.33"),
        ("Lose the next acknowledgement", "lose-ack:when=before,count=1"), ("Cut the next acknowledgement", "lose-ack:when=within,count=1"),
        ("Acknowledge another message next", "ack:variant=foreign,count=1"), ("Garbage, each kind in turn", "garbage:variant=all"), ("Trickle", "trickle:bytesPerSecond=200"),
        ("Expired server certificate", "tls:variant=server-expired"),
    ];

    private const string Example = """{ "faults": [ { "kind": "status", "status": 503, "share": 0.3 } ] }""";

    public void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/faults", c => ShowAsync(c, null));
        app.MapPost("/faults", ChangeAsync);
    }

    private async Task ChangeAsync(HttpContext context)
    {
        if (FaultApi.IsCrossSite(context.Request) || (context.Request.Headers.Origin.ToString() is { Length: > 0 } origin && origin != $"http://{context.Request.Host}"))
        {
            await Layout.SendAsync(context, "Refused", Html.Of($"<p>This form was sent from another site.</p>"), 403);
            return;
        }

        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        try
        {
            var specs = form["spec"].ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            var kept = form["mode"] == "add" ? board.View().Where(v => v.Remaining is not 0).Select(v => v.Fault with { Count = v.Remaining }) : [];
            board.Set([.. kept, .. specs.Select(FaultParser.ParseSpec)]);
            context.Response.Redirect("/faults");
        }
        catch (FormatException e)
        {
            await ShowAsync(context, e.Message);
        }
    }

    private Task ShowAsync(HttpContext context, string? problem)
    {
        var rows = Html.Each(board.View(), v => Html.Of(
            $"<tr><td>{v.Fault.Name}</td><td>{v.Hits}</td><td>{(v.Remaining is { } left ? left == 0 ? "used up" : $"{left} left" : "until told")}</td><td>{v.Fault.Share}</td><td>{Matched(v.Fault)}</td></tr>"));
        var error = problem is null ? Markup.Empty : Html.Of($"<p class=\"error\" id=\"problem\" role=\"alert\">{problem}</p>");
        var describedBy = problem is null ? Markup.Empty : new Markup(" aria-invalid=\"true\" aria-describedby=\"problem\"");
        return Layout.SendAsync(context, "Switches", Html.Of($"""
            {error}{Layout.Table("Faults that are switched on", ["Fault · Häiriö", "Hits", "Lasts", "Share", "Matches"], rows, "No fault is on: everything works. Kaikki toimii.")}
            <form method="post" action="/faults"><input type="hidden" name="spec" value=""><button>End all faults · Lopeta kaikki</button></form>
            <h2>Usual faults</h2><p>Each replaces what is on.</p>
            <div>{Html.Each(Usual, u => Html.Of($"<form method=\"post\" action=\"/faults\"><input type=\"hidden\" name=\"spec\" value=\"{u.Spec}\"><button>{u.Label}</button> <code>{u.Spec}</code></form>"))}</div>
            <h2>Any fault</h2>
            <form method="post" action="/faults"><div><label for="spec">kind:name=value,… of the table below</label><input id="spec" name="spec" size="50" required{describedBy}></div>
            <div><label for="mode">What is on already</label><select id="mode" name="mode"><option value="replace">is replaced</option><option value="add">stays</option></select></div><button>Switch on · Kytke</button></form>
            {Layout.Table("All kinds", ["Kind", "Fields", "What happens"], Html.Each(FaultKinds.All, k => Html.Of($"<tr><td><code>{k.Name}</code></td><td>{k.Fields}</td><td>{k.Meaning}</td></tr>")))}
            <p>Each also takes {FaultKinds.Common}{string.Join(", ", FaultParser.MatchFields)}. The same by HTTP: <code>POST /api/faults</code> with <code>{(object)Example}</code>, and <code>DELETE /api/faults</code>.</p>
            """), problem is null ? 200 : 400);
    }

    private static string Matched(Fault fault) => string.Join(", ", (fault.Match ?? new Dictionary<string, string>()).Select(m => $"{m.Key}={m.Value}"));
}
