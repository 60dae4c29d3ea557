using KantaSimulator.Faults;
using KantaSimulator.Hosting;
using KantaSimulator.Rules;

namespace KantaSimulator.Web;

/// <summary>How to send to this very simulator: addresses, certificates, a first message, options, faults, and every code that it answers with.</summary>
internal sealed class GuidePage(SimulatorOptions options, Func<(Uri Mr, Uri Fhir)> addresses)
{
    private static readonly (string Call, string Meaning)[] Calls =
    [
        ("GET /api/status", "ready, number of messages and documents, head of the ledger"), ("GET /api/documents?q=", "what is archived; also setId, serviceEvent, patientId"),
        ("GET /api/documents/OID, …/xml", "one document with its versions and report; its bytes"), ("GET /api/ledger?from=1&limit=1000", "every message with its outcome and findings"),
        ("GET /api/messages/SEQ, …/raw", "report; the request as it came"), ("GET, POST, DELETE /api/faults", "switches"), ("GET /api/faults/kinds, /api/garbage", "what can be switched on"),
        ("GET /api/appointments", "all appointments in all versions"), ("POST /api/reset", "empties the ledger, with --throw-away only"),
    ];

    public void Map(IEndpointRouteBuilder app) => app.MapGet("/guide", ShowAsync);

    private Task ShowAsync(HttpContext context)
    {
        var (mr, fhir) = addresses();
        var curl = options.DevCerts is { } folder ? $"""
            curl --cacert {Path.Combine(folder, "ca.pem")} \
              --cert {Path.Combine(folder, "client.pem")} --key {Path.Combine(folder, "client-key.pem")} \
              -H 'Content-Type: text/xml; charset=utf-8' -H 'SOAPAction: ""' --data-binary @message.xml {mr}
            """ : $"curl --cacert CA --cert CERTIFICATE --key KEY -H 'Content-Type: text/xml; charset=utf-8' -H 'SOAPAction: \"\"' --data-binary @message.xml {mr}";
        return Layout.SendAsync(context, "Guide", Html.Of($"""
            <p>This program plays the archive of patient records for developers of connectors. Passing it certifies nothing. Its whole contract, with what is verified about Kanta and
            what is this program's own choice, is <code>docs/simulator-wire.md</code> beside its source; <code>--help</code> prints the options below.</p>
            {Layout.Facts(("Messages (SOAP 1.1)", $"{mr}"), ("Appointments (FHIR R4)", $"{fhir}"), ("Receiver", options.Party), ("Ledger", Path.GetFullPath(Path.Combine(options.Data, "ledger.log"))),
                ("Certificates", options.DevCerts is { } made ? Path.GetFullPath(made) : "as given by --server-cert and --client-ca"))}
            <h2>A first message</h2><div class="scroll" role="region" aria-label="Command" tabindex="0"><pre>{curl}</pre></div>
            <p>message.xml is a SOAP 1.1 envelope whose Body holds RCMR_IN100002FI01 (a new document) or RCMR_IN100016FI01 (a replacing version). The service event's own document goes first.
            Answers: AA archived, AE content refused, AR transmission refused, each with all that was found.</p>
            <h2>Faults</h2><p>On the <a href="/faults">switches page</a>, by <code>--fault</code>, or by HTTP.</p>
            {Layout.Table("Kinds of faults", ["Kind", "Fields", "What happens"], Html.Each(FaultKinds.All, k => Html.Of($"<tr><td><code>{k.Name}</code></td><td>{k.Fields}</td><td>{k.Meaning}</td></tr>")))}
            <h2>HTTP</h2>{Layout.Table("JSON on this port", ["Call", "Answer"], Html.Each(Calls, c => Html.Of($"<tr><td><code>{c.Call}</code></td><td>{c.Meaning}</td></tr>")))}
            <h2>Options</h2>{Layout.Table("Options of the command line", ["Option", "Meaning (default)"], Html.Each(StartOptions.All, o => Html.Of($"<tr><td><code>{o.Written}</code></td><td>{o.Meaning}</td></tr>")))}
            <h2>Codes</h2><p>Two are Kela's own; all that begin with SIM- are this simulator's.</p>
            {Layout.Table("Codes in answers", ["Code", "Layer", "Meaning", "Suomeksi"], Html.Each(Rulebook.All, r => Html.Of($"<tr><td><code>{r.Code}</code></td><td>{(int)r.Layer}</td><td>{r.English}</td><td lang=\"fi\">{r.Finnish}</td></tr>")))}
            """));
    }
}
