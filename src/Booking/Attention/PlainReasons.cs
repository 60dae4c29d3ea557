using KantaConnector.Status;

namespace Booking.Attention;

/// <summary>Where something can be mended.</summary>
internal enum MendPlace
{
    None,
    Person,
    Note,
    Appointment,
    Practice,
    Staff,
}

/// <summary>A reason in the catalogue's words: keys <c>Attention.Why.*</c> and <c>Attention.Do.*</c>.</summary>
internal sealed record PlainReason(string Word, MendPlace Place)
{
    public string WhyKey => "Attention.Why." + Word;

    public string DoKey => "Attention.Do." + Word;
}

/// <summary>
/// Says in plain words what the archive's codes and our own checks mean. Of Kela's codes only two are published (4Y00007, 5Y00009); the SIM- codes are
/// the simulator's. For any other code the archive's own words stand beside a general advice.
/// </summary>
internal static class PlainReasons
{
    private const string Unfit = "not fit for the archive: ";

    private static readonly PlainReason Unknown = new("unknown", MendPlace.None);

    private static readonly (string[] Codes, PlainReason Reason)[] Known =
    [
        (["5Y00009"], new("right", MendPlace.Practice)),
        (["SIM-C05", "SIM-C06", "SIM-C07", "SIM-C08", "SIM-C09", "SIM-C10", "SIM-C14", "SIM-C18", "SIM-C19", "SIM-I01", "SIM-I02", "SIM-W08", "SIM-W09"],
            new("person", MendPlace.Person)),
        (["SIM-C11", "SIM-C12", "SIM-C13", "SIM-W10", "SIM-I07", "SIM-D13"], new("author", MendPlace.Staff)),
        (["SIM-C17", "SIM-W02", "SIM-W11", "SIM-W15"], new("practice", MendPlace.Practice)),
        (["SIM-V11"], new("other_content", MendPlace.None)),
        (["SIM-V20", "SIM-V21", "SIM-V22", "SIM-V23", "SIM-V24"], new("event", MendPlace.None)),
        (["SIM-V"], new("chain", MendPlace.None)),
        (["SIM-G15", "SIM-G16", "SIM-G17", "SIM-G18", "SIM-G19", "SIM-G21"], new("certificate", MendPlace.None)),
        (["SIM-G"], new("signature", MendPlace.None)),
        (["SIM-D", "SIM-C", "SIM-I"], new("content", MendPlace.Note)),
        (["SIM-A06"], new("person", MendPlace.Person)),
        (["SIM-A"], new("appointment", MendPlace.Appointment)),
        (["4Y00007", "SIM-W"], new("integrity", MendPlace.None)),
        (["SIM-M", "SIM-P", "SIM-Q"], new("settings", MendPlace.None)),
    ];

    private static readonly (string Path, PlainReason Reason)[] Paths =
    [
        ("patient", new("person", MendPlace.Person)),
        ("authors", new("author", MendPlace.Staff)),
        ("custodian", new("practice", MendPlace.Practice)),
        ("register", new("practice", MendPlace.Practice)),
        ("serviceEvent", new("practice", MendPlace.Practice)),
        ("codes", new("demo", MendPlace.None)),
        ("entries", new("content", MendPlace.Note)),
        ("title", new("content", MendPlace.Note)),
    ];

    /// <summary>Each reason once, in the order of the archive's codes.</summary>
    public static IReadOnlyList<PlainReason> Of(SubmissionStatus status)
    {
        IEnumerable<PlainReason> reasons = status switch
        {
            { Codes.Count: > 0 } => status.Codes.Select(c => OfCode(c.Code)),
            { Reason: { } reason } when reason.StartsWith(Unfit, StringComparison.Ordinal) => reason[Unfit.Length..].Split("; ").Select(OfPath),
            { Reason: { } reason } when reason.Contains("encryption key was destroyed", StringComparison.Ordinal) => [new("key", MendPlace.None)],
            _ => [Unknown],
        };
        var found = reasons.Distinct().ToList();
        // Integrity is raised beside each difference, and says less than the code that names it.
        return found.Count > 1 ? [.. found.Where(r => r.Word != "integrity")] : found;
    }

    /// <summary>Why nothing, or nothing now, goes to the archive: the key of a text, or null when the way is free.</summary>
    public static string? OfWay(string? hold, string? fault) => (hold, fault) switch
    {
        ({ } h, _) when h.StartsWith("signing:", StringComparison.Ordinal) || h.StartsWith("TLS client:", StringComparison.Ordinal) =>
            h.Contains("expired", StringComparison.Ordinal) ? "Attention.Way.expired"
            : h.Contains("no certificate", StringComparison.Ordinal) ? "Attention.Way.missing" : "Attention.Way.unusable",
        ({ } h, _) when h.Contains("switched off", StringComparison.Ordinal) => "Attention.Way.switched_off",
        ({ } h, _) when h.Contains("address", StringComparison.Ordinal) => "Attention.Way.address",
        ({ }, _) => "Attention.Way.not_allowed",
        (null, { } f) when f.StartsWith("the archive rejects", StringComparison.Ordinal) => "Attention.Way.rejects",
        (null, { }) => "Attention.Way.unreachable",
        _ => null,
    };

    private static PlainReason OfCode(string code) =>
        Known.FirstOrDefault(k => k.Codes.Any(c => code == c || (c.Length == 5 && code.StartsWith(c, StringComparison.Ordinal)))).Reason ?? Unknown;

    private static PlainReason OfPath(string problem)
    {
        var path = problem.Split(':')[0];
        return path.Contains("authors", StringComparison.Ordinal) ? new("author", MendPlace.Staff)
            : Paths.FirstOrDefault(p => path.StartsWith(p.Path, StringComparison.Ordinal)).Reason ?? new("settings", MendPlace.None);
    }
}
