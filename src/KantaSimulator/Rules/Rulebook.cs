using System.Collections.Frozen;
using System.Reflection;

namespace KantaSimulator.Rules;

/// <summary>
/// Every code that the simulator can answer with. Two are Kela's own (<see cref="IntegrityError"/>, <see cref="NoRight"/>; code set
/// 1.2.246.537.5.40112.2006); all others begin with SIM- and are this simulator's, so that nobody takes them for Kela's.
/// docs/simulator-wire.md repeats this table and a test compares the two.
/// </summary>
internal static partial class Rulebook
{
    /// <summary>Code set of the two verified codes.</summary>
    public const string KantaCodeSystem = "1.2.246.537.5.40112.2006";

    /// <summary>Our own code system: an OID below 2.25, made from a random UUID, so that it collides with nobody's.</summary>
    public const string SimulatorCodeSystem = "2.25.121122865255941228783107363440071987201";

    public static readonly Rule IntegrityError = Error("4Y00007", Layer.Content,
        "Message integrity error (the codes beside it say where)", "Virhe sanoman eheydessä");
    public static readonly Rule NoRight = Error("5Y00009", Layer.Content,
        "No right to use the service", "Käyttöoikeusvirhe");

    /// <summary>All rules, by code.</summary>
    public static IEnumerable<Rule> All => Index.ByCode.Values.OrderBy(r => r.Code, StringComparer.Ordinal);

    public static Rule? Find(string code) => Index.ByCode.GetValueOrDefault(code);

    public static string CodeSystemOf(Rule rule) =>
        rule.Code.StartsWith("SIM-", StringComparison.Ordinal) ? SimulatorCodeSystem : KantaCodeSystem;

    private static Rule Error(string code, Layer layer, string english, string finnish) =>
        new(code, layer, Severity.Error, english, finnish);

    private static Rule Warning(string code, Layer layer, string english, string finnish) =>
        new(code, layer, Severity.Warning, english, finnish);

    // Lazy: the fields of the other parts of this class may not be set yet when this part's are.
    private static class Index
    {
        public static readonly FrozenDictionary<string, Rule> ByCode = typeof(Rulebook)
            .GetFields(BindingFlags.Public | BindingFlags.Static)
            .Where(f => f.FieldType == typeof(Rule)).Select(f => (Rule)f.GetValue(null)!)
            .ToFrozenDictionary(r => r.Code);
    }
}
