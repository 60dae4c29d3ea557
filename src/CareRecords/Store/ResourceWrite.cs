using Fhir.Validation;

namespace CareRecords.Store;

/// <summary>A resource to be stored under a known id.</summary>
/// <param name="Type">FHIR type.</param>
/// <param name="Id">Logical id: 1 to 64 of A–Z, a–z, 0–9, - and '.'.</param>
/// <param name="Json">FHIR JSON (UTF-8). The store sets id, meta.versionId and meta.lastUpdated; the rest of meta is kept.</param>
/// <param name="PatientId">Whose record it is; null: taken from the reference that the type's line in <see cref="ServedTypes"/> names.</param>
/// <param name="ControllerId">The controller whose record it is; null: shared by all, or as the version before.</param>
/// <param name="ExpectedVersion">The version that the caller saw; 0: there must be none; null: whatever there is.</param>
public sealed record ResourceWrite(
    string Type, string Id, ReadOnlyMemory<byte> Json, string? PatientId = null, Guid? ControllerId = null, int? ExpectedVersion = null)
{
    /// <summary>From when on the patient sees it through her own account or token; null: not at all.</summary>
    public DateTimeOffset? PatientSeesFrom { get; init; }

    /// <summary>The id was made for this write, so that nobody else can have it.</summary>
    internal bool IsFreshId { get; init; }

    /// <summary>The request that history states: POST, PUT or PATCH; null: POST for the first version and PUT for others.</summary>
    public string? Method { get; init; }
}

/// <summary>How a write ended.</summary>
public enum WriteOutcome
{
    /// <summary>The first version, or the first after a deletion.</summary>
    Created,

    Updated,

    Deleted,

    /// <summary>There is nothing to delete, or it is deleted already.</summary>
    NotThere,

    /// <summary>Malformed, or not as the type and its declared profiles demand; see the issues. Nothing was written.</summary>
    Invalid,

    /// <summary>Well-formed, but against a rule of this system; see the issues. Nothing was written.</summary>
    Refused,

    /// <summary>The version is not the expected one. Nothing was written.</summary>
    VersionConflict,

    /// <summary>Somebody else has what was asked for, such as a time; the issues say what can be had instead. Nothing was written.</summary>
    Taken,
}

/// <summary>What became of a write.</summary>
/// <param name="Version">The version now current; 0 when there is none.</param>
/// <param name="LastUpdated">meta.lastUpdated of that version.</param>
/// <param name="Json">The stored bytes with id and meta; empty when nothing was written or it was a deletion.</param>
/// <param name="Issues">Why not, each with its place as FHIRPath; may hold warnings when it was written.</param>
public sealed record WriteResult(
    WriteOutcome Outcome, int Version, DateTimeOffset LastUpdated, ReadOnlyMemory<byte> Json, IReadOnlyList<ValidationIssue> Issues)
{
    /// <summary>The patient whose record it is, as the access log names her.</summary>
    public string? PatientId { get; init; }

    /// <summary>The controller whose record it is.</summary>
    public Guid? ControllerId { get; init; }

    /// <summary>The owner has written the access log itself.</summary>
    public bool IsLogged { get; init; }

    /// <summary>A new version is there.</summary>
    public bool Succeeded => Outcome is WriteOutcome.Created or WriteOutcome.Updated or WriteOutcome.Deleted;

    internal static WriteResult Failed(WriteOutcome outcome, IReadOnlyList<ValidationIssue> issues, int version = 0, DateTimeOffset lastUpdated = default) =>
        new(outcome, version, lastUpdated, ReadOnlyMemory<byte>.Empty, issues);

    internal static WriteResult Refused(string rule, string place, string message) =>
        Failed(WriteOutcome.Refused, [new ValidationIssue(IssueSeverity.Error, rule, place, 0, 0, message)]);
}

/// <summary>One stored version.</summary>
/// <param name="Json">FHIR JSON with id and meta; null when this version is a deletion, or its data key was destroyed.</param>
/// <param name="Method">POST, PUT, PATCH or DELETE.</param>
public sealed record StoredResource(
    string Type, string Id, int Version, DateTimeOffset LastUpdated, string Method, string? PatientId, Guid? ControllerId,
    DateTimeOffset? PatientSeesFrom, byte[]? Json)
{
    /// <summary>The store's internal key of the current version; 0 for former versions.</summary>
    internal long Key { get; init; }

    public bool IsDeleted => Method == "DELETE";
}
