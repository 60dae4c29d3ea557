namespace Booking.Host.Demo;

/// <summary>A customer of the demonstration practice; the identity code's individual number 900–999 is never given to a person.</summary>
internal sealed record DemoPerson(
    string Given, string Family, string IdentityCode, string Sex, string? Phone, string? Email = null, string Language = "fi", string? Call = null)
{
    public string Name => $"{Call ?? Given.Split(' ')[0]} {Family}";
}

/// <summary>Who comes to the demonstration practice.</summary>
internal static class DemoPeople
{
    /// <summary>Her account is linked to her card: what a customer sees after some visits.</summary>
    public static readonly DemoPerson Helmi = new("Helmi Maria", "Hoidettava", "120356-904S", "2", "040 555 0104", "helmi.hoidettava@example.fi");

    public static readonly DemoPerson Matti = new("Matti Olavi", "Malliainen", "020594X903P", "1", "040 555 0103", "matti.malliainen@example.fi");
    public static readonly DemoPerson Veikko = new("Veikko Ensio", "Varauksinen", "230748-9052", "1", "040 555 0105");
    public static readonly DemoPerson Siiri = new("Siiri Aurora", "Näytteinen", "150879V906R", "2", "040 555 0106", "siiri.naytteinen@example.fi");
    public static readonly DemoPerson Onni = new("Onni Eemeli", "Oirelahti", "031102B907K", "1", "040 555 0107", "onni.oirelahti@example.fi");
    public static readonly DemoPerson Elsa = new("Elsa Katariina", "Esimerkkilä", "290691W908A", "2", "040 555 0108", "elsa.esimerkkila@example.fi");
    public static readonly DemoPerson Bjorn = new("Björn Erik", "Testström", "170165U909V", "1", "040 555 0109", "bjorn.teststrom@example.fi", "sv");
    public static readonly DemoPerson AnnaKaarina = new("Anna-Kaarina Wilhelmiina", "Pitkänen-Testiläinen", "081283Y910L", "2", "040 555 0110", "anna-kaarina@example.fi");
    public static readonly DemoPerson Eetu = new("Eetu Aleksi", "Kokeilija", "110970X911T", "1", "040 555 0111", "eetu.kokeilija@example.fi", Call: "Aleksi");
    public static readonly DemoPerson Emma = new("Emma Sofia", "Exempel", "050595-9148", "2", "040 555 0114", "emma.exempel@example.fi", "sv");
    public static readonly DemoPerson Aune = new("Aune Elisabet", "Aikainen", "190844-916L", "2", "09 555 0116");
    public static readonly DemoPerson John = new("John Peter", "Sampleton", "240599W913H", "1", "040 555 0113", "john.sampleton@example.fi", "en");
}
