namespace CareRecords;

/// <summary>The roles of the system; one person may hold several and acts under one at a time.</summary>
public enum UserRole
{
    Anonymous,
    Customer,
    Practitioner,
    Receptionist,
    PrivacyOfficer,
    Administrator,

    /// <summary>A program with a bearer token on /fhir.</summary>
    Client,

    /// <summary>The system itself: workers and calendar jobs.</summary>
    System,
}

/// <summary>Who acts in this request, filled once by the host from the session cookie or the bearer token. Scoped.</summary>
public sealed class CurrentUser
{
    public Guid? UserId { get; private set; }

    /// <summary>As shown in the access log.</summary>
    public string Name { get; private set; } = "";

    /// <summary>The role under which the person acts now.</summary>
    public UserRole Role { get; private set; } = UserRole.Anonymous;

    /// <summary>The practitioner that a member of staff is, else null.</summary>
    public Guid? PractitionerId { get; private set; }

    /// <summary>The customer card (FHIR Patient id) linked to a customer's account after checking identity, else null.</summary>
    public string? PatientId { get; private set; }

    /// <summary>One id a request, in every log leaf of it.</summary>
    public Guid RequestId { get; } = Guid.CreateVersion7();

    public bool IsStaff => Role is UserRole.Practitioner or UserRole.Receptionist or UserRole.PrivacyOfficer or UserRole.Administrator;

    /// <summary>Called by authentication only.</summary>
    public void Become(Guid? userId, string name, UserRole role, Guid? practitionerId = null, string? patientId = null) =>
        (UserId, Name, Role, PractitionerId, PatientId) = (userId, name, role, practitionerId, patientId);
}
