namespace CareRecords.Access;

/// <summary>One interaction with personal data, as the access log records it.</summary>
public sealed record AccessEntry
{
    /// <summary>create, read, update, delete, search, sign, print, export, approve, decline, invalidate, send.</summary>
    public required string Interaction { get; init; }

    /// <summary>FHIR type, or a word for what is not a resource (Calendar, Draft, MessageOutbox).</summary>
    public required string ResourceType { get; init; }

    public string? ResourceId { get; init; }

    public int? ResourceVersion { get; init; }

    /// <summary>Every patient whose data was shown or changed.</summary>
    public IReadOnlyList<string> PatientIds { get; init; } = [];

    public Guid? ControllerId { get; init; }

    /// <summary>treatment, booking, patient_request, administration, archive.</summary>
    public required string Purpose { get; init; }

    /// <summary>AuditEvent.outcome: 0 success, 4 denied, 8 and 12 failures.</summary>
    public short Outcome { get; init; }

    /// <summary>A short fact without health data; shown to the customer.</summary>
    public string? Detail { get; init; }
}
