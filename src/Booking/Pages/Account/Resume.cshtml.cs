using Booking.SignIn;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Booking.Pages.Account;

/// <summary>What was sent with an expired session, ready to be sent again by the same person.</summary>
internal sealed class ResumeModel(KeptForms kept) : PageModel
{
    internal KeptForm? Form { get; private set; }

    public async Task OnGetAsync([FromQuery(Name = "form")] Guid id, CancellationToken cancel)
    {
        Form = await kept.FindAsync(((Session)HttpContext.Items[typeof(Session)]!).AccountId, id, cancel);
    }
}
