using System.Security.Claims;
using System.Text.Encodings.Web;
using CareRecords;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Booking.Host.Tokens;

/// <summary>
/// The authentication scheme of /fhir (RFC 6750): a token of `care token` in the Authorization header. Cookies are never accepted there, and a
/// token is accepted nowhere else. A request that passes acts as <see cref="UserRole.Client"/> under the token's name; its scopes are claims
/// of type <see cref="ScopeClaim"/>.
/// </summary>
internal sealed class BearerTokens(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, ApiTokens tokens)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    /// <summary>The scheme's name.</summary>
    public const string SchemeName = "Bearer";

    public const string ScopeClaim = "scope";

    /// <summary>The policy that /fhir's group requires.</summary>
    public const string Policy = "fhir-client";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization.ToString();
        if (!header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
        {
            return AuthenticateResult.NoResult();
        }

        if (await tokens.FindAsync(header["Bearer ".Length..].Trim(), Context.RequestAborted) is not { } token)
        {
            return AuthenticateResult.Fail("unknown, expired or revoked");
        }

        Context.RequestServices.GetRequiredService<CurrentUser>().Become(token.Id, token.Name, UserRole.Client);
        var identity = new ClaimsIdentity(
            [
                new Claim(ClaimTypes.NameIdentifier, token.Id.ToString()), new Claim(ClaimTypes.Name, token.Name),
                .. token.Scopes.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(s => new Claim(ScopeClaim, s)),
            ],
            SchemeName);
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = StatusCodes.Status401Unauthorized;
        Response.Headers.WWWAuthenticate = Request.Headers.Authorization.Count == 0 ? "Bearer" : "Bearer error=\"invalid_token\"";
        return Task.CompletedTask;
    }
}

/// <summary>Registers the scheme and its policy.</summary>
internal static class BearerTokensRegistration
{
    public static IServiceCollection AddBearerTokens(this IServiceCollection services)
    {
        services.AddAuthentication().AddScheme<AuthenticationSchemeOptions, BearerTokens>(BearerTokens.SchemeName, null);
        services.AddAuthorizationBuilder().AddPolicy(
            BearerTokens.Policy, p => p.AddAuthenticationSchemes(BearerTokens.SchemeName).RequireAuthenticatedUser());
        return services;
    }
}
