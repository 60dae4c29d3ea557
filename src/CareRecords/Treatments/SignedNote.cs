using CareRecords.Practice;

namespace CareRecords.Treatments;

/// <summary>A person's name in parts.</summary>
/// <param name="Given">All given names in order.</param>
/// <param name="CallName">The one in daily use, if marked.</param>
public sealed record PersonNameParts(string Family, IReadOnlyList<string> Given, string? CallName = null)
{
    public override string ToString() => $"{CallName ?? (Given.Count > 0 ? Given[0] : "")} {Family}".Trim();
}

/// <summary>What care needs about a patient; from the customer card (name) and the patient record (the rest).</summary>
/// <param name="IdentityCode">Personal identity code, or null when only a temporary id is known.</param>
/// <param name="TemporaryId">Issued by the practice under <paramref name="TemporaryIdRoot"/> (which ends with the year of issue).</param>
/// <param name="Sex">1.2.246.537.5.1: 1 male, 2 female, 0 unknown, 9 other.</param>
/// <param name="NonDisclosure">Turvakielto: contacts and municipality are shown to nobody outside the need.</param>
public sealed record PatientFacts(
    string PatientId, PersonNameParts Name, string? IdentityCode, string? TemporaryId, string? TemporaryIdRoot, DateOnly BirthDate, string Sex,
    string? HomeMunicipality, bool NonDisclosure);

/// <summary>A professional as documents name her.</summary>
/// <param name="TerhikkiNumber">Registration number (root 1.2.246.537.26), or null for staff without one.</param>
/// <param name="PersonnelId">An id of the practice's own for staff without registration.</param>
public sealed record PractitionerFacts(
    Guid Id, PersonNameParts Name, string Title, string? TerhikkiNumber, string? PersonnelId, Guid ControllerId, string ResourceId);

/// <summary>A service event (palvelutapahtuma).</summary>
/// <param name="Outsourcing">The authorisation under which it is recorded for another organiser; null: into our own register.</param>
public sealed record ServiceEventFacts(
    Guid Id, string Oid, string PatientId, Guid ControllerId, Guid PractitionerId, bool Series, string Title, DateTimeOffset StartedAt,
    DateTimeOffset? EndedAt, bool Invalidated = false, OutsourcingFacts? Outsourcing = null);

/// <summary>A visit; a care visit belongs to a service event.</summary>
public sealed record VisitFacts(
    Guid Id, string PatientId, Guid? AppointmentId, Guid? ServiceEventId, Guid ControllerId, Guid PractitionerId, string ServiceName, bool IsCare,
    string ContactMode, DateTimeOffset StartedAt, DateTimeOffset? EndedAt, string Zone, short? GuardianDisclosure)
{
    /// <summary>The day of care, in the zone it was given in.</summary>
    public DateOnly CareDay() => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(StartedAt, TimeZoneInfo.FindSystemTimeZoneById(Zone)).DateTime);
}

/// <summary>One signed version of a note with all that a document about it states; read by <see cref="SignedNotes"/>.</summary>
/// <param name="Previous">The document that this version replaces, or null for version 1.</param>
/// <param name="Author">Who signed this version; for a correction the corrector.</param>
/// <param name="FirstAuthor">Who signed version 1; stays visible in corrections.</param>
/// <param name="Colleague">A second maker of the entry, if there was one.</param>
/// <param name="Typist">Who typed it for the author, if another.</param>
public sealed record SignedNote(
    Guid NoteId, int Version, SignedAct Act, string DocumentOid, string SetId, PreviousDocument? Previous, string? Reason, NoteContent Content,
    DateTimeOffset WrittenAt, DateTimeOffset SignedAt, DateTimeOffset FirstWrittenAt, PractitionerFacts Author, PractitionerFacts FirstAuthor,
    PatientFacts Patient, VisitFacts Visit, ServiceEventFacts ServiceEvent, ControllerFacts Controller, PractitionerFacts? Colleague = null,
    PractitionerFacts? Typist = null);

/// <summary>An earlier version's document.</summary>
public sealed record PreviousDocument(string Oid, int Version);
