using Booking.Availability;

namespace Booking.Appointments;

/// <summary>Why a wanted time could not be had.</summary>
internal enum TimeGone
{
    /// <summary>Somebody else has it.</summary>
    Taken,

    /// <summary>It lies in the past, or so near that it cannot be booked any more.</summary>
    TooLate,

    /// <summary>It never was a time of this service: outside hours, beyond the horizon, off the grid.</summary>
    NotOffered,
}

/// <summary>What came of a wish to book or to move.</summary>
internal abstract record BookingOutcome
{
    /// <summary>The booking stands; also the answer to a repeated request.</summary>
    internal sealed record Booked(Guid AppointmentId) : BookingOutcome;

    /// <summary>The time cannot be had; nothing was written.</summary>
    internal sealed record Gone(TimeGone Why, IReadOnlyList<FreeTime> Nearest) : BookingOutcome;

    /// <summary>No such service, practitioner or booking for this user, or the booking cannot be changed.</summary>
    internal sealed record NotAllowed : BookingOutcome;

    /// <summary>The deadline for changing it oneself has passed.</summary>
    internal sealed record DeadlinePassed : BookingOutcome;
}
