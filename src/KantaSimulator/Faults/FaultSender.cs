using System.Globalization;

namespace KantaSimulator.Faults;

/// <summary>Sends replies: rightly, or in the way a fault says.</summary>
internal sealed class FaultSender(FaultBoard board, TimeProvider clock)
{
    private int nextGarbage = -1;

    /// <summary>Faults that answer before anything is archived. True when the request is finished with.</summary>
    public async Task<bool> InsteadAsync(HttpContext context, Fault? fault)
    {
        switch (fault)
        {
            case { Kind: "down", Mode: "hang" }:
                await board.WaitAsync(Timeout.InfiniteTimeSpan, context.RequestAborted);
                End(context, reset: true);
                return true;
            case { Kind: "down" }:
                End(context, reset: true);
                return true;
            case { Kind: "lose-ack", When: "before-archiving" }:
                End(context, fault.How == "rst");
                return true;
            case { Kind: "status" or "too-many" }:
                var status = fault.Kind == "status" ? fault.Status ?? 503 : 429;
                context.Response.StatusCode = status;
                if (fault.RetryAfter is { } seconds)
                    context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
                else if (fault.RetryAfterDate is { } later)
                    context.Response.Headers.RetryAfter = clock.GetUtcNow().AddSeconds(later).ToString("R", CultureInfo.InvariantCulture);
                context.Response.ContentType = "text/plain; charset=utf-8";
                await context.Response.WriteAsync(fault.Text ?? $"switched to {status}\n");
                return true;
            default:
                return false;
        }
    }

    /// <summary>Sends a reply with what the fault does to it.</summary>
    public async Task SendAsync(HttpContext context, Fault? fault, Reply reply)
    {
        switch (fault?.Kind)
        {
            case "lose-ack":
                await RawAsync(context, [Part(reply, fault.When!)], fault.How == "rst");
                break;
            case "garbage":
                await RawAsync(context, Choose(fault).Make(reply.Body), reset: false);
                break;
            case "trickle":
                await TrickleAsync(context, reply, fault.BytesPerSecond!.Value);
                break;
            case "ack" when fault.Variant == "duplicate-on-wire":
                await RawAsync(context, [reply.Whole(close: false), reply.Whole(close: false)], reset: false);
                break;
            default:
                context.Response.StatusCode = reply.Status;
                context.Response.ContentType = reply.ContentType;
                context.Response.ContentLength = reply.Body.Length;
                await context.Response.Body.WriteAsync(reply.Body, context.RequestAborted);
                break;
        }
    }

    private static byte[] Part(Reply reply, string when)
    {
        byte[] head = reply.Head(), whole = reply.Whole();
        return when switch
        {
            "before" => [],
            "in-headers" => head[..(head.Length / 2)],
            "after-headers" => head,
            "within" => whole[..(head.Length + reply.Body.Length / 2)],
            "last-byte" => whole[..^1],
            _ => whole,
        };
    }

    private Garbage Choose(Fault fault) => fault.Variant switch
    {
        "all" => GarbageCorpus.All[Interlocked.Increment(ref nextGarbage) % GarbageCorpus.All.Count],
        "random" => GarbageCorpus.All[Random.Shared.Next(GarbageCorpus.All.Count)],
        var name => GarbageCorpus.All.First(g => g.Name == name),
    };

    private static async Task RawAsync(HttpContext context, IEnumerable<byte[]> pieces, bool reset)
    {
        try
        {
            var raw = context.Features.Get<RawConnection>()!;
            foreach (var piece in pieces.Where(p => p.Length > 0))
                await raw.WriteAsync(piece, context.RequestAborted);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // A reader that gives up on nonsense is a good reader.
        }

        End(context, reset);
    }

    private static void End(HttpContext context, bool reset)
    {
        context.Features.Get<RawConnection>()!.End(reset);
        context.Abort();
    }

    private static async Task TrickleAsync(HttpContext context, Reply reply, int bytesPerSecond)
    {
        context.Response.StatusCode = reply.Status;
        context.Response.ContentType = reply.ContentType;
        context.Response.ContentLength = reply.Body.Length;
        var step = Math.Max(1, bytesPerSecond / 10);
        try
        {
            for (var at = 0; at < reply.Body.Length; at += step)
            {
                await context.Response.Body.WriteAsync(reply.Body.AsMemory(at, Math.Min(step, reply.Body.Length - at)), context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
                await Task.Delay(TimeSpan.FromSeconds((double)step / bytesPerSecond), context.RequestAborted);
            }
        }
        catch (OperationCanceledException)
        {
            context.Abort();
        }
    }
}
