namespace KantaConnector.Queue;

/// <summary>A document that this process may send until its lease ends, with the bytes to send.</summary>
internal sealed record Claim
{
    public required Guid Id { get; init; }
    public required long Fence { get; init; }
    public required SubmissionKind Kind { get; init; }
    public required string Oid { get; init; }
    public required int Version { get; init; }
    public required string PatientId { get; init; }
    public required Guid ControllerId { get; init; }
    public required string MessageId { get; init; }

    /// <summary>The signed document or, for an appointment, its signed Bundle; empty for an invalidation.</summary>
    public required byte[] Cda { get; init; }
    public required ReadOnlyMemory<byte> WrapperBefore { get; init; }
    public required ReadOnlyMemory<byte> WrapperAfter { get; init; }

    /// <summary>It was under way before, and nobody here knows what became of it.</summary>
    public bool FateIsOpen { get; init; }

    /// <summary><see cref="TimeProvider.GetTimestamp"/> before the claim was made: the lease is ours at least this long after it.</summary>
    public required long ClaimedAt { get; init; }
}
