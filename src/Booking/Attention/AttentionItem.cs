using CareRecords.Treatments;
using KantaConnector.Status;

namespace Booking.Attention;

/// <summary>How far the record of a visit has not come.</summary>
internal enum AttentionState
{
    Refused,
    NotWritten,
    NotSigned,
    NotSent,
}

/// <summary>One thing that somebody must see to. Times UTC.</summary>
internal sealed record AttentionItem
{
    public required AttentionState State { get; init; }

    /// <summary>Null for a document that belongs to no single visit.</summary>
    public VisitFacts? Visit { get; init; }

    /// <summary>Whose it is to act: the draft's author, or the visit's practitioner.</summary>
    public Guid? PractitionerId { get; init; }

    public Guid? DraftId { get; init; }

    public bool Corrects { get; init; }

    public SubmissionStatus? Document { get; init; }

    public required DateTimeOffset ClockFrom { get; init; }

    public required DateTimeOffset Now { get; init; }

    public DateTimeOffset Deadline => ClockFrom + FiveDays.Limit;

    public TimeSpan Left => Deadline - Now;

    /// <summary>An appointment has no five days.</summary>
    public bool HasDeadline => Document?.Content != SubmissionContent.Appointment;

    /// <summary>0, or the highest of 24, 72 and 96 hours that the clock has run.</summary>
    public int Alarm => HasDeadline ? AlarmAt(Now - ClockFrom) : 0;

    public static int AlarmAt(TimeSpan age) => age.TotalHours switch { >= 96 => 96, >= 72 => 72, >= 24 => 24, _ => 0 };
}

/// <summary>Whose things are shown.</summary>
/// <param name="ControllerId">Null: of all controllers.</param>
/// <param name="Practitioners">Null: everybody's. Otherwise the practitioner's own, and those of colleagues of her controller who have left.</param>
internal sealed record AttentionScope(Guid? ControllerId, IReadOnlyCollection<Guid>? Practitioners)
{
    public static readonly AttentionScope Everything = new(null, null);

    public bool Holds(Guid controllerId, Guid? practitionerId) =>
        (ControllerId is null || ControllerId == controllerId)
        && (Practitioners is null || practitionerId is null || Practitioners.Contains(practitionerId.Value));
}
