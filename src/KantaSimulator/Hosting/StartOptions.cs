using KantaSimulator.Faults;
using KantaSimulator.Rules;

namespace KantaSimulator.Hosting;

/// <summary>One option of the command line.</summary>
/// <param name="Value">What it takes; null for one that is only there or not.</param>
internal sealed record StartOption(string Name, string? Value, string Meaning)
{
    public string Written => Value is null ? $"--{Name}" : $"--{Name} {Value}";
}

/// <summary>All options: what the reader knows, --help prints and the guide page shows; docs/simulator-wire.md section 1 has the same.</summary>
internal static class StartOptions
{
    public static readonly IReadOnlyList<StartOption> All =
    [
        new("data", "DIR", "ledger and lock file (./simulator-data)"),
        new("mtls-port", "N", "port of the message and appointment interfaces; 0 takes a free one (0)"),
        new("web-port", "N", "port of the pages and of the JSON interface (0)"),
        new("bind", "ADDRESS", "of both ports; the pages have no sign-in (127.0.0.1)"),
        new("dev-certs", "DIR", "development certificates, made once: ca.pem, client.pem, client-key.pem, client.pfx, server.pfx (DATA/certs)"),
        new("server-cert", "FILE", "own server certificate instead: PKCS#12, or PEM with its key"),
        new("server-key", "FILE", "its key, where that is a file of its own"),
        new("server-cert-password", "TEXT", "its password"),
        new("client-ca", "FILE", "CAs of client and signing certificates, PEM or DER"),
        new("party", "OID", "the archive's own id, which receiver must hold (1.2.246.556.18007.2)"),
        new("tolerate", "LIST", $"errors that become warnings: samples, none, or some of {string.Join(", ", Leniency.Tolerances.Keys.Order())} (none)"),
        new("order-rule", "on|off", "a note is refused before its service event's own document (on)"),
        new("duplicate-same", "AE|AA", "answer to the same document once more (AE)"),
        new("strict-time", null, "SIM-M06 and SIM-G20 are errors"),
        new("require-soap-action", null, "a request without a SOAPAction is refused"),
        new("soap-action", "VALUE", "accepted SOAPAction; repeatable"),
        new("client-refusal", "http|tls", "a bad client certificate gets 403, or no handshake (http)"),
        new("max-documents", "N", "documents in one service event; 0 is no limit (0)"),
        new("allow-sender", "OID", "others get 5Y00009; repeatable (all)"),
        new("allow-provider", "OID", "others get 5Y00009; repeatable (all)"),
        new("service-request", "CODE", "accepted service request; repeatable (PP1)"),
        new("query-interaction", "NAME", "of the query message (SIM_IN_QUERY)"),
        new("fetch-interaction", "NAME", "of the fetch message (SIM_IN_FETCH)"),
        new("invalidate-interaction", "NAME", "of the invalidation (SIM_IN_INVALIDATE)"),
        new("fault", "KIND:NAME=VALUE,…", "a fault from the start on; repeatable"),
        new("require-bundle-signature", null, "appointments must be signed"),
        new("throw-away", null, "allows POST /api/reset, which empties the ledger"),
    ];

    /// <summary>What <c>--help</c> prints.</summary>
    public static string Help => $"""
        KantaSimulator plays the archive of patient records for developers of connectors. It is not Kanta, and takes test persons only.

        usage: KantaSimulator [OPTION]…      started without any, it makes a ledger and development certificates below ./simulator-data

        It prints one line when it is ready: ready mtls=ADDRESS fhir=ADDRESS web=ADDRESS
        The pages at web= show what was archived, switch faults on, and hold this guide (ADDRESS/guide). A first message, as a SOAP 1.1 envelope:
          curl --cacert simulator-data/certs/ca.pem --cert simulator-data/certs/client.pem --key simulator-data/certs/client-key.pem \
            -H 'Content-Type: text/xml; charset=utf-8' -H 'SOAPAction: ""' --data-binary @message.xml ADDRESS-OF-MTLS

        Options, also as Simulator__Name in the environment (default in brackets):
        {Lines(All.Select(o => (o.Written, o.Meaning)))}

        Faults, by --fault KIND:NAME=VALUE,… or the switches page, or as JSON to POST ADDRESS/api/faults (DELETE ends all):
        {Lines(FaultKinds.All.Select(k => ($"{k.Name}:{k.Fields}", k.Meaning)))}
          each also: {FaultKinds.Common}{string.Join(", ", FaultParser.MatchFields)}
          such as --fault status:status=503,share=0.3 or --fault lose-ack:when=before,count=3,match.documentType=1

        Exit codes: 0 stopped by Ctrl-C or SIGTERM, 2 an option or the ledger cannot be used. The whole contract is docs/simulator-wire.md.
        """;

    private static string Lines(IEnumerable<(string Left, string Right)> rows) =>
        string.Join(Environment.NewLine, rows.Select(row => row.Left.Length > 34 ? $"  {row.Left}{Environment.NewLine}      {row.Right}" : $"  {row.Left,-34} {row.Right}"));
}
