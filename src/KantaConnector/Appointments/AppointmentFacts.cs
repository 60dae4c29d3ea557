using CareRecords.Database;

namespace KantaConnector.Appointments;

/// <summary>How far an appointment has come.</summary>
public enum AppointmentState
{
    Booked,
    Arrived,
    Done,
    NoShow,
    Cancelled,

    /// <summary>It never was: the archive's copy is invalidated.</summary>
    Mistake,
}

/// <summary>What the archive is to know about an appointment.</summary>
/// <param name="IsCare">Of a health-care service; others never leave.</param>
/// <param name="Service">The service's name in Finnish.</param>
public sealed record AppointmentFacts(
    Guid Id, string PatientId, Guid ControllerId, Guid PractitionerId, bool IsCare, string Service, AppointmentState State, DateTimeOffset Start,
    DateTimeOffset End, DateTimeOffset CreatedAt);

/// <summary>The calendar, owned by the module above.</summary>
public interface IAppointmentBook
{
    /// <summary>The appointment as it stands in the open transaction; null when there is none.</summary>
    Task<AppointmentFacts?> FindAsync(Guid appointmentId, UnitOfWork work, CancellationToken cancel);
}
