using System.ComponentModel.DataAnnotations;
using Booking.Appointments;
using Booking.Availability;
using Booking.Customers;
using Booking.Services;
using CareRecords;
using CareRecords.Access;
using CareRecords.Database;
using CareRecords.Practice;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace Booking.Pages.Book;

/// <summary>Who comes and how to reach her.</summary>
internal sealed class DetailsModel(
    UnitOfWork work, PracticeDirectory directory, BookingDrafts drafts, BookVisit book, AppointmentLinks links, CurrentUser user, CustomerCards cards,
    AccessLog log, TimeProvider clock) : PageModel
{
    [BindProperty]
    public DetailsInput Input { get; set; } = new();

    public OfferedService Offered { get; private set; } = null!;

    public Practitioner? Chosen { get; private set; }

    public BookingRules Rules { get; private set; } = null!;

    public DateTime Start { get; private set; }

    /// <summary>The draft that is changed; null at the first time.</summary>
    public Guid? Draft { get; private set; }

    public async Task<IActionResult> OnGetAsync(Guid service, Guid? practitioner, string start, Guid? draft, CancellationToken cancel)
    {
        if (!await LoadAsync(service, practitioner, start, cancel))
        {
            return NotFound();
        }

        var kept = Kept(draft);
        if (kept is not null && await book.BookedAsync(kept.Key, cancel) is { } booked)
        {
            return Redirect(BookingAddress.Again(links.Token(booked)));
        }

        if (IsTooLate())
        {
            return Redirect(BookingAddress.Time(service, practitioner, draft: kept?.Key) + "&late=true");
        }

        if (kept is not null)
        {
            Input = new DetailsInput
            {
                GivenNames = kept.GivenNames,
                FamilyName = kept.FamilyName,
                Email = kept.Email,
                Phone = kept.Phone,
                Message = kept.Message,
                Reminder = kept.Reminder,
                Marketing = kept.Marketing,
                Terms = true,
            };
        }
        else
        {
            Input.Reminder = true;
            await PrefillAsync(cancel);
        }

        return Page();
    }

    public async Task<IActionResult> OnPostAsync(Guid service, Guid? practitioner, string start, Guid? draft, CancellationToken cancel)
    {
        if (!await LoadAsync(service, practitioner, start, cancel))
        {
            return NotFound();
        }

        var before = Kept(draft);
        if (before is not null && await book.BookedAsync(before.Key, cancel) is { } booked)
        {
            return Redirect(BookingAddress.Again(links.Token(booked)));
        }

        // A time that has passed meanwhile does not cost her what she typed: the draft is kept, and the next page offers other times for it.
        if (!ModelState.IsValid)
        {
            // What spans several fields is looked at only once each field is right by itself; she is told all at once.
            foreach (var wrong in Input.Validate(new ValidationContext(Input, HttpContext.RequestServices, null)))
            {
                var field = $"{nameof(Input)}.{wrong.MemberNames.First()}";
                if (ModelState.GetFieldValidationState(field) != ModelValidationState.Invalid)
                {
                    ModelState.AddModelError(field, wrong.ErrorMessage!);
                }
            }

            Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
            return Page();
        }

        // The draft keeps its key while the customer goes back and forth: whatever she sends twice becomes one booking.
        var key = before?.Key ?? Guid.NewGuid();
        drafts.Keep(HttpContext, new BookingDraft
        {
            Key = key,
            Service = service,
            Practitioner = practitioner,
            Start = Start,
            GivenNames = Input.GivenNames.Trim(),
            FamilyName = Input.FamilyName.Trim(),
            Email = Given(Input.Email),
            Phone = Given(Input.Phone),
            Message = Given(Input.Message),
            Reminder = Input.Reminder,
            Marketing = Input.Marketing,
        });
        return Redirect(BookingAddress.Check(key));
    }

    private BookingDraft? Kept(Guid? draft)
    {
        var kept = draft is { } key ? drafts.Find(HttpContext, key) : null;
        Draft = kept?.Key;
        return kept;
    }

    private async Task<bool> LoadAsync(Guid service, Guid? practitioner, string? start, CancellationToken cancel)
    {
        if (BookingAddress.Instant(start) is not { } instant)
        {
            return false;
        }

        var practice = await directory.GetAsync(cancel);
        await using var db = await BookingContext.OnAsync(work, cancel);
        if (await FreeTimeFinder.OfferedAsync(db, service, cancel) is not { Practitioners.Count: > 0 } offered
            || (practitioner is { } id && offered.Practitioners.All(p => p.Id != id)))
        {
            return false;
        }

        (Offered, Start) = (offered, instant);
        Chosen = offered.Practitioners.SingleOrDefault(p => p.Id == practitioner);
        Rules = await PracticeRules.ReadAsync(db, practice.Id, cancel);
        await work.RollbackAsync();
        return true;
    }

    private bool IsTooLate() => Start < clock.GetUtcNow().UtcDateTime.AddMinutes(Offered.Service.NoticeMinutes);

    // A signed-in customer whose account is linked to her card does not write again what the card says.
    private async Task PrefillAsync(CancellationToken cancel)
    {
        if (!Guid.TryParse(user.PatientId, out var id))
        {
            return;
        }

        Customer? row;
        await using (var db = await BookingContext.OnAsync(work, cancel))
        {
            row = await db.Customers.AsNoTracking().SingleOrDefaultAsync(c => c.Id == id, cancel);
        }

        await work.RollbackAsync();
        if (row is not null && (await cards.ReadAsync(row, cancel)).Details is { } card)
        {
            await log.RecordAsync(
                new AccessEntry { Interaction = "read", ResourceType = "Patient", ResourceId = user.PatientId, PatientIds = [user.PatientId!], Purpose = "patient_request" }, cancel);
            Input = new DetailsInput { GivenNames = card.GivenNames, FamilyName = card.FamilyName, Email = card.Email, Phone = card.Phone, Reminder = true };
        }
    }

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
