using Booking.Appointments;
using Booking.Customers;
using Booking.Services;
using Booking.SignIn;
using Booking.Texts;
using Booking.Treatments;
using CareRecords.Access;
using CareRecords.Database;
using CareRecords.Practice;
using CareRecords.Treatments;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace Booking.Pages.Customers;

/// <summary>A customer's card: contacts, bookings, consents, and cards that may be hers too.</summary>
internal sealed class CardModel(
    UnitOfWork work, PracticeDirectory directory, CustomerCards cards, ChangeCard change, EndPortalLink links, UserManager<SignIn.Account> accounts, AccessLog log,
    Translator texts) : PageModel
{
    private const int MostBookings = 100;

    internal sealed record Visit(Appointment Appointment, Service Service, string Practitioner);

    public CustomerCard Card { get; private set; } = null!;

    public CustomerCard? Linked { get; private set; }

    public IReadOnlyList<Visit> Visits { get; private set; } = [];

    public IReadOnlyList<ConsentRow> Consents { get; private set; } = [];

    public IReadOnlyList<CustomerCard> Alike { get; private set; } = [];

    public BookingRules Rules { get; private set; } = null!;

    public LinkedAccount? Account { get; private set; }

    /// <summary>Why the account's link is ended.</summary>
    [BindProperty]
    public string? Reason { get; set; }

    /// <summary>Contacts under turvakielto were asked for, which is logged.</summary>
    public bool ShowsContacts { get; private set; }

    public Task<IActionResult> OnGetAsync(Guid id, CancellationToken cancel) => ShowAsync(id, cancel);

    public async Task<IActionResult> OnPostContactsAsync(Guid id, CancellationToken cancel)
    {
        ShowsContacts = true;
        Response.Headers.CacheControl = "no-store";
        return await ShowAsync(id, cancel);
    }

    private async Task<IActionResult> ShowAsync(Guid id, CancellationToken cancel)
    {
        var practice = await directory.GetAsync(cancel);
        if (!await ReadAsync(id, practice.Id, cancel))
        {
            return NotFound();
        }

        Account = await LinkedAccount.ReadAsync(work, links, accounts, Card.PatientId, cancel);
        await work.RollbackAsync();
        await log.RecordAsync(
            new AccessEntry
            {
                Interaction = "read",
                ResourceType = "Patient",
                ResourceId = Card.PatientId,
                PatientIds = [Card.PatientId, .. Alike.Select(c => c.PatientId)],
                Purpose = "booking",
                Detail = ShowsContacts && Card.Row.NonDisclosure ? "contacts under non-disclosure shown" : null,
            },
            cancel);
        return Page();
    }

    public async Task<IActionResult> OnPostLinkAsync(Guid id, Guid? to, CancellationToken cancel) =>
        await change.LinkAsync(id, to, cancel) == ChangeCard.Outcome.Done ? Redirect($"/customers/{id}") : NotFound();

    public async Task<IActionResult> OnPostEndLinkAsync(Guid id, Guid account, CancellationToken cancel)
    {
        var patientId = id.ToString();
        if (await EndPortalLink.FindAsync(work, patientId, cancel) is null && (await links.OfPatientAsync(patientId, cancel)).Count == 0)
        {
            return NotFound();
        }

        var outcome = await links.HandleAsync(patientId, account, Reason, cancel);
        if (!outcome.Done)
        {
            await work.RollbackAsync();
            outcome.Refusals.AddTo(ModelState, texts);
            return await ShowAsync(id, cancel);
        }

        await UnlinkAccount.HandleAsync(work, account, patientId, cancel);
        await work.CommitAsync(cancel);
        return Redirect($"/customers/{id}#account");
    }

    public async Task<IActionResult> OnPostConsentAsync(Guid id, ConsentPurpose purpose, bool given, CancellationToken cancel)
    {
        if (purpose is not (ConsentPurpose.Reminders or ConsentPurpose.Marketing))
        {
            return NotFound();
        }

        var practice = await directory.GetAsync(cancel);
        string version;
        await using (var db = await BookingContext.OnAsync(work, cancel))
        {
            version = (await PracticeRules.ReadAsync(db, practice.Id, cancel)).TermsVersion;
        }

        return await change.ConsentAsync(id, purpose, ConsentChannel.Email, given, version, cancel) == ChangeCard.Outcome.Done
            ? Redirect($"/customers/{id}#consents")
            : NotFound();
    }

    private async Task<bool> ReadAsync(Guid id, Guid practiceId, CancellationToken cancel)
    {
        await using var db = await BookingContext.OnAsync(work, cancel);
        if (await db.Customers.AsNoTracking().SingleOrDefaultAsync(c => c.Id == id, cancel) is not { } row)
        {
            return false;
        }

        Card = ShowsContacts ? await cards.ReadWithContactsAsync(row, cancel) : await cards.ReadAsync(row, cancel);
        Rules = await PracticeRules.ReadAsync(db, practiceId, cancel);
        Consents = await db.Consents.AsNoTracking().Where(c => c.CustomerId == id).OrderByDescending(c => c.GivenAt).ToListAsync(cancel);
        var visits = await (
            from a in db.Appointments
            join s in db.Services on a.ServiceId equals s.Id
            join p in db.Practitioners on a.PractitionerId equals p.Id
            where a.CustomerId == id
            orderby a.StartsAt descending
            select new { Appointment = a, Service = s, Practitioner = p }).Take(MostBookings).AsNoTracking().ToListAsync(cancel);
        Visits = [.. visits.Select(v => new Visit(v.Appointment, v.Service, v.Practitioner.ShownName))];
        if (row.LinkedTo is { } to)
        {
            Linked = await cards.ReadAsync(await db.Customers.AsNoTracking().SingleAsync(c => c.Id == to, cancel), cancel);
        }
        else if (row.PossibleDuplicate)
        {
            Alike = await AlikeAsync(db, id, cancel);
        }

        return true;
    }

    private async Task<List<CustomerCard>> AlikeAsync(BookingContext db, Guid id, CancellationToken cancel)
    {
        var rows = await db.Customers.AsNoTracking()
            .Where(c => c.Id != id && c.LinkedTo == null && db.Lookups.Any(mine => mine.CustomerId == id && mine.Kind != LookupKind.Name
                && db.Lookups.Any(l => l.CustomerId == c.Id && l.Kind == mine.Kind && l.Hash == mine.Hash)))
            .OrderBy(c => c.CreatedAt).Take(5).ToListAsync(cancel);
        var alike = new List<CustomerCard>();
        foreach (var row in rows)
        {
            alike.Add(await cards.ReadAsync(row, cancel));
        }

        return alike;
    }
}
