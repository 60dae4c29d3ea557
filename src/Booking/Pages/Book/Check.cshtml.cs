using Booking.Appointments;
using Booking.Availability;
using Booking.Customers;
using Booking.Services;
using Booking.Texts;
using CareRecords;
using CareRecords.Database;
using CareRecords.Practice;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace Booking.Pages.Book;

/// <summary>Everything once more before it is booked; when the time is gone meanwhile, the nearest ones with nothing to be typed again.</summary>
internal sealed class CheckModel(
    UnitOfWork work, PracticeDirectory directory, BookingDrafts drafts, BookVisit book, CustomerCards cards, AppointmentLinks links, CurrentUser user,
    Translator texts) : PageModel
{
    public BookingDraft Draft { get; private set; } = null!;

    public OfferedService Offered { get; private set; } = null!;

    public Practitioner? Chosen { get; private set; }

    public BookingRules Rules { get; private set; } = null!;

    public int PriceCents { get; private set; }

    public BookingOutcome.Gone? Gone { get; private set; }

    public async Task<IActionResult> OnGetAsync(Guid draft, CancellationToken cancel)
    {
        if (await LoadAsync(draft, cancel) is { } instead)
        {
            return instead;
        }

        if (await book.BookedAsync(Draft.Key, cancel) is { } booked)
        {
            return Redirect(BookingAddress.Again(links.Token(booked)));
        }

        Gone = await book.LookAsync(Draft.Service, Draft.Practitioner, Draft.Start, cancel);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(Guid draft, CancellationToken cancel)
    {
        if (await LoadAsync(draft, cancel) is { } instead)
        {
            return instead;
        }

        var outcome = await book.HandleAsync(
            new BookVisit.Request
            {
                Key = Draft.Key,
                ServiceId = Draft.Service,
                PractitionerId = Draft.Practitioner,
                Start = Draft.Start,
                Customer = new CustomerDetails
                {
                    GivenNames = Draft.GivenNames,
                    FamilyName = Draft.FamilyName,
                    Email = Draft.Email,
                    Phone = Draft.Phone,
                    Language = texts.Language,
                },
                CustomerId = await OwnCardAsync(cancel),
                Message = Draft.Message,
                Reminder = Draft.Reminder,
                Marketing = Draft.Marketing,
            },
            cancel);
        switch (outcome)
        {
            case BookingOutcome.Booked booked:
                // The draft stays until it expires: a second click or a step back finds the same booking by its key.
                return Redirect(BookingAddress.Manage(links.Token(booked.AppointmentId)) + "?done=true");
            case BookingOutcome.Gone gone:
                Gone = gone;
                Response.StatusCode = StatusCodes.Status409Conflict;
                return Page();
            default:
                return NotFound();
        }
    }

    // Her own card when she books for herself; a customer who writes another name books for somebody else.
    private async Task<Guid?> OwnCardAsync(CancellationToken cancel)
    {
        if (user.Role != UserRole.Customer || !Guid.TryParse(user.PatientId, out var id))
        {
            return null;
        }

        await using var db = await BookingContext.OnAsync(work, cancel);
        var details = await db.Customers.AsNoTracking().SingleOrDefaultAsync(c => c.Id == id, cancel) is { } row ? (await cards.ReadAsync(row, cancel)).Details : null;
        await work.RollbackAsync();
        return details is not null && SearchKeys.SameName($"{details.GivenNames} {details.FamilyName}", $"{Draft.GivenNames} {Draft.FamilyName}") ? id : null;
    }

    /// <summary>Takes another time for the same draft.</summary>
    public async Task<IActionResult> OnPostTimeAsync(Guid draft, string start, CancellationToken cancel)
    {
        if (await LoadAsync(draft, cancel) is { } instead)
        {
            return instead;
        }

        if (BookingAddress.Instant(start) is not { } instant)
        {
            return BadRequest();
        }

        if (await book.BookedAsync(Draft.Key, cancel) is { } booked)
        {
            return Redirect(BookingAddress.Again(links.Token(booked)));
        }

        drafts.Keep(HttpContext, Draft with { Start = instant });
        return Redirect(BookingAddress.Check(draft));
    }

    private async Task<IActionResult?> LoadAsync(Guid draft, CancellationToken cancel)
    {
        if (drafts.Find(HttpContext, draft) is not { } kept)
        {
            return RedirectToPage("/Book/Expired");
        }

        var practice = await directory.GetAsync(cancel);
        await using var db = await BookingContext.OnAsync(work, cancel);
        if (await FreeTimeFinder.OfferedAsync(db, kept.Service, cancel) is not { Practitioners.Count: > 0 } offered)
        {
            return NotFound();
        }

        (Draft, Offered) = (kept, offered);
        Chosen = offered.Practitioners.SingleOrDefault(p => p.Id == kept.Practitioner);
        PriceCents = (Chosen is { } chosen ? offered.Offer(chosen.Id).PriceCents : null) ?? offered.Service.PriceCents;
        Rules = await PracticeRules.ReadAsync(db, practice.Id, cancel);
        await work.RollbackAsync();
        return null;
    }
}
