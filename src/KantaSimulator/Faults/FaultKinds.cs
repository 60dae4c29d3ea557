namespace KantaSimulator.Faults;

/// <summary>One kind of fault as people read of it.</summary>
/// <param name="Fields">Its own fields and their values, as they are written in <c>kind:name=value,…</c>.</param>
internal sealed record FaultKind(string Name, string Fields, string Meaning);

/// <summary>All kinds, for --help, the switches page, the guide and GET /api/faults/kinds; docs/simulator-wire.md section 8 has the same.</summary>
internal static class FaultKinds
{
    public const string Common = "count=N (the next N requests; without it until told), share=0.3 and seed=1 (a part of them), path=mr or fhir, match.FIELD=VALUE with FIELD one of ";

    public static readonly IReadOnlyList<FaultKind> All =
    [
        new("delay", "milliseconds=500", "waits before the request is handled; adds itself to others"),
        new("down", $"mode={Choice(FaultParser.DownModes)}", "the whole port: nothing listens, or connections are reset or never answered"),
        new("status", "status=400…599, retryAfter=SECONDS, text=WORDS", "answers with that HTTP status; nothing is archived"),
        new("too-many", "retryAfter=SECONDS or retryAfterDate=SECONDS", "429, with Retry-After in seconds or as a date"),
        new("refuse", "code=SIM-F01 (any code), type=AE|AR", "a well-formed refusal; nothing is archived"),
        new("lose-ack", $"when={Choice(FaultParser.LossPlaces)}, how=fin|rst", "cuts the connection; archived, except before-archiving"),
        new("ack", $"variant={Choice(FaultParser.AckVariants)}", "archived, then acknowledged wrongly; on mr only"),
        new("garbage", "variant=NAME|all|random (GET /api/garbage lists the names), archive=true|false", "answers with nonsense"),
        new("trickle", "bytesPerSecond=200", "the right answer, slowly"),
        new("tls", $"variant={Choice(FaultParser.TlsVariants)}", "at the next handshakes"),
    ];

    private static string Choice(string[] values) => string.Join('|', values);
}
