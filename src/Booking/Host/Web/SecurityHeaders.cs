using System.Security.Cryptography;

namespace Booking.Host.Web;

/// <summary>Headers on every answer, errors too. A page that needs an inline script or style asks for <see cref="CspNonce"/>.</summary>
internal static class SecurityHeaders
{
    private const string NonceKey = "csp-nonce";

    /// <summary>The nonce of this answer's Content-Security-Policy; asking for it puts it there.</summary>
    public static string CspNonce(this HttpContext context) =>
        (string)(context.Items[NonceKey] ??= Convert.ToBase64String(RandomNumberGenerator.GetBytes(16)));

    public static void UseSecurityHeaders(this WebApplication app) => app.Use((context, next) =>
    {
        context.Response.OnStarting(() =>
        {
            var headers = context.Response.Headers;
            if (context.Request.IsHttps)
            {
                headers.StrictTransportSecurity = "max-age=31536000; includeSubDomains";
            }

            headers.XContentTypeOptions = "nosniff";
            headers["Referrer-Policy"] = "no-referrer";
            headers["Cross-Origin-Opener-Policy"] = "same-origin";
            headers["Cross-Origin-Resource-Policy"] = "same-origin";
            headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";
            headers.XFrameOptions = "DENY";
            if (headers.ContentSecurityPolicy.Count == 0)
            {
                headers.ContentSecurityPolicy = Policy(context.Items[NonceKey] as string);
            }

            if (headers.CacheControl.Count == 0 && !IsAsset(context.Request.Path))
            {
                headers.CacheControl = "no-store";
            }

            return Task.CompletedTask;
        });
        return next(context);
    });

    private static string Policy(string? nonce)
    {
        var own = nonce is null ? "'self'" : $"'self' 'nonce-{nonce}'";
        return $"default-src 'none'; script-src {own}; style-src {own}; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
            + "manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'";
    }

    private static bool IsAsset(PathString path) =>
        path.StartsWithSegments("/lib") || (path.Value?.LastIndexOf('.') is > 0 and var dot && path.Value.IndexOf('/', dot) < 0
            && path.Value[dot..] is ".css" or ".js" or ".svg" or ".woff2" or ".png" or ".ico");
}
