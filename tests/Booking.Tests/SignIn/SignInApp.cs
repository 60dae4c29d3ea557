using System.Net;
using System.Text.RegularExpressions;
using Booking.Messages;
using Booking.SignIn;
using Booking.Texts;
using Booking.Ui;
using CareRecords;
using CareRecords.Database;
using CareRecords.Protection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Npgsql;
using Testing;
using Xunit;

namespace Booking.Tests.SignIn;

public sealed class IdentityDatabase() : PostgresFixture(
    "identity", [typeof(IdentityContext).Assembly],
    (owner, cancel) => ModuleMigrations.ApplyAsync(
        [ModuleMigrations.For<IdentityContext>(IdentityContext.Schema, 20, o => new IdentityContext(o))], owner, cancel));

/// <summary>A clock that tests move.</summary>
internal sealed class TestClock : TimeProvider
{
    private TimeSpan _ahead;

    public void Advance(TimeSpan by) => _ahead += by;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + _ahead;
}

/// <summary>Keeps mails instead of sending them.</summary>
internal sealed class MailBox : IMailer
{
    public List<Mail> Mails { get; } = [];

    public Task SendAsync(Mail mail, CancellationToken cancel)
    {
        lock (Mails)
        {
            Mails.Add(mail);
        }
        return Task.CompletedTask;
    }

    /// <summary>The newest code sent to the address.</summary>
    public async Task<string> CodeToAsync(string email) => Regex.Match((await TakeAsync(email, @"\d{6}")).Text, @"\d{6}").Value;

    /// <summary>Takes out the newest mail to the address whose text has the form, waited for: mails leave behind the answer.</summary>
    public async Task<Mail> TakeAsync(string email, string form)
    {
        for (var i = 0; i < 4800; i++)
        {
            lock (Mails)
            {
                if (Mails.LastOrDefault(m => m.To == email && Regex.IsMatch(m.Text, form)) is { } mail)
                {
                    Mails.Remove(mail);
                    return mail;
                }
            }
            await Task.Delay(25);
        }
        throw new InvalidOperationException($"No such mail was sent to {email}.");
    }
}

/// <summary>Pages and sign-in on a real server and a real database, with a clock and a mailbox that tests hold.</summary>
public sealed class SignInApp : IAsyncLifetime
{
    private readonly IdentityDatabase _database = new();
    private WebApplication _app = null!;

    internal TestClock Clock { get; } = new();

    internal MailBox Mail { get; } = new();

    internal IServiceProvider Services => _app.Services;

    internal NpgsqlDataSource Database => _database.DataSource;

    internal string Address { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        await _database.InitializeAsync();
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ApplicationName = "Booking", EnvironmentName = "Production" });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<TimeProvider>(Clock);
        builder.Services.AddSingleton(MasterKeys.Ephemeral());
        builder.Services.AddSingleton(_database.DataSource);
        builder.Services.AddSingleton<IDataProtectionProvider>(new EphemeralDataProtectionProvider());
        builder.Services.AddSingleton<IMailer>(Mail);
        builder.Services.AddScoped<CurrentUser>();
        builder.Services.AddUi(builder.Configuration);
        builder.Services.AddAccounts();
        builder.Services.AddSignIn(builder.Configuration);
        _app = builder.Build();
        _app.UseRequestLanguage();
        _app.UseRouting();
        _app.UseAuthentication();
        _app.UseAuthorization();
        _app.MapRazorPages();
        await _app.StartAsync();
        Address = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _database.DisposeAsync();
    }

    internal Browser Browser() => new(Address);

    /// <summary>A ready account; staff get a TOTP key.</summary>
    internal async Task<DemoAccount> AccountAsync(params string[] roles)
    {
        var demo = new DemoAccount(
            $"{Guid.NewGuid():N}@example.test", "Testi Testinen", roles, "neljä-outoa-sanaa-rivissä", roles is ["customer"] ? null : Totp.NewKey());
        await using var scope = Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<SeedDemoAccounts>().HandleAsync([demo], default);
        return demo;
    }

    internal string Code(DemoAccount account) => Totp.Code(account.TotpKey!, Totp.StepAt(Clock.GetUtcNow()));
}

/// <summary>A browser of one person: cookies, forms with their hidden fields, no redirects followed unseen.</summary>
internal sealed class Browser(string address) : IDisposable
{
    private readonly HttpClient _client = new(new HttpClientHandler { CookieContainer = new CookieContainer(), AllowAutoRedirect = false })
    {
        BaseAddress = new Uri(address),
        DefaultRequestHeaders = { { "Accept-Language", "fi" }, { "User-Agent", "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0" } },
    };

    public string Html { get; private set; } = "";

    public HttpResponseMessage Last { get; private set; } = null!;

    /// <summary>Where a redirect leads, as path and query.</summary>
    public string Location => Last.Headers.Location is not { } to ? "" : to.IsAbsoluteUri ? to.PathAndQuery : to.OriginalString;

    public async Task<HttpResponseMessage> GetAsync(string path) => await ReadAsync(await _client.GetAsync(path));

    /// <summary>Opens the page, fills in its form that posts (the one with the handler, if given) and sends it.</summary>
    public async Task<HttpResponseMessage> SubmitAsync(string path, Dictionary<string, string> fields, string? handler = null)
    {
        if (Last?.RequestMessage?.RequestUri?.PathAndQuery != path || Html.Length == 0)
        {
            await GetAsync(path);
        }
        return await PostAsync(handler is null ? path : $"{path}?handler={handler}", fields);
    }

    /// <summary>Posts with the antiforgery field and the other hidden fields of the page last shown.</summary>
    public async Task<HttpResponseMessage> PostAsync(string path, Dictionary<string, string> fields)
    {
        var hidden = Regex.Matches(Html, "<input[^>]*type=\"hidden\"[^>]*>").Select(m => m.Value)
            .Select(i => (Name: Attribute(i, "name"), Value: Attribute(i, "value"))).Where(i => i.Name.Length > 0 && i.Name != "credential")
            .DistinctBy(i => i.Name).ToDictionary(i => i.Name, i => WebUtility.HtmlDecode(i.Value));
        foreach (var (name, value) in fields)
        {
            hidden[name] = value;
        }
        return await ReadAsync(await _client.PostAsync(path, new FormUrlEncodedContent(hidden)));
    }

    public async Task SignInAsync(SignInApp app, DemoAccount account, string? returnUrl = null)
    {
        var page = "/account/sign-in" + (returnUrl is null ? "" : "?returnUrl=" + Uri.EscapeDataString(returnUrl));
        await SubmitAsync(page, new() { ["Email"] = account.Email, ["Password"] = account.Password });
        await GetAsync("/account/second-factor");
        var code = account.TotpKey is null ? await app.Mail.CodeToAsync(account.Email) : app.Code(account);
        await PostAsync("/account/second-factor", new() { ["Code"] = code });
    }

    public void Dispose() => _client.Dispose();

    private async Task<HttpResponseMessage> ReadAsync(HttpResponseMessage answer)
    {
        if ((int)answer.StatusCode >= 500)
        {
            throw new InvalidOperationException($"{answer.RequestMessage!.RequestUri} answered {(int)answer.StatusCode}.");
        }
        Html = await answer.Content.ReadAsStringAsync();
        return Last = answer;
    }

    private static string Attribute(string tag, string name) => Regex.Match(tag, name + "=\"([^\"]*)\"").Groups[1].Value;
}
