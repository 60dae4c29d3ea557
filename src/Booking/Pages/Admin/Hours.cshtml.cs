using System.ComponentModel.DataAnnotations;
using Booking.Availability;
using Booking.Services;
using Booking.Texts;
using CareRecords.Database;
using CareRecords.Practice;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.EntityFrameworkCore;

namespace Booking.Pages.Admin;

/// <summary>A practitioner's weekly hours and breaks, what differs on single dates, and days on which the whole practice is closed.</summary>
internal sealed class HoursModel(UnitOfWork work, PracticeDirectory directory, Translator texts) : PageModel
{
    internal sealed class WeeklyInput : IValidatableObject
    {
        public Guid Id { get; set; } = Guid.CreateVersion7();

        public DayOfWeek Weekday { get; set; } = DayOfWeek.Monday;

        [Required]
        public TimeOnly? Starts { get; set; }

        [Required]
        public TimeOnly? Ends { get; set; }

        public bool IsBreak { get; set; }

        public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => EndsLater(validationContext, Starts, Ends, nameof(Ends));
    }

    internal sealed class DateInput : IValidatableObject
    {
        public Guid Id { get; set; } = Guid.CreateVersion7();

        [Required]
        public DateOnly? Date { get; set; }

        public bool IsOpen { get; set; }

        public TimeOnly? Starts { get; set; }

        public TimeOnly? Ends { get; set; }

        public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
        {
            if (Starts is null != Ends is null || (IsOpen && Starts is null))
            {
                return [new ValidationResult(validationContext.GetRequiredService<Translator>()["Admin.BothTimes"], [nameof(Starts)])];
            }

            return EndsLater(validationContext, Starts, Ends, nameof(Ends));
        }
    }

    internal sealed class ClosedInput : IValidatableObject
    {
        public Guid Id { get; set; } = Guid.CreateVersion7();

        [Required]
        public DateOnly? First { get; set; }

        [Required]
        public DateOnly? Last { get; set; }

        [Required, StringLength(100)]
        public string Name { get; set; } = "";

        public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
        {
            if (Last < First)
            {
                yield return new ValidationResult(validationContext.GetRequiredService<Translator>()["Admin.EndsLater"], [nameof(Last)]);
            }
        }
    }

    public WeeklyInput Weekly { get; set; } = new();

    public DateInput Special { get; set; } = new();

    public ClosedInput Closed { get; set; } = new();

    public IReadOnlyList<Practitioner> Practitioners { get; private set; } = [];

    public Practitioner? Chosen { get; private set; }

    public IReadOnlyList<WorkingHours> Hours { get; private set; } = [];

    public IReadOnlyList<DateRuleRow> Dates { get; private set; } = [];

    public IReadOnlyList<ClosedPeriodRow> Periods { get; private set; } = [];

    public IReadOnlyList<SelectListItem> Weekdays =>
        [.. Enumerable.Range(1, 7).Select(n => (DayOfWeek)(n % 7)).Select(d => new SelectListItem(texts.Culture.DateTimeFormat.GetDayName(d), d.ToString()))];

    public async Task<IActionResult> OnGetAsync(Guid? practitioner, CancellationToken cancel)
    {
        await using var db = await BookingContext.OnAsync(work, cancel);
        return await LoadAsync(db, practitioner, cancel) ? Page() : NotFound();
    }

    public Task<IActionResult> OnPostWeeklyAsync(Guid practitioner, [FromForm(Name = "Weekly")] WeeklyInput input, CancellationToken cancel)
    {
        Weekly = input;
        return SaveAsync(practitioner, db => db.WorkingHours.AnyAsync(h => h.Id == input.Id, cancel), db => db.Add(new WorkingHours
        {
            Id = input.Id,
            ResourceId = practitioner,
            Weekday = input.Weekday,
            Starts = input.Starts!.Value,
            Ends = input.Ends!.Value,
            IsBreak = input.IsBreak,
        }), cancel);
    }

    public Task<IActionResult> OnPostDateAsync(Guid practitioner, [FromForm(Name = "Special")] DateInput input, CancellationToken cancel)
    {
        Special = input;
        return SaveAsync(practitioner, db => db.DateRules.AnyAsync(d => d.Id == input.Id, cancel), db => db.Add(new DateRuleRow
        {
            Id = input.Id,
            ResourceId = practitioner,
            Date = input.Date!.Value,
            IsOpen = input.IsOpen,
            Starts = input.Starts,
            Ends = input.Ends,
        }), cancel);
    }

    public async Task<IActionResult> OnPostClosedAsync(Guid practitioner, [FromForm(Name = "Closed")] ClosedInput input, CancellationToken cancel)
    {
        Closed = input;
        var practice = await directory.GetAsync(cancel);
        return await SaveAsync(practitioner, db => db.ClosedPeriods.AnyAsync(c => c.Id == input.Id, cancel), db => db.Add(new ClosedPeriodRow
        {
            Id = input.Id,
            PracticeId = practice.Id,
            FirstDay = input.First!.Value,
            LastDay = input.Last!.Value,
            Name = input.Name.Trim(),
        }), cancel);
    }

    public async Task<IActionResult> OnPostRemoveAsync(Guid practitioner, Guid row, CancellationToken cancel)
    {
        await using var db = await BookingContext.OnAsync(work, cancel);
        var removed = await db.WorkingHours.Where(h => h.Id == row && h.ResourceId == practitioner).ExecuteDeleteAsync(cancel)
            + await db.DateRules.Where(d => d.Id == row && d.ResourceId == practitioner).ExecuteDeleteAsync(cancel)
            + await db.ClosedPeriods.Where(c => c.Id == row).ExecuteDeleteAsync(cancel);
        await work.CommitAsync(cancel);
        return removed > 0 ? Redirect($"/admin/hours?practitioner={practitioner}") : NotFound();
    }

    private async Task<IActionResult> SaveAsync(Guid practitioner, Func<BookingContext, Task<bool>> isThere, Action<BookingContext> add, CancellationToken cancel)
    {
        await using var db = await BookingContext.OnAsync(work, cancel);
        if (!await LoadAsync(db, practitioner, cancel))
        {
            return NotFound();
        }

        if (!ModelState.IsValid)
        {
            Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
            return Page();
        }

        if (!await isThere(db))
        {
            add(db);
            await db.SaveChangesAsync(cancel);
        }

        await work.CommitAsync(cancel);
        return Redirect($"/admin/hours?practitioner={practitioner}");
    }

    private async Task<bool> LoadAsync(BookingContext db, Guid? practitioner, CancellationToken cancel)
    {
        Practitioners = await (from p in db.Practitioners join r in db.Resources on p.Id equals r.Id where r.Active orderby r.Place select p).AsNoTracking().ToListAsync(cancel);
        Chosen = practitioner is null ? (Practitioners.Count > 0 ? Practitioners[0] : null) : Practitioners.SingleOrDefault(p => p.Id == practitioner);
        if (Chosen is not { Id: var id })
        {
            return practitioner is null;
        }

        Hours = [.. (await db.WorkingHours.AsNoTracking().Where(h => h.ResourceId == id).ToListAsync(cancel)).OrderBy(h => ((int)h.Weekday + 6) % 7).ThenBy(h => h.Starts)];
        Dates = await db.DateRules.AsNoTracking().Where(d => d.ResourceId == id).OrderBy(d => d.Date).ThenBy(d => d.Starts).ToListAsync(cancel);
        Periods = await db.ClosedPeriods.AsNoTracking().OrderBy(c => c.FirstDay).ToListAsync(cancel);
        return true;
    }

    private static IEnumerable<ValidationResult> EndsLater(ValidationContext context, TimeOnly? starts, TimeOnly? ends, string field)
    {
        if (starts >= ends && ends != TimeOnly.MinValue)
        {
            yield return new ValidationResult(context.GetRequiredService<Translator>()["Admin.EndsLater"], [field]);
        }
    }
}
