using System.Net;
using Booking.SignIn;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Shouldly;
using Xunit;

namespace Booking.Tests.SignIn;

public sealed class SignInTests(SignInApp app) : IClassFixture<SignInApp>
{
    [Fact]
    public async Task Staff_WithPasswordAndTotp_GetsASession()
    {
        var account = await app.AccountAsync(Roles.Practitioner);
        using var browser = app.Browser();
        await browser.SubmitAsync("/account/sign-in", new() { ["Email"] = account.Email, ["Password"] = account.Password });
        browser.Location.ShouldBe("/account/second-factor");
        (await browser.GetAsync("/account/security")).StatusCode.ShouldBe(HttpStatusCode.Redirect, "a password alone opens nothing");
        await browser.SubmitAsync("/account/second-factor", new() { ["Code"] = app.Code(account) });
        browser.Location.ShouldBe("/account/home");
        (await browser.GetAsync("/account/security")).StatusCode.ShouldBe(HttpStatusCode.OK);
        browser.Html.ShouldContain(account.Email);
    }

    [Fact]
    public async Task Totp_UsedOnce_IsRefusedTheSecondTime()
    {
        var account = await app.AccountAsync(Roles.Practitioner);
        // The clock runs: half a minute may end between the two.
        var code = app.Code(account);
        using var first = app.Browser();
        await first.SubmitAsync("/account/sign-in", new() { ["Email"] = account.Email, ["Password"] = account.Password });
        await first.SubmitAsync("/account/second-factor", new() { ["Code"] = code });
        first.Location.ShouldBe("/account/home");
        using var second = app.Browser();
        await second.SubmitAsync("/account/sign-in", new() { ["Email"] = account.Email, ["Password"] = account.Password });
        await second.SubmitAsync("/account/second-factor", new() { ["Code"] = code });
        second.Last.StatusCode.ShouldBe(HttpStatusCode.OK);
        second.Html.ShouldContain("Koodi on väärin");
    }

    [Fact]
    public async Task UnknownAddress_AndWrongPassword_AnswerTheSame()
    {
        var account = await app.AccountAsync(Roles.Customer);
        using var known = app.Browser();
        await known.SubmitAsync("/account/sign-in", new() { ["Email"] = account.Email, ["Password"] = "väärä-salasana-tämä" });
        using var unknown = app.Browser();
        var nobody = $"{Guid.NewGuid():N}@example.test";
        await unknown.SubmitAsync("/account/sign-in", new() { ["Email"] = nobody, ["Password"] = "väärä-salasana-tämä" });
        known.Last.StatusCode.ShouldBe(unknown.Last.StatusCode);
        Stripped(known.Html, account.Email).ShouldBe(Stripped(unknown.Html, nobody));
        known.Html.ShouldContain("Sähköposti tai salasana on väärin");
    }

    [Fact]
    public async Task ManyWrongPasswords_MakeTheNextTryWait_ThenTheOwnerGetsIn()
    {
        var account = await app.AccountAsync(Roles.Customer);
        using var browser = app.Browser();
        // The ninth wait is over a minute: a slow machine does not sit it out.
        for (var i = 0; i < 9; i++)
        {
            await browser.SubmitAsync("/account/sign-in", new() { ["Email"] = account.Email, ["Password"] = "väärä-salasana-" + i });
            browser.Last.StatusCode.ShouldBe(HttpStatusCode.OK);
            app.Clock.Advance(i < 8 ? TimeSpan.FromMinutes(1) : TimeSpan.Zero);
        }
        await browser.SubmitAsync("/account/sign-in", new() { ["Email"] = account.Email, ["Password"] = account.Password });
        browser.Last.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        browser.Last.Headers.RetryAfter.ShouldNotBeNull();
        app.Clock.Advance(TimeSpan.FromSeconds(65));
        await browser.SubmitAsync("/account/sign-in", new() { ["Email"] = account.Email, ["Password"] = account.Password });
        browser.Location.ShouldBe("/account/second-factor");
    }

    [Fact]
    public async Task Session_EndsWhenIdle_WhenTooOld_AndWhenTheRoleIsTaken()
    {
        var account = await app.AccountAsync(Roles.Practitioner, Roles.Administrator);
        using var browser = app.Browser();
        await browser.SignInAsync(app, account);
        (await browser.GetAsync("/account/role")).StatusCode.ShouldBe(HttpStatusCode.OK);
        app.Clock.Advance(TimeSpan.FromMinutes(31));
        (await browser.GetAsync("/account/role")).StatusCode.ShouldBe(HttpStatusCode.Redirect);
        browser.Location.ShouldContain("returnUrl=%2Faccount%2Frole");

        using var worker = app.Browser();
        await worker.SignInAsync(app, account);
        for (var minutes = 0; minutes < 12 * 60; minutes += 20)
        {
            (await worker.GetAsync("/account/role")).StatusCode.ShouldBe(HttpStatusCode.OK);
            app.Clock.Advance(TimeSpan.FromMinutes(20));
        }
        (await worker.GetAsync("/account/role")).StatusCode.ShouldBe(HttpStatusCode.Redirect, "no session lasts longer than twelve hours");

        using var dismissed = app.Browser();
        await dismissed.SignInAsync(app, account);
        await using var take = app.Database.CreateCommand("delete from identity.account_role where role = 'practitioner' and account_id in "
            + "(select account_id from identity.session where acting_role = 'practitioner')");
        await take.ExecuteNonQueryAsync();
        (await dismissed.GetAsync("/account/role")).StatusCode.ShouldBe(HttpStatusCode.Redirect);
    }

    [Fact]
    public async Task SignOut_EndsTheSessionOnTheServer()
    {
        var account = await app.AccountAsync(Roles.Customer);
        using var browser = app.Browser();
        await browser.SignInAsync(app, account);
        await browser.GetAsync("/account/security");
        await browser.PostAsync("/account/sign-out", []);
        browser.Last.Headers.GetValues("Clear-Site-Data").ShouldHaveSingleItem();
        await using var open = app.Database.CreateCommand("select count(*)::int from identity.session s where ended_at is null and account_id = "
            + "(select account_id from identity.session order by created_at desc limit 1)");
        (await open.ExecuteScalarAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task SwitchRole_ToAHeldRole_Works_ToAnotherDoesNot()
    {
        var account = await app.AccountAsync(Roles.Practitioner, Roles.PrivacyOfficer);
        using var browser = app.Browser();
        await browser.SignInAsync(app, account);
        await browser.SubmitAsync("/account/role", new() { ["Role"] = Roles.PrivacyOfficer });
        browser.Location.ShouldBe("/privacy");
        await browser.SubmitAsync("/account/role", new() { ["Role"] = Roles.Administrator });
        browser.Last.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task ExpiredSession_KeepsTheFormThatWasSent_ForTheSamePersonOnly()
    {
        var account = await app.AccountAsync(Roles.Practitioner, Roles.Administrator);
        using var browser = app.Browser();
        await browser.SignInAsync(app, account);
        await browser.GetAsync("/account/role");
        app.Clock.Advance(TimeSpan.FromMinutes(31));
        await browser.PostAsync("/account/role", new() { ["Role"] = Roles.Administrator });
        var resume = Uri.UnescapeDataString(browser.Location.Split("returnUrl=")[1]);
        resume.ShouldStartWith("/account/resume?form=");

        using var other = app.Browser();
        await other.SignInAsync(app, await app.AccountAsync(Roles.Customer));
        await other.GetAsync(resume);
        other.Html.ShouldContain("Lomaketta ei enää ole");

        await browser.SignInAsync(app, account, resume);
        browser.Location.ShouldBe(resume);
        await browser.GetAsync(resume);
        browser.Html.ShouldContain("name=\"Role\" value=\"administrator\"");
        await browser.PostAsync("/account/role", []);
        browser.Location.ShouldBe("/admin/services");
    }

    [Fact]
    public async Task ReturnUrl_OfAnotherSite_IsNotFollowed()
    {
        var account = await app.AccountAsync(Roles.Customer);
        using var browser = app.Browser();
        await browser.SignInAsync(app, account, "//evil.example/");
        browser.Location.ShouldBe("/account/home");
    }

    [Fact]
    public async Task Register_ByCode_MakesACustomer_AndNeverChangesAnExistingAccount()
    {
        using var browser = app.Browser();
        var email = $"{Guid.NewGuid():N}@example.test";
        await browser.SubmitAsync("/account/register", new() { ["Email"] = email });
        browser.Location.ShouldBe("/account/register/code");
        var code = await app.Mail.CodeToAsync(email);
        await browser.SubmitAsync("/account/register/code", new() { ["Code"] = code, ["PersonName"] = "Aino Testinen", ["Password"] = "password1234" });
        browser.Html.ShouldContain("helppo arvata");
        await browser.SubmitAsync("/account/register/code", new() { ["Code"] = code, ["PersonName"] = "Aino Testinen", ["Password"] = "sininen hevonen lentää" });
        browser.Location.ShouldBe("/account/home");
        (await browser.GetAsync("/account/security")).StatusCode.ShouldBe(HttpStatusCode.OK);

        using var again = app.Browser();
        await again.SubmitAsync("/account/register", new() { ["Email"] = email });
        again.Location.ShouldBe("/account/register/code");
        (await app.Mail.TakeAsync(email, ".")).Subject.ShouldBe("Sinulla on jo tili");
        await again.SubmitAsync("/account/register/code", new() { ["Code"] = "000000", ["PersonName"] = "Joku Muu", ["Password"] = "toinen hevonen lentää" });
        again.Html.ShouldContain("Koodi on väärin");
    }

    [Fact]
    public async Task ForgottenPassword_SetsANewOne_WithoutSigningIn()
    {
        var account = await app.AccountAsync(Roles.Customer);
        using var browser = app.Browser();
        await browser.SubmitAsync("/account/forgotten-password", new() { ["Email"] = account.Email });
        var code = await app.Mail.CodeToAsync(account.Email);
        await browser.SubmitAsync("/account/new-password", new() { ["Code"] = code, ["Password"] = "vihreä hevonen lentää" });
        browser.Location.ShouldBe("/account/sign-in");
        await browser.SignInAsync(app, account with { Password = "vihreä hevonen lentää" });
        browser.Location.ShouldBe("/account/home");
    }

    [Fact]
    public async Task Invitation_LeadsThroughPasswordAndAuthenticator_ToASession()
    {
        var email = $"{Guid.NewGuid():N}@example.test";
        await using var scope = app.Services.CreateAsyncScope();
        var invited = await scope.ServiceProvider.GetRequiredService<InviteStaff>().HandleAsync(
            new() { Email = email, PersonName = "Uusi Hoitaja", Roles = [Roles.Practitioner] }, default);
        using var browser = app.Browser();
        await browser.SubmitAsync("/account/invitation", new() { ["Email"] = email, ["Code"] = invited!.Value.Code, ["Password"] = "keltainen hevonen lentää" });
        browser.Location.ShouldBe("/account/authenticator");
        await browser.GetAsync("/account/authenticator");
        var key = System.Text.RegularExpressions.Regex.Match(browser.Html, "<p class=\"code\">([A-Z2-7 ]+)</p>").Groups[1].Value.Replace(" ", "");
        browser.Html.ShouldContain("<svg");
        await browser.PostAsync("/account/authenticator", new() { ["Code"] = Totp.Code(key, Totp.StepAt(app.Clock.GetUtcNow())) });
        browser.Html.ShouldContain("Varakoodisi");
        (await browser.GetAsync("/account/security")).StatusCode.ShouldBe(HttpStatusCode.OK);
        await browser.SubmitAsync("/account/invitation", new() { ["Email"] = email, ["Code"] = invited.Value.Code, ["Password"] = "musta hevonen lentää" });
        browser.Html.ShouldContain("Sähköposti tai kutsukoodi on väärin");
    }

    [Fact]
    public async Task Customer_WithAPasswordAlone_CannotSetUpAnAuthenticatorInsteadOfTheMailedCode()
    {
        var account = await app.AccountAsync(Roles.Customer);
        using var browser = app.Browser();
        await browser.SubmitAsync("/account/sign-in", new() { ["Email"] = account.Email, ["Password"] = account.Password });
        browser.Location.ShouldBe("/account/second-factor");
        (await browser.GetAsync("/account/authenticator")).StatusCode.ShouldBe(HttpStatusCode.Redirect);
        browser.Html.ShouldNotContain("<svg");
    }

    [Fact]
    public async Task RecoveryCode_StandsInForThePhone_Once()
    {
        var account = await app.AccountAsync(Roles.Receptionist);
        using var browser = app.Browser();
        await browser.SignInAsync(app, account);
        await browser.GetAsync("/account/authenticator");
        var key = System.Text.RegularExpressions.Regex.Match(browser.Html, "<p class=\"code\">([A-Z2-7 ]+)</p>").Groups[1].Value.Replace(" ", "");
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        await browser.PostAsync("/account/authenticator", new() { ["Code"] = Totp.Code(key, Totp.StepAt(app.Clock.GetUtcNow())) });
        var code = System.Text.RegularExpressions.Regex.Match(browser.Html, "<li class=\"code\">([^<]+)</li>").Groups[1].Value;

        foreach (var works in new[] { true, false })
        {
            using var other = app.Browser();
            await other.SubmitAsync("/account/sign-in", new() { ["Email"] = account.Email, ["Password"] = account.Password });
            await other.SubmitAsync("/account/second-factor", new() { ["Code"] = code });
            (other.Location == "/account/home").ShouldBe(works);
        }
    }

    [Fact]
    public async Task Post_WithoutAntiforgery_Is400()
    {
        using var client = new HttpClient { BaseAddress = new Uri(app.Address) };
        var answer = await client.PostAsync("/account/sign-in", new FormUrlEncodedContent([KeyValuePair.Create("Email", "a@example.test")]));
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Database_HoldsNeitherAddressNorNameNorSecret()
    {
        var account = await app.AccountAsync(Roles.Practitioner);
        await using var command = app.Database.CreateCommand("select string_agg(a::text, ' ') from identity.account a");
        var rows = (string)(await command.ExecuteScalarAsync())!;
        rows.ShouldNotContain(account.Email);
        rows.ShouldNotContain("Testinen");
        rows.ShouldNotContain(account.TotpKey!);
    }

    [Fact]
    public async Task StoredHash_IsPbkdf2Sha512With210000Iterations()
    {
        await app.AccountAsync(Roles.Customer);
        await using var command = app.Database.CreateCommand("select password_hash from identity.account where password_hash is not null limit 1");
        var hash = Convert.FromBase64String((string)(await command.ExecuteScalarAsync())!);
        hash[0].ShouldBe((byte)1, "format 3 of the framework: header with algorithm and iterations");
        System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(hash.AsSpan(1)).ShouldBe(2, "HMAC-SHA-512");
        System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(hash.AsSpan(5)).ShouldBe(210_000);
    }

    [Fact]
    public async Task Model_AndMigratedSchema_NameTheSameTablesAndColumns()
    {
        await using var command = app.Database.CreateCommand(
            "select table_name || '.' || column_name from information_schema.columns where table_schema = 'identity'");
        var columns = new List<string>();
        await using (var rows = await command.ExecuteReaderAsync())
        {
            while (await rows.ReadAsync())
            {
                columns.Add(rows.GetString(0));
            }
        }
        await using var scope = app.Services.CreateAsyncScope();
        var model = scope.ServiceProvider.GetRequiredService<IdentityContext>().Model;
        var mapped = model.GetEntityTypes().Where(e => e.GetTableName() is { } t && t != "data" && !e.ClrType.Name.Contains("PasskeyData", StringComparison.Ordinal))
            .SelectMany(e => e.GetProperties().Select(p => $"{e.GetTableName()}.{p.GetColumnName()}")).Append("account_passkey.data");
        mapped.Except(columns).ShouldBeEmpty();
        string[] ours = ["account_role", "recovery_code", "session", "email_code", "attempt", "kept_form", "migrations"];
        columns.Where(c => !ours.Contains(c.Split('.')[0])).Except(mapped).ShouldBeEmpty();
    }

    private static string Stripped(string html, string email) =>
        System.Text.RegularExpressions.Regex.Replace(html.Replace(email, ""), "name=\"__RequestVerificationToken\"[^>]*value=\"[^\"]*\"", "");
}
