using KantaSimulator.Faults;

namespace KantaSimulator.Web;

/// <summary>JSON to switch faults on and off (docs/simulator-wire.md section 8). A cross-site request of a browser is refused.</summary>
internal sealed class FaultApi(FaultBoard board)
{
    private const int MostBytes = 100_000;

    private sealed record FaultsAnswer(IReadOnlyList<FaultView> Faults);

    private sealed record GarbageAnswer(string Name, string Description);

    public void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/api/faults", c => ArchiveApi.JsonAsync(c, View()));
        app.MapPost("/api/faults", SetAsync);
        app.MapDelete("/api/faults", c =>
        {
            if (IsCrossSite(c.Request))
                return Refuse(c, 403, "cross-site request");
            board.Set([]);
            return ArchiveApi.JsonAsync(c, View());
        });
        app.MapGet("/api/faults/kinds", c => ArchiveApi.JsonAsync(c, FaultKinds.All));
        app.MapGet("/api/garbage", c => ArchiveApi.JsonAsync(c, GarbageCorpus.All.Select(g => new GarbageAnswer(g.Name, g.Description)).ToList()));
    }

    /// <summary>True when a browser says that another site caused the request.</summary>
    public static bool IsCrossSite(HttpRequest request) => request.Headers["Sec-Fetch-Site"].ToString() is not ("" or "same-origin" or "none");

    private async Task SetAsync(HttpContext context)
    {
        if (IsCrossSite(context.Request))
        {
            await Refuse(context, 403, "cross-site request");
            return;
        }

        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        if (body.Length > MostBytes)
        {
            await Refuse(context, 413, "too large");
            return;
        }

        try
        {
            board.Set(FaultParser.ParseJson(body.ToArray()));
            await ArchiveApi.JsonAsync(context, View());
        }
        catch (FormatException e)
        {
            await Refuse(context, 400, e.Message);
        }
    }

    private FaultsAnswer View() => new(board.View());

    private static Task Refuse(HttpContext context, int status, string why)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(new { error = why });
    }
}
