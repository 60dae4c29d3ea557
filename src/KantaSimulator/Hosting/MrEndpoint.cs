using System.Text;
using KantaSimulator.Archive;
using KantaSimulator.Checks;
using KantaSimulator.Faults;
using KantaSimulator.Ledger;
using KantaSimulator.Message;
using KantaSimulator.Rules;
using KantaSimulator.Xml;

namespace KantaSimulator.Hosting;

/// <summary>POST /mr: SOAP 1.1 in, acknowledgement out (docs/simulator-wire.md sections 2 to 4).</summary>
internal sealed class MrEndpoint(SimulatorOptions options, ClientCertificateCheck clients, Examiner examiner, ArchiveService archive, AnswerWriter answers,
    Retrieval retrieval, FaultBoard board, FaultSender sender)
{
    private const int MostBytes = 20_000_000;

    private readonly AckSwapper swapper = new();

    public async Task HandleAsync(HttpContext context)
    {
        var request = context.Request;
        if (clients.Judge(context.Connection.ClientCertificate) is { } stranger)
            await PlainAsync(context, 403, stranger, "");
        else if (!HttpMethods.IsPost(request.Method))
            await PlainAsync(context, 405, Rulebook.WrongMethod, request.Method);
        else if (!IsXml(request.ContentType))
            await PlainAsync(context, 415, Rulebook.WrongContentType, request.ContentType ?? "none");
        else if (request.Headers.ContentEncoding.Count > 0)
            await PlainAsync(context, 415, Rulebook.ContentEncoding, request.Headers.ContentEncoding.ToString());
        else if (await ReadAsync(request, context.RequestAborted) is not { } body)
            await PlainAsync(context, 413, Rulebook.TooLarge, $"more than {MostBytes} bytes");
        else
            await AnswerAsync(context, body);
    }

    private async Task AnswerAsync(HttpContext context, byte[] body)
    {
        var soap = SoapRequest.Read(body);
        var (delay, fault) = board.Take("mr", soap.Message is { } m ? MessageFacts.Of(m) : MessageFacts.None);
        if (delay > TimeSpan.Zero)
            await Task.Delay(delay, context.RequestAborted);
        if (await sender.InsteadAsync(context, fault))
            return;
        await SendAsync(context, fault, await ReplyAsync(context, soap, body, fault));
    }

    private async Task<(Reply Reply, Acknowledgement? Acknowledgement)> ReplyAsync(HttpContext context, SoapRequest soap, byte[] body, Fault? fault)
    {
        var action = context.Request.Headers["SOAPAction"].ToString().Trim('"');
        if (options.RequireSoapAction && (!context.Request.Headers.ContainsKey("SOAPAction") || (options.SoapActions.Count > 0 && !options.SoapActions.Contains(action))))
            return (Reply.Xml(500, AnswerWriter.Fault(Rulebook.SoapActionMissing, action, "Client")), null);
        if (soap.Message is not { } message)
            return (Reply.Xml(500, AnswerWriter.Fault(soap.Fault!, soap.Detail, soap.Fault == Rulebook.MustUnderstand ? "MustUnderstand" : "Client")), null);

        var examination = examiner.Examine(message);
        var processing = examination.ProcessingCode is { Length: > 0 } code ? code : "D";
        if (fault is { Kind: "garbage", Archive: false })
            return Answered(new Acknowledgement("AE", examination.MessageId, examination.Sender, processing, []));
        try
        {
            if (examination.Interaction is { IsArchiving: false } other)
                return await retrieval.AnswerAsync(examination, other, body, fault) is var (bytes, said) ? (Reply.Xml(200, bytes), said) : default;
            var refusal = fault is { Kind: "refuse" }
                ? new Finding(Rulebook.Find(fault.Code ?? "SIM-F01")!, message.Place(), "switched on") { Severity = Severity.Error } : null;
            var verdict = await archive.SubmitAsync(examination, body, fault?.Name, refusal);
            return Answered(new Acknowledgement(fault is { Kind: "refuse", Type: { } type } ? type : verdict.Answer, examination.MessageId, examination.Sender,
                processing, verdict.Findings));
        }
        catch (LedgerException e)
        {
            return (Reply.Xml(503, AnswerWriter.Fault(Rulebook.LedgerUnavailable, e.Message, "Server")), null);
        }
    }

    private (Reply, Acknowledgement?) Answered(Acknowledgement acknowledgement) => (Reply.Xml(200, answers.Write(acknowledgement)), acknowledgement);

    private async Task SendAsync(HttpContext context, Fault? fault, (Reply Reply, Acknowledgement? Acknowledgement) answer)
    {
        var reply = answer.Reply;
        var previous = swapper.ExchangePrevious(reply);
        if (fault?.Kind == "ack" && answer.Acknowledgement is { } said)
        {
            var foreign = said with { Target = $"{options.Party}.9.1.1", Type = "AA", Findings = [] };
            reply = fault.Variant switch
            {
                "duplicate-in-body" => Reply.Xml(200, answers.Write("MCCI_IN000002UV01", [said, said], null)),
                "foreign" => Reply.Xml(200, answers.Write(foreign)),
                "no-target" => Reply.Xml(200, answers.Write(said with { Target = null })),
                "unknown-type" => Reply.Xml(200, answers.Write(said with { Type = "XX" })),
                "late-previous" => previous ?? Reply.Xml(200, answers.Write(foreign)),
                "swapped" => await swapper.SwapAsync(reply, TimeSpan.FromMilliseconds(fault.Milliseconds ?? 2000)) ?? Reply.Xml(200, answers.Write(foreign)),
                _ => reply,
            };
        }

        await sender.SendAsync(context, fault, reply);
    }

    private static bool IsXml(string? contentType)
    {
        var parts = (contentType ?? "").Split(';', StringSplitOptions.TrimEntries);
        return parts[0].Equals("text/xml", StringComparison.OrdinalIgnoreCase) && parts.Skip(1).Where(p => p.StartsWith("charset", StringComparison.OrdinalIgnoreCase))
            .All(p => p.Replace("\"", "", StringComparison.Ordinal).EndsWith("utf-8", StringComparison.OrdinalIgnoreCase));
    }

    private static async Task<byte[]?> ReadAsync(HttpRequest request, CancellationToken cancelled)
    {
        if (request.ContentLength > MostBytes)
            return null;
        using var body = new MemoryStream();
        var block = new byte[1 << 16];
        int count;
        while ((count = await request.Body.ReadAsync(block, cancelled)) > 0)
        {
            if (body.Length + count > MostBytes)
                return null;
            body.Write(block, 0, count);
        }

        return body.ToArray();
    }

    private static Task PlainAsync(HttpContext context, int status, Rule rule, string detail)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        if (status == 405)
            context.Response.Headers.Allow = "POST";
        return context.Response.WriteAsync($"{rule.Code} {rule.English}{(detail.Length > 0 ? ": " + detail : "")}\n", Encoding.UTF8);
    }
}
