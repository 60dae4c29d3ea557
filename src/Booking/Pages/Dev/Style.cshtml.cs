using System.ComponentModel.DataAnnotations;
using Booking.Ui;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;

namespace Booking.Pages.Dev;

/// <summary>Every component of the visual language on one page.</summary>
internal sealed class StyleModel : PageModel
{
    public sealed class Sample
    {
        [StringLength(40)]
        public required string Name { get; set; } = "";

        [EmailAddress]
        public string Email { get; set; } = "";

        public string? Reason { get; set; }

        public string Contact { get; set; } = "sms";

        public string Service { get; set; } = "sms";

        public decimal? Price { get; set; } = 45.5m;

        public DateParts Born { get; set; } = DateParts.Of(new DateOnly(1980, 11, 25));

        public bool Agree { get; set; }
    }

    [BindProperty]
    public Sample Input { get; set; } = new() { Name = "" };

    public SelectListItem[] Contacts { get; } = [new("E-mail", "email"), new("Text message", "sms")];

    public void OnGet()
    {
    }

    public void OnPost()
    {
    }
}
