using KantaSimulator.Archive;
using KantaSimulator.Ledger;

namespace KantaSimulator.Web;

/// <summary>A document as it stands in a list.</summary>
internal sealed record ListedDocument(DocumentRow Document, string Status, long Seq);

/// <summary>Finds archived documents; empty criteria match all. Newest first.</summary>
internal static class DocumentSearch
{
    public static IReadOnlyList<ListedDocument> Run(ArchiveState state, string text, string setId, string serviceEvent, string patientId)
    {
        var words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return [.. state.Documents.Where(d => Matches(d.Row)).OrderByDescending(d => d.Seq).Select(d => new ListedDocument(d.Row, state.StatusOf(d), d.Seq))];

        bool Matches(DocumentRow row) => (setId.Length == 0 || row.SetId == setId) && (serviceEvent.Length == 0 || row.ServiceEvent == serviceEvent)
            && (patientId.Length == 0 || row.PatientId == patientId)
            && words.All(w => $"{row.Id} {row.ServiceEvent} {row.PatientId} {row.PatientName} {row.Title} {row.Custodian}".Contains(w, StringComparison.OrdinalIgnoreCase));
    }
}
