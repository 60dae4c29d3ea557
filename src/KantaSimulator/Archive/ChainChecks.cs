using System.Xml;
using KantaSimulator.Checks;
using KantaSimulator.Hosting;
using KantaSimulator.Ledger;
using KantaSimulator.Message;
using KantaSimulator.Rules;

namespace KantaSimulator.Archive;

/// <summary>Judges a document against what is archived: duplicates, version chain, service event (SIM-V…, SIM-M04). Called under the archive's lock.</summary>
internal static class ChainChecks
{
    /// <summary>The findings that count: the examination's and the chain's, or less when the same document is here already.</summary>
    public static Findings Run(ArchiveState state, Examination examination, DocumentRow? row, SimulatorOptions options)
    {
        var findings = examination.Findings;
        XmlElement where = examination.Message;
        if (state.KnowsMessage(examination.MessageId))
            findings.Add(Rulebook.MessageIdReused, where, examination.MessageId);
        if (row is null)
            return findings;

        if (state.Find(row.Id) is { } same)
        {
            if (same.Row.Sha256 != row.Sha256)
            {
                findings.Add(Rulebook.IdTaken, where, $"archived with hash {same.Row.Sha256}, sent with {row.Sha256}");
                return findings;
            }

            // The very bytes were judged and archived before: what is wrong with them now (an expired certificate) no longer matters.
            var kept = new Findings(options.Leniency);
            foreach (var finding in findings.Where(f => f.Rule.Rejects))
                kept.Add(finding.Rule, finding.Location, finding.Detail);
            kept.Add(Rulebook.AlreadyArchived, where, $"ledger line {same.Seq}, hash {same.Row.Sha256}");
            return kept;
        }

        Chain(state, row, findings, where);
        if (row.ServiceEvent.Length > 0)
            Event(state, row, options, findings, where);
        return findings;
    }

    private static void Chain(ArchiveState state, DocumentRow row, Findings findings, XmlElement where)
    {
        if (row.Version <= 1)
        {
            if (state.Chain(row.SetId).Count > 0)
                findings.Add(Rulebook.ParentNotLatest, where, $"chain {row.SetId} exists");
            return;
        }

        if (state.Find(row.ParentId) is not { } parent)
        {
            findings.Add(Rulebook.ParentUnknown, where, row.ParentId);
            return;
        }

        findings.AddUnless(state.Chain(parent.Row.SetId)[^1] == parent, Rulebook.ParentNotLatest, where, row.ParentId);
        findings.AddUnless(!parent.Invalidated, Rulebook.ParentInvalidated, where, row.ParentId);
        findings.AddUnless(row.Version == parent.Row.Version + 1, Rulebook.VersionGap, where, $"{row.Version} after {parent.Row.Version}");
        findings.AddUnless(row.SetId == parent.Row.SetId, Rulebook.SetIdOfChain, where, $"{row.SetId}, chain {parent.Row.SetId}");
        findings.AddUnless(ArchiveState.PatientKey(row) == ArchiveState.PatientKey(parent.Row), Rulebook.PatientOfChain, where, row.PatientId);
        findings.AddUnless(row.ServiceEvent == parent.Row.ServiceEvent, Rulebook.ServiceEventOfChain, where, $"{row.ServiceEvent}, chain {parent.Row.ServiceEvent}");
        findings.AddUnless(row.Register == parent.Row.Register && row.Custodian == parent.Row.Custodian, Rulebook.RegisterOfChain, where,
            $"{row.Register} {row.Custodian}, chain {parent.Row.Register} {parent.Row.Custodian}");
        findings.AddUnless(row.Type == parent.Row.Type, Rulebook.TypeOfChain, where, $"{row.Type}, chain {parent.Row.Type}");
    }

    private static void Event(ArchiveState state, DocumentRow row, SimulatorOptions options, Findings findings, XmlElement where)
    {
        var known = state.Event(row.ServiceEvent);
        var isOwn = row.Type == "4";
        if (!isOwn && options.OrderRule && known?.OwnChain is null)
            findings.Add(Rulebook.ServiceEventUnknown, where, row.ServiceEvent);
        if (known is null)
            return;
        findings.AddUnless(known.Patient == ArchiveState.PatientKey(row), Rulebook.ServiceEventOfOther, where, row.ServiceEvent);
        findings.AddUnless(!known.Invalidated, Rulebook.ServiceEventInvalidated, where, row.ServiceEvent);
        if (isOwn && known.OwnChain is { } chain && chain != row.SetId)
            findings.Add(Rulebook.ServiceEventTaken, where, $"chain {chain}");
        if (options.MaxDocuments > 0 && row.Version == 1 && known.Documents >= options.MaxDocuments)
            findings.Add(Rulebook.TooManyDocuments, where, $"{known.Documents}");
    }
}
