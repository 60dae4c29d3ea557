using System.ComponentModel.DataAnnotations;
using Booking.Appointments;
using Booking.Availability;
using Booking.Customers;
using Booking.Messages;
using Booking.Pages.Book;
using Booking.Services;
using Booking.Texts;
using CareRecords;
using CareRecords.Access;
using CareRecords.Database;
using CareRecords.Practice;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.EntityFrameworkCore;

namespace Booking.Pages.Practice;

/// <summary>Staff add a visit: booked by phone, a walk-in, a phone contact, a home visit.</summary>
internal sealed class AddModel(
    UnitOfWork work, PracticeDirectory directory, CustomerCards cards, StaffBook book, CurrentUser user, AccessLog log, Translator texts, TimeProvider clock)
    : PageModel
{
    internal sealed class AddInput : IValidatableObject
    {
        public Guid Key { get; set; } = Guid.NewGuid();

        public Guid? Customer { get; set; }

        [Required]
        public string Offer { get; set; } = "";

        [Required]
        public DateOnly? Date { get; set; }

        [Required]
        public TimeOnly? Time { get; set; }

        [Range(5, 720)]
        public int? Minutes { get; set; }

        public ContactMode Contact { get; set; }

        public bool Arrived { get; set; }

        public bool Notify { get; set; }

        [StringLength(80), RegularExpression(DetailsInput.Printable, ErrorMessage = "Validation.Invalid")]
        public string? GivenNames { get; set; }

        [StringLength(80), RegularExpression(DetailsInput.Printable, ErrorMessage = "Validation.Invalid")]
        public string? FamilyName { get; set; }

        [StringLength(25)]
        public string? Phone { get; set; }

        [StringLength(MailAddresses.LongestAddress)]
        public string? Email { get; set; }

        [StringLength(200), RegularExpression(DetailsInput.Printable, ErrorMessage = "Validation.Invalid")]
        public string? OverlapReason { get; set; }

        public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
        {
            var texts = validationContext.GetRequiredService<Translator>();
            if (Customer is null && string.IsNullOrWhiteSpace(GivenNames))
            {
                yield return new ValidationResult(texts["Validation.Required"], [nameof(GivenNames)]);
            }

            if (Customer is null && string.IsNullOrWhiteSpace(FamilyName))
            {
                yield return new ValidationResult(texts["Validation.Required"], [nameof(FamilyName)]);
            }

            if (!string.IsNullOrWhiteSpace(Email) && !MailAddresses.IsUsable(Email.Trim()))
            {
                yield return new ValidationResult(texts["Validation.Email"], [nameof(Email)]);
            }

            if (!string.IsNullOrWhiteSpace(Phone) && SearchKeys.Phone(Phone) is null)
            {
                yield return new ValidationResult(texts["Validation.Phone"], [nameof(Phone)]);
            }
        }
    }

    [BindProperty]
    public AddInput Input { get; set; } = new();

    public string? CustomerName { get; private set; }

    public List<SelectListItem> Offers { get; private set; } = [];

    public List<SelectListItem> Contacts { get; private set; } = [];

    public bool IsTaken { get; private set; }

    public IReadOnlyList<FreeTime> Nearest { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(DateOnly? date, bool now, Guid? customer, CancellationToken cancel)
    {
        var practice = await directory.GetAsync(cancel);
        var local = WallTime.ToLocal(clock.GetUtcNow().UtcDateTime, practice.Zone);
        var minutes = (int)local.TimeOfDay.TotalMinutes / 5 * 5;
        Input = new AddInput
        {
            Customer = customer,
            Date = now || date is null ? DateOnly.FromDateTime(local) : date,
            Time = now ? TimeOnly.MinValue.AddMinutes(minutes) : null,
            Arrived = now,
            Notify = !now,
        };
        return await LoadAsync(cancel) ? Page() : NotFound();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        // The binder turns an empty choice into null.
        var ids = (Input.Offer ?? "").Split('.');
        if (!ModelState.IsValid || ids.Length != 2 || !Guid.TryParse(ids[0], out var service) || !Guid.TryParse(ids[1], out var practitioner))
        {
            Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
            return await LoadAsync(cancel) ? Page() : NotFound();
        }

        var practice = await directory.GetAsync(cancel);
        var outcome = await book.HandleAsync(
            new StaffBook.Request
            {
                Key = Input.Key,
                ServiceId = service,
                PractitionerId = practitioner,
                Start = WallTime.ToInstant(Input.Date!.Value, Input.Time!.Value, practice.Zone),
                Minutes = Input.Minutes,
                ContactMode = Input.Contact,
                CustomerId = Input.Customer,
                NewCustomer = Input.Customer is null ? NewCustomer() : null,
                Arrived = Input.Arrived,
                OverlapReason = Given(Input.OverlapReason),
                Notify = Input.Notify,
            },
            cancel);
        switch (outcome)
        {
            case BookingOutcome.Booked booked:
                return Redirect(Input.Arrived ? $"/practice/appointment/{booked.AppointmentId}" : $"/practice/day?date={Input.Date:yyyy-MM-dd}");
            case BookingOutcome.Gone gone:
                IsTaken = true;
                Nearest = gone.Nearest;
                ModelState.AddModelError("Input.Time", texts["Book.Gone.Taken"]);
                Response.StatusCode = StatusCodes.Status409Conflict;
                await work.RollbackAsync();
                return await LoadAsync(cancel) ? Page() : NotFound();
            default:
                return NotFound();
        }
    }

    private CustomerDetails NewCustomer() => new()
    {
        GivenNames = Input.GivenNames!.Trim(),
        FamilyName = Input.FamilyName!.Trim(),
        Phone = Given(Input.Phone),
        Email = Given(Input.Email),
        Language = texts.Language,
    };

    private async Task<bool> LoadAsync(CancellationToken cancel)
    {
        Contacts = [.. Enum.GetValues<ContactMode>().Select(m => new SelectListItem(texts[$"Contact.{m}"], m.ToString()))];
        CustomerCard? card = null;
        await using (var db = await BookingContext.OnAsync(work, cancel))
        {
            var offers = await (
                from o in db.Offers
                join s in db.Services on o.ServiceId equals s.Id
                join p in db.Practitioners on o.PractitionerId equals p.Id
                join r in db.Resources on p.Id equals r.Id
                where s.Active && r.Active
                orderby p.Id == user.PractitionerId descending, r.Place, s.Place
                select new { Service = s, Practitioner = p }).AsNoTracking().ToListAsync(cancel);
            Offers = [.. offers.Select(o => new SelectListItem(
                $"{o.Practitioner.ShownName}: {o.Service.Name(texts.Language)} ({o.Service.DurationMinutes} min)", $"{o.Service.Id}.{o.Practitioner.Id}"))];
            if (Input.Customer is { } id)
            {
                if (await db.Customers.AsNoTracking().SingleOrDefaultAsync(c => c.Id == id, cancel) is not { } row)
                {
                    return false;
                }

                card = await cards.ReadAsync(row, cancel);
            }
        }

        await work.RollbackAsync();
        if (card is not null)
        {
            await log.RecordAsync(
                new AccessEntry { Interaction = "read", ResourceType = "Patient", ResourceId = card.PatientId, PatientIds = [card.PatientId], Purpose = "booking" }, cancel);
            CustomerName = card.Details?.ShownName;
        }

        return true;
    }

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
