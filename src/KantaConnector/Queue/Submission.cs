using KantaConnector.Documents;

namespace KantaConnector.Queue;

internal enum SubmissionKind
{
    ServiceEvent,
    Care,
    Invalidation,

    /// <summary>A version of an appointment: a signed FHIR Bundle on a way of its own.</summary>
    Appointment,

    /// <summary>A form of the information management service.</summary>
    Information,
}

/// <summary>A document to be queued, with what the queue needs to know about it.</summary>
internal sealed record Submission
{
    public Guid Id { get; } = Guid.CreateVersion7();
    public required SubmissionKind Kind { get; init; }
    public required Guid ControllerId { get; init; }

    /// <summary>The patient's logical id; names the key under which the bytes are encrypted.</summary>
    public required string PatientId { get; init; }
    public required string Oid { get; init; }
    public required string SetId { get; init; }
    public required int Version { get; init; }
    public string? ServiceEventOid { get; init; }
    public Guid? ServiceEventId { get; init; }
    public Guid? VisitId { get; init; }

    /// <summary>Whose it is to act when it needs attention; null: any practitioner of the controller.</summary>
    public Guid? PractitionerId { get; init; }
    public Guid? NoteId { get; init; }
    public int? NoteVersion { get; init; }

    /// <summary>Of a form: the act, and 1 for its recording or 2 for its withdrawal.</summary>
    public Guid? InformingId { get; init; }
    public int? InformingVersion { get; init; }
    public bool EventEnded { get; init; }
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>Empty for an invalidation, whose message carries no document.</summary>
    public BuiltDocument? Document { get; init; }

    /// <summary>For an invalidation: the children of the message's clinicalDocument.</summary>
    public byte[] InvalidationContent { get; init; } = [];

    /// <summary>Of an appointment.</summary>
    public Guid? AppointmentId { get; init; }

    /// <summary>For an appointment: the Bundle as <see cref="Appointments.AppointmentBundle.Draft"/> wrote it.</summary>
    public byte[]? Bundle { get; init; }

    /// <summary>Why it cannot be sent as it is: it is stored as needing attention, and built anew once that was mended.</summary>
    public string? Unfit { get; init; }

    public static string Name(SubmissionKind kind) => kind switch
    {
        SubmissionKind.ServiceEvent => "service_event",
        SubmissionKind.Care => "care",
        SubmissionKind.Appointment => "appointment",
        SubmissionKind.Information => "information",
        _ => "invalidation",
    };

    public static SubmissionKind Kinds(string name) => name switch
    {
        "service_event" => SubmissionKind.ServiceEvent,
        "care" => SubmissionKind.Care,
        "appointment" => SubmissionKind.Appointment,
        "information" => SubmissionKind.Information,
        _ => SubmissionKind.Invalidation,
    };
}
