using Microsoft.AspNetCore.Identity;

namespace Booking.SignIn;

/// <summary>
/// Who may sign in. The address is kept encrypted and found by a keyed hash (<see cref="KeyedNormalizer"/>); the user name is the id, so that nothing
/// else names the person.
/// </summary>
public sealed class Account : IdentityUser<Guid>
{
    /// <summary>As shown in the access log and to colleagues.</summary>
    public string PersonName { get; set; } = "";

    /// <summary>fi, sv or en: the language of mails.</summary>
    public string Language { get; set; } = "fi";

    /// <summary>The practitioner in the calendar that this person is.</summary>
    public Guid? PractitionerId { get; set; }

    /// <summary>The customer card (FHIR Patient id) linked after checking identity; never by a matching address.</summary>
    public string? PatientId { get; set; }

    /// <summary>The shared secret of RFC 6238 in base 32; null until a device is confirmed.</summary>
    public string? TotpKey { get; set; }

    /// <summary>The last time step that was used: a code works once.</summary>
    public long TotpLastStep { get; set; }

    public bool Disabled { get; set; }

    public DateTime CreatedAt { get; set; }
}

/// <summary>The words of <c>identity.account_role</c>.</summary>
public static class Roles
{
    public const string Practitioner = "practitioner", Receptionist = "receptionist", PrivacyOfficer = "privacy-officer",
        Administrator = "administrator", Customer = "customer";

    public static readonly IReadOnlyList<string> Staff = [Practitioner, Receptionist, PrivacyOfficer, Administrator];

    public static readonly IReadOnlyList<string> All = [.. Staff, Customer];
}
