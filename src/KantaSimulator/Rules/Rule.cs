namespace KantaSimulator.Rules;

/// <summary>The three layers of a validation report, in the order in which they are shown.</summary>
internal enum Layer
{
    /// <summary>Well-formed XML and the structure that a schema would demand.</summary>
    Structure = 1,

    /// <summary>Wrapper–document agreement, code sets, identifiers, version chains and order.</summary>
    Content = 2,

    /// <summary>System signature and certificate.</summary>
    Signature = 3,
}

/// <summary>What a finding does to the answer: an error refuses, a warning is only told.</summary>
internal enum Severity { Error, Warning, Information }

/// <summary>One named check. <see cref="Code"/> goes over the wire; the texts are for people (English and Finnish).</summary>
internal sealed record Rule(string Code, Layer Layer, Severity Severity, string English, string Finnish)
{
    /// <summary>True for checks that judge the transmission itself: the answer is AR (rejected) and not AE (error).</summary>
    public bool Rejects => Code.StartsWith("SIM-M", StringComparison.Ordinal) && Code is not
        ("SIM-M21" or "SIM-M22" or "SIM-M23" or "SIM-M24" or "SIM-M25" or "SIM-M26") || Code == Rulebook.NoRight.Code;
}

/// <summary>A rule that was broken, where (an XPath-like location), and the values that show it.</summary>
internal sealed record Finding(Rule Rule, string Location, string Detail)
{
    /// <summary>Severity after the switches (a tolerated error is a warning, a strict warning an error).</summary>
    public Severity Severity { get; init; } = Rule.Severity;

    public string Text => Detail.Length == 0 ? Rule.English : $"{Rule.English}: {Detail}";
}
