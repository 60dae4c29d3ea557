using System.Security.Claims;
using CareRecords;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace Booking.SignIn;

/// <summary>Turns the session cookie into the person who acts: reads the session, fills <see cref="CurrentUser"/>, and leads back after a sign-in.</summary>
internal sealed class SessionCookie : CookieAuthenticationEvents
{
    public override async Task ValidatePrincipal(CookieValidatePrincipalContext context)
    {
        var services = context.HttpContext.RequestServices;
        var session = Guid.TryParse(context.Principal?.FindFirstValue(SessionClaims.Session), out var id)
            ? await services.GetRequiredService<Sessions>().FindAsync(id, context.HttpContext.RequestAborted)
            : null;
        if (session is null)
        {
            context.HttpContext.Items[typeof(SessionCookie)] = id;
            context.RejectPrincipal();
            return;
        }
        context.HttpContext.Items[typeof(Session)] = session;
        context.ReplacePrincipal(new ClaimsPrincipal(new ClaimsIdentity(
            [
                new(SessionClaims.Session, session.Id.ToString()), new(ClaimTypes.NameIdentifier, session.AccountId.ToString()),
                new(SessionClaims.Name, session.PersonName), new(SessionClaims.ActingRole, session.ActingRole),
                .. session.Roles.Select(r => new Claim(SessionClaims.Role, r)),
            ],
            Sessions.Scheme, SessionClaims.Name, SessionClaims.ActingRole)));
        services.GetRequiredService<CurrentUser>().Become(
            session.AccountId, session.PersonName, RoleOf(session.ActingRole), session.PractitionerId, session.PatientId);
    }

    public override async Task RedirectToLogin(RedirectContext<CookieAuthenticationOptions> context)
    {
        var request = context.Request;
        if (!HttpMethods.IsGet(request.Method) && request.HasFormContentType && context.HttpContext.Items[typeof(SessionCookie)] is Guid ended)
        {
            var kept = await context.HttpContext.RequestServices.GetRequiredService<KeptForms>().KeepAsync(ended, request, context.HttpContext.RequestAborted);
            if (kept is not null)
            {
                context.Response.Redirect($"/account/sign-in?returnUrl={Uri.EscapeDataString($"/account/resume?form={kept}")}");
                return;
            }
        }
        if (request.Headers.ContainsKey("HX-Request"))
        {
            // A piece of a page cannot show a sign-in form: the whole page goes there.
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            context.Response.Headers["HX-Refresh"] = "true";
            return;
        }
        await base.RedirectToLogin(context);
    }

    internal static UserRole RoleOf(string role) => role switch
    {
        Roles.Practitioner => UserRole.Practitioner,
        Roles.Receptionist => UserRole.Receptionist,
        Roles.PrivacyOfficer => UserRole.PrivacyOfficer,
        Roles.Administrator => UserRole.Administrator,
        _ => UserRole.Customer,
    };
}
