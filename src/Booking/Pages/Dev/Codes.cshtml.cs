using Booking.SignIn;
using Booking.Ui;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Booking.Pages.Dev;

/// <summary>The demonstration accounts with their current codes. It exists only in a process whose demo switch made them, on a simulated archive.</summary>
internal sealed class CodesModel(DemoRoster roster, SiteInfo site, TimeProvider clock) : PageModel
{
    internal sealed record Line(DemoAccount Account, string? Code);

    internal IReadOnlyList<Line> Lines { get; private set; } = [];

    public int SecondsLeft { get; private set; }

    public IActionResult OnGet()
    {
        if (roster.Accounts.Count == 0 || !string.Equals(site.Archive, "Simulated", StringComparison.OrdinalIgnoreCase))
        {
            return NotFound();
        }
        var now = clock.GetUtcNow();
        SecondsLeft = 30 - (int)(now.ToUnixTimeSeconds() % 30);
        Lines = [.. roster.Accounts.Select(a => new Line(a, a.TotpKey is null ? null : Totp.Code(a.TotpKey, Totp.StepAt(now))))];
        return Page();
    }
}
