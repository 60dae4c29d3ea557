using Microsoft.AspNetCore.Authentication.Cookies;

namespace Booking.SignIn;

/// <summary>Names cookies <c>__Host-…</c> over https, which binds them to this very host; browsers refuse that prefix on plain http (loopback in development).</summary>
internal sealed class HostPrefixCookies : ICookieManager
{
    readonly ChunkingCookieManager inner = new();

    public string? GetRequestCookie(HttpContext context, string key) => inner.GetRequestCookie(context, Name(context, key));

    public void AppendResponseCookie(HttpContext context, string key, string? value, CookieOptions options)
    {
        options.Path = "/";
        inner.AppendResponseCookie(context, Name(context, key), value, options);
    }

    public void DeleteCookie(HttpContext context, string key, CookieOptions options)
    {
        options.Path = "/";
        inner.DeleteCookie(context, Name(context, key), options);
    }

    static string Name(HttpContext context, string key) => context.Request.IsHttps ? "__Host-" + key : key;
}
