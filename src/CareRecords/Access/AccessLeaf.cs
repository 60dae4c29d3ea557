using System.Buffers.Binary;
using System.Text;

namespace CareRecords.Access;

/// <summary>One row of the access log as it is stored, with the patients it concerns.</summary>
/// <param name="Id">Grows with insertion, not with commit; the sealed order is the position that the sealer gives.</param>
/// <param name="At">The database's clock at insertion.</param>
/// <param name="Outcome">AuditEvent.outcome: 0 success, 4 denied, 8 and 12 failures.</param>
/// <param name="PatientIds">In ordinal order.</param>
public sealed record AccessLeaf(
    long Id, DateTime At, Guid? PracticeId, Guid? ControllerId, Guid RequestId, Guid? ActorUser, string ActorName, string ActorRole,
    string Purpose, string Interaction, string ResourceType, string? ResourceId, int? ResourceVersion, short Outcome, string? Detail,
    IReadOnlyList<string> PatientIds)
{
    private const byte Format = 1;

    /// <summary>
    /// The bytes that the Merkle leaf hash is taken over: a format byte, then every field in the order of the record, each with its length, so
    /// that no two different rows give the same bytes. Taken from the stored columns, so that no second copy can disagree with them.
    /// </summary>
    internal byte[] Canonical()
    {
        var bytes = new MemoryStream(256);
        bytes.WriteByte(Format);
        Number(bytes, Id);
        Number(bytes, (At.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond);
        Text(bytes, PracticeId?.ToString("N"));
        Text(bytes, ControllerId?.ToString("N"));
        Text(bytes, RequestId.ToString("N"));
        Text(bytes, ActorUser?.ToString("N"));
        Text(bytes, ActorName);
        Text(bytes, ActorRole);
        Text(bytes, Purpose);
        Text(bytes, Interaction);
        Text(bytes, ResourceType);
        Text(bytes, ResourceId);
        Number(bytes, ResourceVersion ?? -1);
        Number(bytes, Outcome);
        Text(bytes, Detail);
        Number(bytes, PatientIds.Count);
        foreach (var patient in PatientIds)
        {
            Text(bytes, patient);
        }

        return bytes.ToArray();
    }

    private static void Number(MemoryStream to, long value)
    {
        Span<byte> eight = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(eight, value);
        to.Write(eight);
    }

    private static void Text(MemoryStream to, string? value)
    {
        if (value is null)
        {
            Number(to, -1);
            return;
        }

        var bytes = Encoding.UTF8.GetBytes(value);
        Number(to, bytes.Length);
        to.Write(bytes);
    }
}
