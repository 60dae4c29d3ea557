using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Booking.SignIn;

/// <summary>
/// Who may open what: everything asks for a session unless it is named here. A person acts under one role; the other roles held open nothing until
/// switched to.
/// </summary>
internal static class Policies
{
    public const string Care = "care", Staff = "staff", Attention = "attention";

    public static void AddPolicies(AuthorizationOptions options)
    {
        foreach (var role in Roles.All)
        {
            options.AddPolicy(role, p => ForRoles(p, role));
        }
        options.AddPolicy(Care, p => ForRoles(p, Roles.Practitioner, Roles.Receptionist));
        options.AddPolicy(Attention, p => ForRoles(p, Roles.Practitioner, Roles.Administrator));
        options.AddPolicy(Staff, p => ForRoles(p, [.. Roles.Staff]));
    }

    public static void Configure(RazorPagesOptions options)
    {
        options.Conventions.AuthorizeFolder("/");
        options.Conventions.AuthorizeFolder("/Practice", Care);
        options.Conventions.AuthorizeFolder("/Attention", Attention);
        options.Conventions.AuthorizeFolder("/Customers", Care);
        options.Conventions.AuthorizeFolder("/Admin", Roles.Administrator);
        options.Conventions.AuthorizeFolder("/Privacy", Roles.PrivacyOfficer);
        options.Conventions.AuthorizeFolder("/My", Roles.Customer);
        foreach (var open in new[] { "/Book", "/Dev" })
        {
            options.Conventions.AllowAnonymousToFolder(open);
        }
        foreach (var open in new[]
        {
            "/Index", "/Error", "/Account/SignIn", "/Account/SecondFactor", "/Account/SetUpAuthenticator", "/Account/Register", "/Account/RegisterCode",
            "/Account/ForgottenPassword", "/Account/NewPassword", "/Account/Invitation", "/Account/Denied",
        })
        {
            options.Conventions.AllowAnonymousToPage(open);
        }
    }

    static void ForRoles(AuthorizationPolicyBuilder policy, params string[] roles) =>
        policy.AddAuthenticationSchemes(Sessions.Scheme).RequireAuthenticatedUser().RequireClaim(SessionClaims.ActingRole, roles);
}
