using System.ComponentModel.DataAnnotations;
using Booking.Messages;
using Booking.Services;
using CareRecords.Database;
using CareRecords.Practice;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace Booking.Pages.Admin;

/// <summary>The practice's contact details and its rules of booking.</summary>
internal sealed class PracticeModel(UnitOfWork work, PracticeDirectory directory) : PageModel
{
    internal sealed class RulesInput
    {
        [StringLength(100)]
        public string? Street { get; set; }

        [RegularExpression("[0-9]{5}", ErrorMessage = "Validation.Invalid")]
        public string? PostalCode { get; set; }

        [StringLength(60)]
        public string? City { get; set; }

        [StringLength(25)]
        public string? Phone { get; set; }

        [StringLength(MailAddresses.LongestAddress), EmailAddress]
        public string? Email { get; set; }

        [Range(0, 720)]
        public int CancelHours { get; set; }

        [Range(0, 720)]
        public int MoveHours { get; set; }

        [Range(1, 168)]
        public int ReminderHours { get; set; }

        public bool ClosedOnHolidays { get; set; }
    }

    [BindProperty]
    public RulesInput Input { get; set; } = new();

    public PracticeFacts Practice { get; private set; } = null!;

    public bool Saved { get; private set; }

    public async Task OnGetAsync(bool saved, CancellationToken cancel)
    {
        Practice = await directory.GetAsync(cancel);
        await using var db = await BookingContext.OnAsync(work, cancel);
        var rules = await PracticeRules.ReadAsync(db, Practice.Id, cancel);
        Saved = saved;
        Input = new RulesInput
        {
            Street = rules.Street,
            PostalCode = rules.PostalCode,
            City = rules.City,
            Phone = rules.Phone,
            Email = rules.Email,
            CancelHours = rules.CancelDeadlineMinutes / 60,
            MoveHours = rules.MoveDeadlineMinutes / 60,
            ReminderHours = rules.ReminderMinutes / 60,
            ClosedOnHolidays = rules.ClosedOnPublicHolidays,
        };
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        Practice = await directory.GetAsync(cancel);
        if (!ModelState.IsValid)
        {
            Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
            return Page();
        }

        await using var db = await BookingContext.OnAsync(work, cancel);
        var rules = await db.Rules.SingleOrDefaultAsync(r => r.PracticeId == Practice.Id, cancel);
        if (rules is null)
        {
            rules = new BookingRules { PracticeId = Practice.Id };
            db.Rules.Add(rules);
        }

        (rules.Street, rules.PostalCode, rules.City) = (Input.Street?.Trim() ?? "", Input.PostalCode ?? "", Input.City?.Trim() ?? "");
        (rules.Phone, rules.Email) = (Input.Phone?.Trim() ?? "", Input.Email?.Trim() ?? "");
        (rules.CancelDeadlineMinutes, rules.MoveDeadlineMinutes) = (Input.CancelHours * 60, Input.MoveHours * 60);
        (rules.ReminderMinutes, rules.ClosedOnPublicHolidays) = (Input.ReminderHours * 60, Input.ClosedOnHolidays);
        await db.SaveChangesAsync(cancel);
        await work.CommitAsync(cancel);
        return Redirect("/admin/practice?saved=true");
    }
}
