using System.Security.Claims;

namespace Booking.SignIn;

/// <summary>Claims of our session cookie.</summary>
internal static class SessionClaims
{
    public const string Name = "name", Role = "role", ActingRole = "acting", Practitioner = "practitioner", Session = "sid", Stamp = "stamp";
}

/// <summary>Who is signed in, for pages: name, acting role, roles that one may switch to. Scoped; read from the session's claims.</summary>
public sealed class SignedInPerson(IHttpContextAccessor http)
{
    ClaimsPrincipal? User => http.HttpContext?.User;

    public bool IsSignedIn => User?.Identity?.IsAuthenticated == true;

    public string Name => User?.FindFirstValue(SessionClaims.Name) ?? "";

    /// <summary>One of <see cref="Roles"/>, e.g. <c>practitioner</c>; empty when nobody is signed in.</summary>
    public string Role => User?.FindFirstValue(SessionClaims.ActingRole) ?? "";

    public IReadOnlyList<string> Roles => [.. User?.FindAll(SessionClaims.Role).Select(c => c.Value) ?? []];
}
