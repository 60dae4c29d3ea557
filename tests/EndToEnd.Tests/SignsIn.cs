using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace EndToEnd.Tests;

/// <summary>Signing in as people do: password and the six digits of an authenticator, or a code that came by e-mail.</summary>
internal static class SignsIn
{
    /// <summary>Of the demonstration accounts.</summary>
    public const string Password = "kolme sinista venetta";

    private const string DemoKey = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";

    public static async Task SignsInAsync(this Person person, string email, string password = Password)
    {
        await person.GoesToAsync("/account/sign-in");
        await person.Page.Locator("[name=Email]").FillAsync(email);
        await person.Page.Locator("[name=Password]").FillAsync(password);
        await person.Page.Locator("[name=Password]").PressAsync("Enter");
        await person.ArrivesAtAsync(new("/account/second-factor"));
    }

    public static async Task SignsInWithCodeAsync(this Person person, string email)
    {
        await person.SignsInAsync(email);
        // A code works once: whoever signs in to the same account within half a minute of somebody else uses the next one.
        foreach (var step in new[] { 0, 1, 0, 1 })
        {
            await person.Page.Locator("[name=Code]").FillAsync(Totp(DemoKey, step));
            await person.LeavesAsync(() => person.Page.Locator("[name=Code]").PressAsync("Enter"));
            if (!person.Page.Url.Contains("/account/second-factor", StringComparison.Ordinal))
            {
                break;
            }

            await person.Page.WaitForTimeoutAsync(step * 20_000);
        }

        await person.ArrivesAtAsync(new("^(?!.*/account/)"));
    }

    /// <summary>The newest code mailed to the address, from the pickup folder's page.</summary>
    public static async Task<string> MailedCodeAsync(string practice, string email)
    {
        using var http = new HttpClient();
        for (var turn = 0; turn < 300; turn++)
        {
            var list = WebUtility.HtmlDecode(await http.GetStringAsync(practice + "/dev/mail"));
            foreach (Match link in Regex.Matches(list, "href=\"(/dev/mail/[^\"]+)\"[^>]*>[^<]*</a><br><span[^>]*>" + Regex.Escape(email), RegexOptions.None, TimeSpan.FromSeconds(2)))
            {
                var mail = await http.GetStringAsync(practice + link.Groups[1].Value);
                if (Regex.Match(mail, @"<pre[^>]*>[^<]*?\b(\d{6})\b", RegexOptions.None, TimeSpan.FromSeconds(2)) is { Success: true } code)
                {
                    return code.Groups[1].Value;
                }
            }

            await Task.Delay(100);
        }

        throw new InvalidOperationException($"No code was mailed to {email}.");
    }

    /// <summary>RFC 6238 with SHA-1, 30 seconds, six digits; some steps later than now.</summary>
    public static string Totp(string secret, int stepsLater = 0)
    {
        var bits = string.Concat(secret.Select(c => Convert.ToString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(c, StringComparison.Ordinal), 2).PadLeft(5, '0')));
        var key = Enumerable.Range(0, bits.Length / 8).Select(i => Convert.ToByte(bits.Substring(i * 8, 8), 2)).ToArray();
        var step = BitConverter.GetBytes(DateTimeOffset.UtcNow.ToUnixTimeSeconds() / 30 + stepsLater);
        Array.Reverse(step);
#pragma warning disable CA5350 // The algorithm that authenticator applications use.
        var hash = HMACSHA1.HashData(key, step);
#pragma warning restore CA5350
        var at = hash[^1] & 15;
        var number = ((hash[at] & 127) << 24 | hash[at + 1] << 16 | hash[at + 2] << 8 | hash[at + 3]) % 1_000_000;
        return number.ToString("D6", CultureInfo.InvariantCulture);
    }
}
