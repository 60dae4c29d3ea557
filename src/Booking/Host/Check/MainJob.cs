using System.Globalization;
using Booking.Host.Demo;
using Booking.SignIn;

namespace Booking.Host.Check;

/// <summary>The main job over HTTP, as a customer and a practitioner do it: book → document → sign → archived → seen. Each step throws when it fails.</summary>
internal sealed class MainJob(Uri address, Uri archive, TimeProvider clock) : IDisposable
{
    private const string Finding = "Olkanivelen liike on vapaa, kipu on lievä.";
    private const string Extra = "Ui kahdesti viikossa.";
    private const string CustomerMail = "aino.asiakas@example.fi";
    private readonly PlainBrowser _visitor = new(address);
    private readonly PlainBrowser _practitioner = new(address);
    private readonly PlainBrowser _customer = new(address);
    private readonly PlainBrowser _archive = new(archive);
    private string _day = "", _visit = "", _note = "", _code = "";

    /// <summary>The steps in their order.</summary>
    public IEnumerable<(string Name, Func<CancellationToken, Task> Step)> Steps =>
    [
        ("book", BookAsync), ("sign in", SignInAsync), ("open the visit", OpenVisitAsync), ("record the person", RecordPersonAsync),
        ("hand out code, propose data", HandOutAsync), ("document and sign", SignNoteAsync), ("archived", ArchivedAsync), ("seen by the customer", SeenAsync),
    ];

    public void Dispose()
    {
        _visitor.Dispose();
        _practitioner.Dispose();
        _customer.Dispose();
        _archive.Dispose();
    }

    private async Task BookAsync(CancellationToken cancel)
    {
        await _visitor.GoAsync("/book", cancel);
        await _visitor.GoAsync(_visitor.Find("<a href=\"([^\"]*)\">Fysioterapia</a>"), cancel);
        if (_visitor.Address.Contains("/practitioner", StringComparison.Ordinal))
        {
            await _visitor.GoAsync(_visitor.Find("href=\"(/book/time[^\"]*)\""), cancel);
        }

        // The last of the first day: the next one stops being offered at the full hour.
        var details = _visitor.FindLast("class=\"time\" href=\"(/book/details[^\"]*)\"");
        _day = Uri.UnescapeDataString(System.Web.HttpUtility.ParseQueryString(details[details.IndexOf('?', StringComparison.Ordinal)..])["start"]!);
        await _visitor.GoAsync(details, cancel);
        await _visitor.SendAsync(
            _visitor.Form("Input.FamilyName").Set("Input.GivenNames", "Aino Inkeri").Set("Input.FamilyName", "Asiakas").Set("Input.Email", CustomerMail)
                .Set("Input.Phone", "040 123 4567").Set("Input.Terms", "true"),
            cancel);
        await _visitor.SendAsync(_visitor.Form("__RequestVerificationToken"), cancel);
        _visitor.MustShow("Fysioterapia");
    }

    private Task SignInAsync(CancellationToken cancel) => SignInAsync(_practitioner, DemoPractice.Accounts[0].Email, cancel);

    private async Task SignInAsync(PlainBrowser browser, string email, CancellationToken cancel)
    {
        await browser.GoAsync("/account/sign-in", cancel);
        await browser.SendAsync(browser.Form("Password").Set("Email", email).Set("Password", DemoPractice.Password), cancel);
        await browser.SendAsync(browser.Form("Code").Set("Code", Totp.Code(DemoPractice.TotpKey, Totp.StepAt(clock.GetUtcNow()))), cancel);
    }

    private async Task OpenVisitAsync(CancellationToken cancel)
    {
        var at = DateTimeOffset.Parse(_day, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        var local = TimeZoneInfo.ConvertTime(at, TimeZoneInfo.FindSystemTimeZoneById("Europe/Helsinki"));
        await _practitioner.GoAsync(string.Create(CultureInfo.InvariantCulture, $"/practice/day?date={local:yyyy-MM-dd}"), cancel);
        await _practitioner.GoAsync(_practitioner.Find("href=\"(/practice/appointment/[^\"]*)\""), cancel);
        await _practitioner.GoAsync(_practitioner.Find("href=\"(/practice/visit/open/[^\"]*)\""), cancel);
        await _practitioner.SendAsync(_practitioner.Form("Choice"), cancel);
        _visit = _practitioner.Address;
    }

    private async Task RecordPersonAsync(CancellationToken cancel)
    {
        await _practitioner.GoAsync($"{_visit}/person", cancel);
        var form = _practitioner.Form("Input.IdentityCode").Set("Input.IdentityCode", TestIdentity());
        await _practitioner.SendAsync(form.Set("Input.Sex", form.Choices["Input.Sex"][0]), cancel);
    }

    private async Task HandOutAsync(CancellationToken cancel)
    {
        await _practitioner.GoAsync(_visit, cancel);
        await _practitioner.SendAsync(_practitioner.Form("Propose").Set("Extra.Title", "Liikunta").Set("Extra.Text", Extra), cancel);
        await _practitioner.GoAsync(_visit, cancel);
        await _practitioner.SendAsync(_practitioner.Form("LinkCode"), cancel);
        _code = _practitioner.Find("data-link-code[^>]*>([^<]*)<").Trim();
    }

    private async Task SignNoteAsync(CancellationToken cancel)
    {
        await _practitioner.GoAsync(_visit, cancel);
        var start = _practitioner.Form("Template");
        await _practitioner.SendAsync(start.Set("Template", start.Choices["Template"][0]), cancel);
        var note = _practitioner.Form("Revision");
        note.Set(note.TextAreas[0], Finding);
        note.Action = _practitioner.Find("formaction=\"([^\"]*handler=Sign[^\"]*|[^\"]*/Sign)\"");
        await _practitioner.SendAsync(note, cancel);
        _note = _practitioner.Address;
        _practitioner.MustShow(Finding);
    }

    private async Task ArchivedAsync(CancellationToken cancel)
    {
        var state = "";
        for (var i = 0; i < 120 && state != "archived"; i++)
        {
            await _practitioner.GoAsync(_note, cancel);
            state = _practitioner.Find("data-archive-state=\"([^\"]*)\"").ToLowerInvariant();
            if (state is "attention" or "refused")
            {
                break;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(250), clock, cancel);
        }

        if (state != "archived")
        {
            throw new CheckFailedException($"The note is {state}, not archived.");
        }

        var oid = _practitioner.Find("<span class=\"code\">([0-9.]+)</span>");
        await _archive.GoAsync("/", cancel);
        _archive.MustShow(oid);
    }

    private async Task SeenAsync(CancellationToken cancel)
    {
        await SignInAsync(_customer, CustomerMail, cancel);
        await _customer.GoAsync("/my", cancel);
        await _customer.SendAsync(_customer.Form("Link").Set("Code", _code), cancel);
        await _customer.GoAsync("/my", cancel);
        _customer.MustShow(Finding);
        await _customer.SendAsync(_customer.Form("Approve"), cancel);
        await _customer.GoAsync("/my", cancel);
        _customer.MustShow(Extra);
        await _customer.GoAsync("/my/access", cancel);
        _customer.MustShow("Maija Malli");
    }

    // Individual numbers 900–999 are never given to a person.
    private static string TestIdentity()
    {
        const string Checks = "0123456789ABCDEFHJKLMNPRSTUVWXY";
        const int Digits = 150385902;
        return $"150385-902{Checks[Digits % 31]}";
    }
}
