using System.Text.RegularExpressions;
using KantaSimulator.Faults;
using KantaSimulator.Rules;

namespace KantaSimulator.Tests.Documents;

/// <summary>docs/simulator-wire.md says what the code does: the same codes with the same meaning, the same garbage.</summary>
public sealed class WireDocumentTests
{
    internal static readonly string Text = File.ReadAllText(Find());

    [Fact]
    public void Codes_InTheDocument_AreTheRulebook()
    {
        var written = Regex.Matches(Text, @"^\| ((?:SIM-|4Y|5Y)[^ ]+) \| ([123]) \| (.*?) \| (.*?) \|$", RegexOptions.Multiline)
            .Select(m => $"{m.Groups[1].Value} {m.Groups[2].Value} {m.Groups[3].Value} / {m.Groups[4].Value}").Order(StringComparer.Ordinal);
        var known = Rulebook.All.Select(r => $"{r.Code} {(int)r.Layer} {Cell(r.English)}{(r.Severity == Severity.Warning ? " (warning)" : "")} / {Cell(r.Finnish)}")
            .Order(StringComparer.Ordinal);
        Assert.Equal(known, written);
    }

    [Fact]
    public void Garbage_InTheDocument_IsTheCorpus()
    {
        var written = Regex.Matches(Text[Text.IndexOf("## 14", StringComparison.Ordinal)..], @"^\| `([a-z0-9-]+)` \| ([^|]+) \|$", RegexOptions.Multiline).Select(m => (m.Groups[1].Value, m.Groups[2].Value));
        Assert.Equal(GarbageCorpus.All.Select(g => (g.Name, g.Description)), written);
    }

    [Fact]
    public void FaultKinds_InTheDocument_AreAllNamed()
    {
        foreach (var name in FaultParser.DownModes.Concat(FaultParser.LossPlaces).Concat(FaultParser.AckVariants).Concat(FaultParser.TlsVariants).Concat(FaultParser.MatchFields)
            .Concat(Leniency.Tolerances.Keys))
            Assert.Contains($"`{name}`", Text, StringComparison.Ordinal);
    }

    private static string Cell(string text) => text.Replace("<", "&lt;", StringComparison.Ordinal);

    private static string Find()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
            if (File.Exists(Path.Combine(at.FullName, "docs", "simulator-wire.md")))
                return Path.Combine(at.FullName, "docs", "simulator-wire.md");
        throw new FileNotFoundException("docs/simulator-wire.md");
    }
}
