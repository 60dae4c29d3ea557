using System.Text.Json;
using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace EndToEnd.Tests;

/// <summary>Passkeys on Chromium's virtual authenticator: made, used to sign in and to confirm, refused, removed.</summary>
public sealed class PasskeyTests(RunningPractice practice, SharedBrowser chromium)
{
    private const string Password = "neljä outoa sanaa rivissä";
    private readonly string _address = practice.Address.Replace("127.0.0.1", "localhost", StringComparison.Ordinal);

    [Fact]
    public async Task Passkey_IsMade_SignsIn_Confirms_IsRefusedAndRemoved()
    {
        await using var customer = await Person.ComesAsync(chromium.Browser, _address, width: 360);
        var cdp = await customer.Page.Context.NewCDPSessionAsync(customer.Page);
        await cdp.SendAsync("WebAuthn.enable");
        var device = await AddAuthenticatorAsync(cdp, verifies: true);
        var email = await RegistersAsync(customer);

        await customer.GoesToAsync("/account/security");
        await customer.PressesAsync("Lisää avainkoodi");
        await customer.SeesAsync("Avainkoodi on lisätty");

        await SignsOutAsync(customer);
        await customer.TapsAsync("Kirjaudu avainkoodilla (passkey)");
        await customer.ArrivesAtAsync(new("/my$"));

        // Another person's device confirms nothing, and neither does one that does not verify its user; the password still does.
        await customer.GoesToAsync("/account/confirm?returnUrl=/account/security");
        await cdp.SendAsync("WebAuthn.setUserVerified", new() { ["authenticatorId"] = device, ["isUserVerified"] = false });
        await customer.TapsAsync("Vahvista avainkoodilla (passkey)");
        await Assertions.Expect(customer.Page.GetByText("Avainkoodi ei kelvannut")).ToBeVisibleAsync();
        await cdp.SendAsync("WebAuthn.setUserVerified", new() { ["authenticatorId"] = device, ["isUserVerified"] = true });
        await customer.TapsAsync("Vahvista avainkoodilla (passkey)");
        await customer.ArrivesAtAsync(new("/account/security$"));

        await customer.PressesAsync("Poista avainkoodi Chrome, Linux");
        await customer.SeesAsync("Avainkoodi on poistettu");
        await SignsOutAsync(customer);
        // The device still has the key: its answer is sent, and the page that refuses it is another one.
        await customer.PressesAsync("Kirjaudu avainkoodilla (passkey)");
        await customer.SeesAsync("Avainkoodi ei kelvannut. Yritä uudelleen tai käytä salasanaa.");

        // The way without a passkey: password and a code by e-mail.
        await customer.SignsInAsync(email, Password);
        await customer.Page.Locator("[name=Code]").FillAsync(await SignsIn.MailedCodeAsync(practice.Address, email));
        await customer.Page.Locator("[name=Code]").PressAsync("Enter");
        await customer.ArrivesAtAsync(new("/my$"));
    }

    [Fact]
    public async Task PasskeyOfAnotherAccount_ConfirmsNothing()
    {
        await using var customer = await Person.ComesAsync(chromium.Browser, _address);
        var cdp = await customer.Page.Context.NewCDPSessionAsync(customer.Page);
        await cdp.SendAsync("WebAuthn.enable");
        await AddAuthenticatorAsync(cdp, verifies: true);
        await RegistersAsync(customer);
        await customer.GoesToAsync("/account/security");
        await customer.PressesAsync("Lisää avainkoodi");
        await customer.SeesAsync("Avainkoodi on lisätty");
        await SignsOutAsync(customer);
        await RegistersAsync(customer);

        // The page offers it only to those who have one, so a stranger's assertion is sent as a script would.
        await customer.GoesToAsync("/account/confirm");
        var answer = await customer.Page.EvaluateAsync<string>("""
            async () => {
              const token = document.querySelector('[name=__RequestVerificationToken]').value;
              const post = fields => fetch('/account/confirm?handler=' + fields.handler, { method: 'POST',
                body: new URLSearchParams({ __RequestVerificationToken: token, ...fields }) });
              const options = await (await post({ handler: 'PasskeyOptions' })).json();
              options.allowCredentials = [];
              const credential = await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
              return (await post({ handler: 'Passkey', credential: JSON.stringify(credential) })).text();
            }
            """);
        answer.ShouldContain("Avainkoodi ei kelvannut");
    }

    private async Task<string> RegistersAsync(Person customer)
    {
        var email = $"{Guid.NewGuid():N}@example.test";
        await customer.GoesToAsync("/account/register");
        await customer.Page.GetByLabel("Sähköposti").FillAsync(email);
        await customer.PressesAsync("Lähetä koodi");
        await customer.Page.Locator("[name=Code]").FillAsync(await SignsIn.MailedCodeAsync(practice.Address, email));
        await customer.Page.GetByLabel("Nimesi").FillAsync("Testi Avainkoodinen");
        await customer.Page.Locator("[name=Password]").FillAsync(Password);
        await customer.PressesAsync("Luo tili");
        await customer.ArrivesAtAsync(new("/my$"));
        return email;
    }

    private static async Task SignsOutAsync(Person customer)
    {
        await customer.GoesToAsync("/account/sign-out");
        await customer.LeavesByAsync(() => customer.Page.Locator("main").GetByRole(AriaRole.Button, new() { Name = "Kirjaudu ulos" }).ClickAsync());
        await customer.GoesToAsync("/account/sign-in");
    }

    private static async Task<string> AddAuthenticatorAsync(ICDPSession cdp, bool verifies)
    {
        var added = await cdp.SendAsync("WebAuthn.addVirtualAuthenticator", new()
        {
            ["options"] = new Dictionary<string, object>
            {
                ["protocol"] = "ctap2",
                ["transport"] = "internal",
                ["hasResidentKey"] = true,
                ["hasUserVerification"] = true,
                ["isUserVerified"] = verifies,
                ["automaticPresenceSimulation"] = true,
            },
        });
        return added!.Value.GetProperty("authenticatorId").GetString()!;
    }
}
