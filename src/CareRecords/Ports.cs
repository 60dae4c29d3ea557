using CareRecords.Database;

namespace CareRecords;

/// <summary>A record was signed, replaced or invalidated. Facts and ids only; the content is read from the store.</summary>
/// <param name="NoteId">The signed note's id, also its Composition's logical id.</param>
/// <param name="Version">1 for the first signing; a correction or an invalidation raises it.</param>
public sealed record SignedRecord(Guid NoteId, int Version, string PatientId, Guid ControllerId, Guid VisitId, Guid ServiceEventId, SignedAct Act);

/// <summary>What signing did.</summary>
public enum SignedAct
{
    New,
    Correction,
    Invalidation,
}

/// <summary>Reacts to a signed record inside the signing transaction: what it writes stands or falls with the signature.</summary>
public interface IRecordSigned
{
    /// <summary>Called once for each signed version, in the order of registration.</summary>
    Task SignedAsync(SignedRecord record, UnitOfWork work, CancellationToken cancel);
}

/// <summary>Reacts to the end of a service event whose document may already have been sent without its end time.</summary>
public interface IServiceEventEnded
{
    Task EndedAsync(Guid serviceEventId, UnitOfWork work, CancellationToken cancel);
}

/// <summary>Reacts to a service event that was taken back after its notes.</summary>
public interface IServiceEventInvalidated
{
    Task InvalidatedAsync(Guid serviceEventId, UnitOfWork work, CancellationToken cancel);
}

/// <summary>Reacts to an informing, a disclosure permission or a denial that was recorded (version 1) or withdrawn (version 2), in the same transaction.</summary>
public interface IInformingRecorded
{
    Task RecordedAsync(Guid informingId, int version, UnitOfWork work, CancellationToken cancel);
}

/// <summary>The customer register's side of a patient, owned by the module above.</summary>
public interface ICustomerCards
{
    /// <summary>The card's name parts; null when there is no such card.</summary>
    Task<Treatments.PersonNameParts?> NameAsync(string patientId, UnitOfWork work, CancellationToken cancel);

    /// <summary>Writes the FHIR Patient anew from the card and the patient record (identity, sex, birth date), in the open transaction.</summary>
    Task ProjectPatientAsync(string patientId, UnitOfWork work, CancellationToken cancel);

    /// <summary>The practitioner with this id; null when there is none.</summary>
    Task<Treatments.PractitionerFacts?> PractitionerAsync(Guid practitionerId, UnitOfWork work, CancellationToken cancel);
}
