using System.Collections.Frozen;

namespace KantaSimulator.Rules;

/// <summary>The tolerances and strictness that this simulator was started with.</summary>
internal sealed record Leniency(FrozenSet<string> Tolerated, bool StrictTime)
{
    /// <summary>Each tolerance and the rules that it softens to warnings.</summary>
    public static readonly FrozenDictionary<string, Rule[]> Tolerances = new Dictionary<string, Rule[]>
    {
        ["certificate-age"] = [Rulebook.CertificateNotValidNow],
        ["certificate-chain"] = [Rulebook.CertificateChain],
        ["message-age"] = [Rulebook.CreationTimeFarOff],
        ["unknown-parent"] = [Rulebook.ParentUnknown],
        ["unknown-service-event"] = [Rulebook.ServiceEventUnknown],
        ["identity-series"] = [Rulebook.IdentityNotTest],
    }.ToFrozenDictionary();

    public static Leniency None { get; } = new(FrozenSet<string>.Empty, false);

    /// <summary>Reads <c>certificate-age,unknown-parent</c>, <c>samples</c> (all) or <c>none</c>.</summary>
    /// <exception cref="FormatException">An unknown name.</exception>
    public static Leniency Parse(string list, bool strictTime)
    {
        var names = list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Where(n => n != "none").SelectMany(n => n == "samples" ? Tolerances.Keys : (IEnumerable<string>)[n]).ToFrozenSet();
        return names.FirstOrDefault(n => !Tolerances.ContainsKey(n)) is { } unknown
            ? throw new FormatException($"unknown tolerance '{unknown}'; known: samples, {string.Join(", ", Tolerances.Keys.Order())}")
            : new Leniency(names, strictTime);
    }

    public Severity SeverityOf(Rule rule)
    {
        if (Tolerated.Any(name => Tolerances[name].Contains(rule)))
            return Severity.Warning;
        return StrictTime && (rule == Rulebook.CreationTimeFarOff || rule == Rulebook.TimestampFarOff) ? Severity.Error : rule.Severity;
    }
}
