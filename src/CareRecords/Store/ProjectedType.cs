using CareRecords.Database;

namespace CareRecords.Store;

/// <summary>
/// The owner of a projected type (Appointment: booking; Patient: the customer register; Composition: signing). A write through /fhir goes to the owner,
/// which applies its own rules and writes the resource to the store beside its rows, in the open transaction. Without a registered owner
/// a projected type is read-only under /fhir.
/// </summary>
public interface IProjectedType
{
    /// <summary>The FHIR type that it owns.</summary>
    string Type { get; }

    /// <summary>Whether it ever deletes; the CapabilityStatement says so.</summary>
    bool Deletes => true;

    /// <summary>Creates or updates; refusals are values with their reasons.</summary>
    Task<WriteResult> WriteAsync(ResourceWrite write, UnitOfWork work, CancellationToken cancel);

    /// <summary>Deletes, cancels, or refuses.</summary>
    Task<WriteResult> DeleteAsync(string id, int? expectedVersion, UnitOfWork work, CancellationToken cancel);
}
