using Booking.SignIn;
using Booking.Treatments;
using Shouldly;
using Xunit;

namespace Booking.Tests.Journey;

/// <summary>A person under turvakielto: what her contacts look like in a note's free text, and that its writer is asked before it is signed.</summary>
public sealed class ContactsInTextTests(PracticeApp app)
{
    [Theory]
    [InlineData("Asuu osoitteessa piilopolku 3.", "address")]
    [InlineData("Muutti Piilopolulle keväällä.", "address")]
    [InlineData("Matka Vantaalta kestää.", "address municipality")]
    [InlineData("Soita +358 45-777 1234 illalla", "phone")]
    [InlineData("numero 0457771234", "phone")]
    [InlineData("Kirjoita PIILOSSA@example.fi", "email")]
    [InlineData("Polven koukistus 120 astetta, vantterat reidet.", "")]
    [InlineData("Kipu 7, 7, 1, 2, 3 ja 4.", "")]
    [InlineData("", "")]
    public void Kinds_OfWhatIsWritten(string text, string kinds) =>
        string.Join(' ', ContactsInText.Kinds(text, "Piilopolku 3 A 5, 01300 Vantaa", "045 777 1234", "piilossa@example.fi", ["Vantaa", "Vanda"])).ShouldBe(kinds);

    [Fact]
    public void Kinds_WithoutContacts_FindNothing() => ContactsInText.Kinds("Piilopolku 3", null, null, null, [null]).ShouldBeEmpty();

    [Fact]
    public async Task Sign_WithAContactInTheText_AsksFirst_AndNamesNoValue()
    {
        using var practitioner = await app.PhysiotherapistAsync();
        using var receptionist = await app.SignedInAsync(Roles.Receptionist);
        var customer = await receptionist.CreatesCardAsync("Suojeltu");
        var visit = await practitioner.OpensVisitAsync(await app.AddsVisitAsync(practitioner, customer: customer));
        await practitioner.RecordsPersonAsync(visit, Steps.IdentityCode());
        const string Text = "Tavattu kotona, Piilopolku 3.";
        await practitioner.SignsNoteAsync(visit, Text);

        await practitioner.GetAsync(visit + "/person");
        await practitioner.SendAsync(practitioner.Form("Input.NonDisclosure").Set("Input.NonDisclosure", "true"));
        await practitioner.BeginsNoteAsync(visit, Text);
        await practitioner.WritesAsync(Text, "Sign");
        practitioner.Address.ShouldContain("/practice/note/");
        practitioner.ErrorAt(practitioner.Form("Revision").TextAreas[0]).ShouldBe("Tekstissä on turvakiellon alaisia tietoja: osoite. Poista ne, tai vahvista alla, että ne kuuluvat merkintään.");
        practitioner.Text.ShouldContain(Text, customMessage: "nothing that was written is lost");
        await practitioner.WritesAsync(Text, "Save");
        practitioner.Form("Revision").Fields.ContainsKey("ContactsMeant").ShouldBeFalse("the box is there only once it was asked");
        await practitioner.WritesAsync(Text, "Sign");
        await practitioner.WritesAsync(Text, "Sign", ("ContactsMeant", "true"));
        practitioner.Address.ShouldContain("/practice/signed/");
    }
}
