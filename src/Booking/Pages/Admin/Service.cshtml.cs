using System.ComponentModel.DataAnnotations;
using Booking.Services;
using Booking.Texts;
using CareRecords.Database;
using CareRecords.Practice;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.EntityFrameworkCore;

namespace Booking.Pages.Admin;

/// <summary>One service: names, length, price, VAT, whether it is care, who gives it, rules of online booking.</summary>
internal sealed class ServiceModel(UnitOfWork work, PracticeDirectory directory, Translator texts) : PageModel
{
    internal sealed class ServiceInput : IValidatableObject
    {
        /// <summary>The id of a new service, so that saving twice makes one.</summary>
        public Guid Id { get; set; } = Guid.CreateVersion7();

        [Required, StringLength(100)]
        public string NameFi { get; set; } = "";

        [Required, StringLength(100)]
        public string NameSv { get; set; } = "";

        [Required, StringLength(100)]
        public string NameEn { get; set; } = "";

        [StringLength(400)]
        public string? AboutFi { get; set; }

        [StringLength(400)]
        public string? AboutSv { get; set; }

        [StringLength(400)]
        public string? AboutEn { get; set; }

        [Range(5, 720)]
        public int Minutes { get; set; } = 60;

        [Range(0, 240)]
        public int Buffer { get; set; }

        [Range(0, 10_000)]
        public decimal Price { get; set; }

        public bool IsCare { get; set; }

        public VatTreatment Vat { get; set; } = VatTreatment.General;

        public ContactMode Contact { get; set; }

        public bool Online { get; set; }

        [Range(0, 720)]
        public int NoticeHours { get; set; } = 2;

        [Range(1, 730)]
        public int HorizonDays { get; set; } = 90;

        [Range(5, 240)]
        public int Grid { get; set; } = 15;

        public bool Active { get; set; }

        public List<Guid> Givers { get; set; } = [];

        public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
        {
            if (!IsCare && Vat == VatTreatment.ExemptHealth)
            {
                yield return new ValidationResult(validationContext.GetRequiredService<Translator>()["Admin.VatNeedsCare"], [nameof(Vat)]);
            }
        }
    }

    [BindProperty]
    public ServiceInput Input { get; set; } = new();

    public bool IsNew { get; private set; }

    public IReadOnlyList<Practitioner> Practitioners { get; private set; } = [];

    public IReadOnlyList<SelectListItem> VatChoices => [.. Enum.GetValues<VatTreatment>().Select(v => new SelectListItem(texts[$"Vat.{v}"], v.ToString()))];

    public IReadOnlyList<SelectListItem> Contacts => [.. Enum.GetValues<ContactMode>().Select(m => new SelectListItem(texts[$"Contact.{m}"], m.ToString()))];

    public async Task<IActionResult> OnGetAsync(Guid? id, CancellationToken cancel)
    {
        await using var db = await BookingContext.OnAsync(work, cancel);
        await LoadAsync(db, id, cancel);
        if (id is not { } known)
        {
            (Input.Online, Input.Active) = (true, true);
            return Page();
        }

        if (await db.Services.AsNoTracking().SingleOrDefaultAsync(s => s.Id == known, cancel) is not { } s)
        {
            return NotFound();
        }

        Input = new ServiceInput
        {
            Id = s.Id,
            NameFi = s.NameFi,
            NameSv = s.NameSv,
            NameEn = s.NameEn,
            AboutFi = s.AboutFi,
            AboutSv = s.AboutSv,
            AboutEn = s.AboutEn,
            Minutes = s.DurationMinutes,
            Buffer = s.BufferMinutes,
            Price = s.PriceCents / 100m,
            IsCare = s.IsCare,
            Vat = s.Vat,
            Contact = s.ContactMode,
            Online = s.Online,
            NoticeHours = s.NoticeMinutes / 60,
            HorizonDays = s.HorizonDays,
            Grid = s.GridMinutes,
            Active = s.Active,
            Givers = await db.Offers.Where(o => o.ServiceId == known).Select(o => o.PractitionerId).ToListAsync(cancel),
        };
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(Guid? id, CancellationToken cancel)
    {
        var practice = await directory.GetAsync(cancel);
        await using var db = await BookingContext.OnAsync(work, cancel);
        await LoadAsync(db, id, cancel);
        if (id is { } known && !await db.Services.AnyAsync(s => s.Id == known, cancel))
        {
            return NotFound();
        }

        if (!ModelState.IsValid)
        {
            Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
            return Page();
        }

        var key = id ?? Input.Id;
        if (await db.Services.SingleOrDefaultAsync(s => s.Id == key, cancel) is not { } service)
        {
            service = new Service { Id = key, PracticeId = practice.Id, Place = await db.Services.CountAsync(cancel) };
            db.Services.Add(service);
        }

        Fill(service);
        var offers = await db.Offers.Where(o => o.ServiceId == key).ToListAsync(cancel);
        var wanted = Input.Givers.Where(g => Practitioners.Any(p => p.Id == g)).Distinct().ToList();
        db.Offers.RemoveRange(offers.Where(o => !wanted.Contains(o.PractitionerId)));
        db.Offers.AddRange(wanted.Where(g => offers.All(o => o.PractitionerId != g)).Select(g => new ServiceOffer { ServiceId = key, PractitionerId = g }));
        await db.SaveChangesAsync(cancel);
        await work.CommitAsync(cancel);
        return Redirect("/admin/services");
    }

    private void Fill(Service service)
    {
        (service.NameFi, service.NameSv, service.NameEn) = (Input.NameFi.Trim(), Input.NameSv.Trim(), Input.NameEn.Trim());
        (service.AboutFi, service.AboutSv, service.AboutEn) = (Input.AboutFi?.Trim() ?? "", Input.AboutSv?.Trim() ?? "", Input.AboutEn?.Trim() ?? "");
        (service.DurationMinutes, service.BufferMinutes, service.GridMinutes) = (Input.Minutes, Input.Buffer, Input.Grid);
        (service.PriceCents, service.Vat, service.IsCare) = ((int)(Input.Price * 100), Input.Vat, Input.IsCare);
        (service.ContactMode, service.Online, service.Active) = (Input.Contact, Input.Online, Input.Active);
        (service.NoticeMinutes, service.HorizonDays) = (Input.NoticeHours * 60, Input.HorizonDays);
    }

    private async Task LoadAsync(BookingContext db, Guid? id, CancellationToken cancel)
    {
        IsNew = id is null;
        Practitioners = await (from p in db.Practitioners join r in db.Resources on p.Id equals r.Id where r.Active orderby r.Place select p).AsNoTracking().ToListAsync(cancel);
    }
}
