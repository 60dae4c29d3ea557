using System.Globalization;
using CareRecords.Practice;

namespace CareRecords.Database;

/// <summary>What an OID names; each kind counts on its own.</summary>
public enum OidKind
{
    /// <summary>Palvelutapahtuma; 16 as in published samples.</summary>
    ServiceEvent = 16,

    /// <summary>A CDA document (also its set id, which is its first version's id).</summary>
    Document = 11,

    /// <summary>A transmission of the Medical Records interface.</summary>
    Message = 13,

    /// <summary>A temporary personal id; only its running number is used.</summary>
    TemporaryId = 22,

    /// <summary>An appointment document.</summary>
    Appointment = 14,
}

/// <summary>
/// Issues OIDs `root.kind.year.epoch.number`. The epoch is raised by each restore, so a restored counter never reissues what an archive holds.
/// The counter row is locked until the transaction ends: an OID is issued late in it.
/// </summary>
public static class OidIssuer
{
    /// <summary>The next OID of this kind for this controller.</summary>
    public static async ValueTask<string> NextAsync(
        UnitOfWork work, ControllerFacts controller, OidKind kind, int year, CancellationToken cancel)
    {
        // The epoch is the database's newest, not a remembered one: another node may have raised it since this one started.
        var (epoch, number) = (await work.QueryAsync(
            """
            insert into care.oid_sequence as s (controller_id, kind, epoch, year, last_number)
            select $1, $2, max(epoch), $3, 1 from care.installation_epoch
            on conflict (controller_id, kind, epoch, year) do update set last_number = s.last_number + 1
            returning epoch, last_number
            """,
            r => (r.GetInt32(0), r.GetInt64(1)), cancel, controller.Id, kind.ToString(), year)).Single();
        return string.Create(CultureInfo.InvariantCulture, $"{controller.OidRoot}.{(int)kind}.{year}.{epoch}.{number}");
    }
}
