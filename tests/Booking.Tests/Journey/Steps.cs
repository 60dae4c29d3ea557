using System.Globalization;
using System.Text.RegularExpressions;
using Booking.Appointments;
using Booking.Host.Check;
using CareRecords.Database;
using CareRecords.Protection;
using CareRecords.Store;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Booking.Tests.Journey;

/// <summary>What people do in the practice, by its pages.</summary>
internal static class Steps
{
    public const string Finding = "Olkanivelen liike on vapaa.";
    private static int _people;

    /// <summary>An invented code with an individual number of 900–999, never the same twice.</summary>
    public static string IdentityCode(int year = 1981)
    {
        const string Checks = "0123456789ABCDEFHJKLMNPRSTUVWXY";
        var n = Interlocked.Increment(ref _people);
        var date = new DateOnly(year, 1, 1).AddDays(n / 100 % 350);
        var text = string.Create(CultureInfo.InvariantCulture, $"{date:ddMMyy}{900 + n % 100}");
        return $"{text[..6]}{(year >= 2000 ? 'A' : '-')}{text[6..]}{Checks[int.Parse(text, CultureInfo.InvariantCulture) % 31]}";
    }

    /// <summary>The practice's date.</summary>
    public static DateTime Today => TimeZoneInfo.ConvertTime(DateTimeOffset.UtcNow, BookingWorld.Helsinki).Date;

    /// <summary>Goes to the free times of the first open day that is so many days ahead or more: neither a holiday nor a full hour comes between.</summary>
    public static async Task LooksAheadAsync(this Caller visitor, string times, int days)
    {
        var from = $"{Today.AddDays(days):yyyy-MM-dd}";
        await visitor.GetAsync(times);
        var day = Regex.Matches(visitor.Text, "date=([0-9-]{10})").Select(m => m.Groups[1].Value).Where(d => string.CompareOrdinal(d, from) >= 0).Min();
        await visitor.GetAsync($"{times}{(times.Contains('?', StringComparison.Ordinal) ? '&' : '?')}date={day}");
    }

    /// <summary>A customer books a free time of a calendar that nobody else books in; returns the appointment and the path of its page.</summary>
    public static async Task<(Guid Id, string Link)> BooksAsync(
        this PracticeApp app, Caller visitor, string email = "", string family = "Asiakas", string given = "Aino")
    {
        // Some days ahead, so that it may still be changed.
        await visitor.LooksAheadAsync($"/book/time?service={await app.OwnServiceAsync()}", 4);
        await visitor.GetAsync(Regex.Matches(visitor.Text, "href=\"(/book/details[^\"]*)\"")[^1].Groups[1].Value);
        var form = visitor.Form("Input.FamilyName").Set("Input.GivenNames", given).Set("Input.FamilyName", family).Set("Input.Phone", "040 123 4567")
            .Set("Input.Email", email).Set("Input.Terms", "true").Set("Input.Reminder", email.Length > 0 ? "true" : "false");
        await visitor.SendAsync(form);
        await visitor.SendAsync(visitor.Form("__RequestVerificationToken"));
        var link = visitor.Address.Split('?')[0];
        link.ShouldStartWith("/booking/", customMessage: visitor.Main);
        return (await app.ScalarAsync<Guid>("select id from booking.appointment where link_hash = $1", AppointmentLinks.Hash(link["/booking/".Length..])), link);
    }

    /// <summary>A visit of the last days is added for a new customer; returns the appointment.</summary>
    public static async Task<Guid> AddsVisitAsync(
        this PracticeApp app, Caller staff, string service = "Fysioterapia", string contact = "InPerson", string family = "Kävijä", Guid? customer = null)
    {
        var time = app.PastTime();
        await staff.GetAsync(customer is null ? "/practice/add" : $"/practice/add?customer={customer}");
        var form = staff.Form("Input.Offer");
        if (customer is null)
        {
            form.Set("Input.GivenNames", "Kalle").Set("Input.FamilyName", family);
        }

        form.Set("Input.Offer", await app.OfferAsync(service, staff.Practitioner)).Set("Input.Date", $"{time:yyyy-MM-dd}").Set("Input.Time", $"{time:HH:mm}")
            .Set("Input.Minutes", "5").Set("Input.Contact", contact).Set("Input.Arrived", "true").Set("Input.Notify", "false");
        await staff.SendAsync(form);
        return Guid.Parse(staff.Find("/practice/visit/open/([0-9a-f-]{36})"));
    }

    /// <summary>A card with every kind of contact; returns the customer.</summary>
    public static async Task<Guid> CreatesCardAsync(this Caller staff, string family)
    {
        await staff.GetAsync("/customers/new");
        await staff.SendAsync(staff.Form("Input.Phone").Set("Input.GivenNames", "Anna").Set("Input.FamilyName", family).Set("Input.Phone", "045 777 1234")
            .Set("Input.Email", "piilossa@example.fi").Set("Input.Address", "Piilopolku 7, 00100 Helsinki"));
        return IdOf(staff.Address.Split('?')[0]);
    }

    /// <summary>What is queued for the archive about a version of a note: the document, or what the message of an invalidation says.</summary>
    public static async Task<string> QueuedAsync(this PracticeApp app, Guid note, int version)
    {
        await using var scope = app.Services.CreateAsyncScope();
        var work = scope.ServiceProvider.GetRequiredService<UnitOfWork>();
        var row = (await work.QueryAsync(
            "select id, body, wrapper from kanta.document where note_id = $1 and note_version = $2",
            r => (Id: r.GetGuid(0), Body: r.IsDBNull(1) ? null : r.GetFieldValue<byte[]>(1), Wrapper: r.GetFieldValue<byte[]>(2)), default, note, version)).Single();
        var (column, bytes) = row.Body is null ? ("wrapper", row.Wrapper) : ("body", row.Body);
        return System.Text.Encoding.UTF8.GetString(
            (await scope.ServiceProvider.GetRequiredService<FieldCipher>().DecryptAsync(new FieldPlace("kanta.document." + column, row.Id.ToString("N")), bytes, default))!);
    }

    /// <summary>The visit of an appointment is opened; returns its path.</summary>
    public static async Task<string> OpensVisitAsync(this Caller practitioner, Guid appointment, string choice = "single")
    {
        await practitioner.GetAsync($"/practice/visit/open/{appointment}");
        var form = PageForm.Read(practitioner.Html, practitioner.Address).Single(f => f.Action.Contains("/visit/open/", StringComparison.Ordinal));
        await practitioner.SendAsync(form.Choices.ContainsKey("Choice") ? form.Set("Choice", choice) : form);
        return practitioner.Address.Split('?')[0];
    }

    /// <summary>A care visit with the person recorded; returns its path.</summary>
    public static async Task<string> CareVisitAsync(this PracticeApp app, Caller practitioner, string? identityCode = null, string family = "Kävijä")
    {
        var visit = await practitioner.OpensVisitAsync(await app.AddsVisitAsync(practitioner, family: family));
        await practitioner.RecordsPersonAsync(visit, identityCode ?? IdentityCode());
        return visit;
    }

    public static async Task RecordsPersonAsync(this Caller practitioner, string visit, string identityCode, DateOnly? birth = null)
    {
        await practitioner.GetAsync(visit + "/person");
        var form = practitioner.Form("Input.IdentityCode").Set("Input.IdentityCode", identityCode).Set("Input.Sex", "2");
        if (birth is { } date)
        {
            form.Set("Input.BirthDate.Day", $"{date.Day}").Set("Input.BirthDate.Month", $"{date.Month}").Set("Input.BirthDate.Year", $"{date.Year}");
        }

        await practitioner.SendAsync(form);
    }

    /// <summary>A draft is begun on the visit, with a text under the first heading; the caller then stands on its page.</summary>
    public static async Task<string> BeginsNoteAsync(this Caller practitioner, string visit, string text = Finding)
    {
        await practitioner.GetAsync(visit);
        await practitioner.SendAsync(practitioner.Form("Template").Set("Template", "physiotherapy"));
        var path = practitioner.Address.Split('?')[0];
        await practitioner.WritesAsync(text, "Save");
        return path;
    }

    /// <summary>Sends the note's form, with a text under its first heading, by the button of this handler.</summary>
    public static async Task WritesAsync(this Caller practitioner, string? text, string handler, params (string Field, string Value)[] more)
    {
        var form = practitioner.Form("Revision");
        if (text is not null)
        {
            form.Set(form.TextAreas[0], text);
        }

        foreach (var (field, value) in more)
        {
            form.Set(field, value);
        }

        form.Action = $"{practitioner.Address.Split('?')[0]}?handler={handler}";
        await practitioner.SendAsync(form);
    }

    /// <summary>Writes and signs a note on the visit; returns the note's id.</summary>
    public static async Task<Guid> SignsNoteAsync(this Caller practitioner, string visit, string text = Finding)
    {
        await practitioner.BeginsNoteAsync(visit, text);
        await practitioner.WritesAsync(text, "Sign");
        return Guid.TryParse(practitioner.Address.Split('/')[^1], out var note) && practitioner.Address.Contains("/signed/", StringComparison.Ordinal)
            ? note
            : throw new InvalidOperationException($"Not signed: {practitioner.Address}: {practitioner.Main}");
    }

    /// <summary>A code of this visit links the customer's account to the card.</summary>
    public static async Task LinksAsync(this Caller customer, Caller practitioner, string visit)
    {
        await practitioner.GetAsync(visit);
        await practitioner.SendAsync(practitioner.Form("LinkCode"));
        var code = practitioner.Find("data-link-code[^>]*>([^<]*)<").Trim();
        await customer.GetAsync("/my");
        await customer.SendAsync(customer.Form("Code").Set("Code", code));
    }

    public static Guid IdOf(string path) => Guid.Parse(path.Split('/')[^1]);

    public static async Task<Guid> ServiceAsync(this PracticeApp app, string name) =>
        await app.ScalarAsync<Guid>("select id from booking.service where name_fi = $1", name);

    /// <summary>The stored FHIR resource's current version; null when there is none.</summary>
    public static async Task<System.Text.Json.Nodes.JsonNode?> ResourceAsync(this PracticeApp app, string type, string id)
    {
        await using var scope = app.Services.CreateAsyncScope();
        var stored = await scope.ServiceProvider.GetRequiredService<ResourceStore>()
            .ReadAsync(scope.ServiceProvider.GetRequiredService<UnitOfWork>(), type, id, default);
        return stored?.Json is { } json ? System.Text.Json.Nodes.JsonNode.Parse(json) : null;
    }

    private static async Task<string> OfferAsync(this PracticeApp app, string service, Guid? practitioner)
    {
        var id = await app.ServiceAsync(service);
        return $"{id}.{practitioner ?? await app.ScalarAsync<Guid>("select practitioner_id from booking.service_offer where service_id = $1 limit 1", id)}";
    }
}
