using System.Text;
using KantaSimulator.Archive;
using KantaSimulator.Checks;
using KantaSimulator.Ledger;
using KantaSimulator.Message;
using KantaSimulator.Rules;

namespace KantaSimulator.Hosting;

/// <summary>POST /mr: SOAP 1.1 in, acknowledgement out (docs/simulator-wire.md sections 2 to 4).</summary>
internal sealed class MrEndpoint(SimulatorOptions options, ClientCertificateCheck clients, Examiner examiner, ArchiveService archive, AnswerWriter answers)
{
    private const int MostBytes = 20_000_000;

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
        var action = context.Request.Headers["SOAPAction"].ToString().Trim('"');
        if (options.RequireSoapAction && (!context.Request.Headers.ContainsKey("SOAPAction") || (options.SoapActions.Count > 0 && !options.SoapActions.Contains(action))))
        {
            await XmlAsync(context, 500, AnswerWriter.Fault(Rulebook.SoapActionMissing, action, "Client"));
            return;
        }

        var soap = SoapRequest.Read(body);
        if (soap.Message is not { } message)
        {
            var code = soap.Fault == Rulebook.MustUnderstand ? "MustUnderstand" : "Client";
            await XmlAsync(context, 500, AnswerWriter.Fault(soap.Fault!, soap.Detail, code));
            return;
        }

        var examination = examiner.Examine(message);
        try
        {
            var verdict = await archive.SubmitAsync(examination, body, null, null);
            await XmlAsync(context, 200, answers.Write(new Acknowledgement(verdict.Answer, examination.MessageId, examination.Sender,
                examination.ProcessingCode is { Length: > 0 } code ? code : "D", verdict.Findings)));
        }
        catch (LedgerException e)
        {
            await XmlAsync(context, 503, AnswerWriter.Fault(Rulebook.LedgerUnavailable, e.Message, "Server"));
        }
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

    private static async Task XmlAsync(HttpContext context, int status, byte[] body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/xml; charset=utf-8";
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body);
    }
}
