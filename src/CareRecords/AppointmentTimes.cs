using CareRecords.Database;
using CareRecords.Store;

namespace CareRecords;

/// <summary>The calendar's free times, as its owner computes, holds and gives them: behind $find, $hold and $book of /fhir. Registered scoped.</summary>
public interface IAppointmentTimes
{
    /// <summary>Free times as FHIR Appointments of status proposed, by start.</summary>
    /// <exception cref="ViewException">The question is too wide to be computed.</exception>
    Task<IReadOnlyList<ReadOnlyMemory<byte>>> FindAsync(TimesWanted wanted, UnitOfWork work, CancellationToken cancel);

    /// <summary>Keeps a free time from everybody else for some minutes, in the open transaction.</summary>
    /// <param name="slot">Logical id of the free time's Slot.</param>
    /// <param name="holder">Who holds it: the token's id.</param>
    Task<TimeHeld> HoldAsync(string slot, Guid holder, UnitOfWork work, CancellationToken cancel);

    /// <summary>Gives a held time back in the open transaction, and says which it was; null where the holder has no such hold any more.</summary>
    Task<HeldTime?> ReleaseAsync(Guid hold, Guid holder, UnitOfWork work, CancellationToken cancel);
}

/// <summary>What free times are asked for.</summary>
/// <param name="Service">Name of a service in any language; null: any that is booked online.</param>
/// <param name="Practitioners">Their ids; null: anybody's.</param>
public sealed record TimesWanted(DateTimeOffset? From, DateTimeOffset? Until, string? Service, IReadOnlyList<string>? Practitioners, int Limit);

/// <summary>A time that was held: its Slot's id, start and end as FHIR writes them.</summary>
public sealed record HeldTime(string Slot, string Start, string End);

/// <summary>A held time, or why it cannot be had.</summary>
/// <param name="Appointment">The time as a FHIR Appointment of status pending.</param>
public sealed record TimeHeld(Guid Id, DateTimeOffset Expires, ReadOnlyMemory<byte> Appointment)
{
    /// <summary>Set where nothing is held.</summary>
    public WriteResult? Refusal { get; init; }
}
