using System.Security.Cryptography;
using CareRecords.Access;
using CareRecords.Database;

namespace KantaConnector.Retrieval;

/// <summary>How a document here and the archive's copy of it relate.</summary>
public enum CopyVerdict
{
    /// <summary>Archived there, byte for byte what was signed here.</summary>
    Same,

    /// <summary>Archived there with other bytes.</summary>
    Differs,

    /// <summary>The archive says that it has none.</summary>
    NotInArchive,

    /// <summary>The archive holds a version that this database does not know, as after a restore from backup.</summary>
    UnknownHere,

    /// <summary>Nothing can be said: no answer, or no interaction is configured.</summary>
    NoAnswer,
}

/// <summary>One document compared; no health data.</summary>
/// <param name="StateHere">State in this database's queue; null for a document that it does not know.</param>
/// <param name="InvalidatedThere">The archive says that it has been invalidated.</param>
public sealed record CopyReport(
    string Oid, string? SetId, int Version, CopyVerdict Verdict, string? StateHere, bool InvalidatedThere, string? Sha256Here, string? Sha256There, string? Reason)
{
    /// <summary>Nothing to do: equal, or not there and not claimed to be.</summary>
    public bool IsSound => Verdict == CopyVerdict.Same ? StateHere == "archived" : Verdict == CopyVerdict.NotInArchive && StateHere is not "archived";
}

/// <summary>Compares what this database sent with what the archive holds: every version of the chains that are named. Changes nothing.</summary>
internal sealed class CompareWithArchive(AskArchive archive, AccessLog log)
{
    private sealed record Ours(string Oid, string SetId, int Version, string State, string? Sha256, string PatientId, Guid ControllerId);

    /// <param name="which">Document OIDs, or OIDs of service events, for all documents of these.</param>
    public async Task<IReadOnlyList<CopyReport>> Handle(UnitOfWork work, IReadOnlyList<string> which, CancellationToken cancel)
    {
        var ours = await work.QueryAsync(
            """
            select oid, set_id, version, state, encode(sha256, 'hex'), patient_id, controller_id from kanta.document
            where kind not in ('invalidation', 'appointment') and set_id in
              (select set_id from kanta.document where oid = any($1) or service_event_oid = any($1)) order by queued_order
            """,
            reader => new Ours(reader.GetString(0), reader.GetString(1), reader.GetInt32(2), reader.GetString(3), reader.IsDBNull(4) ? null : reader.GetString(4),
                reader.GetString(5), reader.GetGuid(6)),
            cancel, (object)which.ToArray());
        var reports = new List<CopyReport>();
        foreach (var chain in ours.GroupBy(document => document.SetId))
        {
            reports.AddRange(await Chain(chain.ToArray(), cancel));
        }
        await log.RecordAsync(work, [.. ours.Select(document => new AccessEntry
        {
            Interaction = "read",
            ResourceType = "KantaDocument",
            ResourceId = document.Oid,
            ResourceVersion = document.Version,
            PatientIds = [document.PatientId],
            ControllerId = document.ControllerId,
            Purpose = "archive",
            Detail = "compared with the archive's copy",
        })], cancel);
        return reports;
    }

    private async Task<IReadOnlyList<CopyReport>> Chain(Ours[] ours, CancellationToken cancel)
    {
        var controller = ours[0].ControllerId;
        var reply = await archive.QueryAsync(new ArchiveCriteria { SetId = ours[0].SetId }, controller, cancel);
        if (reply is not ArchiveReply.Found found)
        {
            return [.. ours.Select(document => Report(document, CopyVerdict.NoAnswer, null, null, ((ArchiveReply.NoAnswer)reply).Reason))];
        }
        var reports = new List<CopyReport>();
        foreach (var document in ours)
        {
            var copy = found.Copies.FirstOrDefault(copy => copy.Oid == document.Oid);
            reports.Add(copy is null
                ? Report(document, CopyVerdict.NotInArchive, null, null, null)
                : await Bytes(document, copy, controller, cancel));
        }
        reports.AddRange(found.Copies.Where(copy => ours.All(document => document.Oid != copy.Oid))
            .Select(copy => new CopyReport(copy.Oid, copy.SetId, copy.Version, CopyVerdict.UnknownHere, null, copy.Invalidated, null, null, null)));
        return reports;
    }

    private async Task<CopyReport> Bytes(Ours document, ArchivedCopy copy, Guid controller, CancellationToken cancel)
    {
        switch (await archive.FetchAsync(document.Oid, controller, cancel))
        {
            case ArchiveReply.Found { Copies: [{ Cda: { } bytes }] }:
                var hash = Convert.ToHexStringLower(SHA256.HashData(bytes));
                return Report(document, hash == document.Sha256 ? CopyVerdict.Same : CopyVerdict.Differs, copy, hash, null);
            case ArchiveReply.NoAnswer none:
                return Report(document, CopyVerdict.NoAnswer, copy, null, none.Reason);
            default:
                return Report(document, CopyVerdict.NoAnswer, copy, null, "the archive named the document and sent no bytes of it");
        }
    }

    private static CopyReport Report(Ours document, CopyVerdict verdict, ArchivedCopy? copy, string? there, string? reason) =>
        new(document.Oid, document.SetId, document.Version, verdict, document.State, copy?.Invalidated ?? false, document.Sha256, there, reason);
}
