namespace CareRecords.Practice;

/// <summary>Which archive a database talks to, for ever.</summary>
public enum KantaEnvironment
{
    /// <summary>The simulator of this repository; test persons only.</summary>
    Simulated,

    /// <summary>Kela's customer test environment; test persons (individual numbers 900–999) only.</summary>
    Test,

    /// <summary>The real archive; no test persons. The connector starts only with the owner's entry of the certification.</summary>
    Production,
}

/// <summary>The one practice of this database.</summary>
/// <param name="Epoch">The installation epoch that stands in every issued OID and message id.</param>
/// <param name="JoinedArchiveOn">Notes about care before this day are never queued; null when the practice has not joined.</param>
public sealed record PracticeFacts(
    Guid Id, string Name, KantaEnvironment Environment, string OrganizationOid, DateOnly? JoinedArchiveOn, TimeZoneInfo Zone, int Epoch,
    IReadOnlyList<ControllerFacts> Controllers)
{
    /// <summary>The controller with this id; a foreign id is a bug and throws.</summary>
    public ControllerFacts Controller(Guid id) => Controllers.Single(c => c.Id == id);
}

/// <summary>
/// A controller (rekisterinpitäjä): the company, or one self-employed practitioner under its roof. The OIDs come from the national code server and
/// are imported, never computed from one another.
/// </summary>
/// <param name="Kind">company or self_employed.</param>
/// <param name="OidRoot">Under it documents, service events and messages of this controller get their OIDs.</param>
/// <param name="RegisterCode">Potilasrekisteritunnus, code set 1.2.246.537.5.40150: 3 private health care, 10 self-employed practitioner.</param>
/// <param name="TemporaryIdRoot">The root of temporary personal ids, without the year.</param>
public sealed record ControllerFacts(
    Guid Id, string Name, string Kind, string ControllerOid, string ProducerOid, string ProducerName, string UnitOid, string UnitName,
    string OidRoot, string RegisterCode, string TemporaryIdRoot);
