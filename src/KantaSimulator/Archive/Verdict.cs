using KantaSimulator.Ledger;
using KantaSimulator.Rules;

namespace KantaSimulator.Archive;

/// <summary>What the archive says to a message: AA, AE or AR, its findings, and the ledger line (null when a switch spoke, not the archive).</summary>
internal sealed record Verdict(string Answer, IReadOnlyList<Finding> Findings, LedgerEntry? Entry)
{
    /// <summary>AR when the transmission itself is refused, AE for refused content, AA otherwise.</summary>
    public static string AnswerTo(IEnumerable<Finding> findings, bool duplicateIsAccepted)
    {
        var errors = findings.Where(f => f.Severity == Severity.Error && !(duplicateIsAccepted && f.Rule == Rulebook.AlreadyArchived)).ToList();
        return errors.Count == 0 ? "AA" : errors.Exists(f => f.Rule.Rejects) ? "AR" : "AE";
    }
}
