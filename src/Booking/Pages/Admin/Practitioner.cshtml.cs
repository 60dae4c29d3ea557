using System.ComponentModel.DataAnnotations;
using Booking.Pages.Book;
using Booking.Services;
using CareRecords.Database;
using CareRecords.Practice;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.EntityFrameworkCore;

namespace Booking.Pages.Admin;

/// <summary>One practitioner: name, title, registration, right, controller.</summary>
internal sealed class PractitionerModel(UnitOfWork work, PracticeDirectory directory, SavePractitioner save) : PageModel
{
    internal sealed class PractitionerInput
    {
        public Guid Id { get; set; } = Guid.CreateVersion7();

        [Required, StringLength(80), RegularExpression(DetailsInput.Printable, ErrorMessage = "Validation.Invalid")]
        public string GivenNames { get; set; } = "";

        [StringLength(40), RegularExpression(DetailsInput.Printable, ErrorMessage = "Validation.Invalid")]
        public string? CallName { get; set; }

        [Required, StringLength(80), RegularExpression(DetailsInput.Printable, ErrorMessage = "Validation.Invalid")]
        public string FamilyName { get; set; } = "";

        [Required, StringLength(80)]
        public string Title { get; set; } = "";

        [RegularExpression("[0-9]{11}", ErrorMessage = "Admin.TerhikkiForm")]
        public string? Terhikki { get; set; }

        [StringLength(10)]
        public string? RightCode { get; set; }

        [StringLength(100)]
        public string? Right { get; set; }

        public Guid Controller { get; set; }

        public bool Active { get; set; }
    }

    [BindProperty]
    public PractitionerInput Input { get; set; } = new();

    public bool IsNew { get; private set; }

    public IReadOnlyList<SelectListItem> Controllers { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(Guid? id, CancellationToken cancel)
    {
        await LoadAsync(id, cancel);
        if (id is not { } known)
        {
            Input.Active = true;
            return Page();
        }

        await using var db = await BookingContext.OnAsync(work, cancel);
        if (await db.Practitioners.AsNoTracking().SingleOrDefaultAsync(p => p.Id == known, cancel) is not { } p)
        {
            return NotFound();
        }

        Input = new PractitionerInput
        {
            Id = p.Id,
            GivenNames = p.GivenNames,
            CallName = p.CallName,
            FamilyName = p.FamilyName,
            Title = p.Title,
            Terhikki = p.TerhikkiNumber,
            RightCode = p.ProfessionalRightCode,
            Right = p.ProfessionalRight,
            Controller = p.ControllerId,
            Active = await db.Resources.Where(r => r.Id == known).Select(r => r.Active).SingleAsync(cancel),
        };
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(Guid? id, CancellationToken cancel)
    {
        await LoadAsync(id, cancel);
        await using (var db = await BookingContext.OnAsync(work, cancel))
        {
            if (id is { } known && !await db.Practitioners.AnyAsync(p => p.Id == known, cancel))
            {
                return NotFound();
            }
        }

        if (!ModelState.IsValid)
        {
            Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
            return Page();
        }

        var saved = await save.HandleAsync(
            new SavePractitioner.Request
            {
                Id = id ?? Input.Id,
                IsNew = id is null,
                ControllerId = Input.Controller,
                GivenNames = Input.GivenNames.Trim(),
                CallName = Input.CallName?.Trim(),
                FamilyName = Input.FamilyName.Trim(),
                Title = Input.Title.Trim(),
                TerhikkiNumber = Input.Terhikki,
                ProfessionalRightCode = Input.RightCode,
                ProfessionalRight = Input.Right,
                Active = Input.Active,
            },
            cancel);
        if (!saved)
        {
            return NotFound();
        }

        await work.CommitAsync(cancel);
        return Redirect("/admin/staff");
    }

    private async Task LoadAsync(Guid? id, CancellationToken cancel)
    {
        IsNew = id is null;
        Controllers = [.. (await directory.GetAsync(cancel)).Controllers.Select(c => new SelectListItem(c.Name, c.Id.ToString()))];
    }
}
