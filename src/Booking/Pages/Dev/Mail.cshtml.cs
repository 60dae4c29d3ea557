using Booking.Messages;
using CareRecords.Practice;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Booking.Pages.Dev;

/// <summary>The pickup folder, to be read in development and demonstration; in production, or with an SMTP server, there is no such page.</summary>
internal sealed class MailModel(IMailer mailer, PracticeDirectory directory) : PageModel
{
    private const int Shown = 50;

    public IReadOnlyList<KeptMail> Mails { get; private set; } = [];

    public KeptMail? Opened { get; private set; }

    public async Task<IActionResult> OnGetAsync(string? name, CancellationToken cancel)
    {
        if (mailer is not PickupMailer pickup || await directory.FindAsync(cancel) is { Environment: KantaEnvironment.Production })
        {
            return NotFound();
        }

        if (name is not null && (Opened = pickup.Find(name)) is null)
        {
            return NotFound();
        }

        Mails = pickup.Newest(Shown);
        return Page();
    }
}
