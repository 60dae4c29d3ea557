namespace KantaConnector.Retrieval;

/// <summary>A document version as the archive describes it; <see cref="Cda"/> holds its bytes when it was fetched.</summary>
/// <param name="Sha256">Hexadecimal; only the simulator tells it.</param>
internal sealed record ArchivedCopy(string Oid, string? SetId, int Version, bool Invalidated, string? ServiceEventOid, byte[]? Cda, string? Sha256 = null);

/// <summary>What is asked for; conditions are combined with and, at least one is given.</summary>
internal sealed record ArchiveCriteria
{
    public string? DocumentOid { get; init; }
    public string? SetId { get; init; }
    public string? ServiceEventOid { get; init; }
    public PatientKey? Patient { get; init; }
}

/// <summary>A person's id: 1.2.246.21 and the identity code, or the root of temporary ids and the id.</summary>
internal sealed record PatientKey(string Root, string Extension);

/// <summary>What a question to the archive came to.</summary>
internal abstract record ArchiveReply
{
    /// <summary>An answer that decides; an empty list says that the archive holds no such document.</summary>
    internal sealed record Found(IReadOnlyList<ArchivedCopy> Copies) : ArchiveReply;

    /// <summary>Nothing is known: no interaction is configured, no answer came, or it was refused.</summary>
    internal sealed record NoAnswer(string Reason) : ArchiveReply;
}
