using P = Booking.Host.Demo.DemoPeople;

namespace Booking.Host.Demo;

/// <summary>What becomes of a demonstration visit whose time has passed.</summary>
internal enum DemoStory
{
    /// <summary>Documented, signed, archived.</summary>
    Archived,

    /// <summary>Begins a treatment series, or goes on with the customer's open one.</summary>
    Series,

    /// <summary>The archive refuses the document: it needs attention.</summary>
    Refused,

    /// <summary>A draft is saved, not signed.</summary>
    Draft,

    /// <summary>The customer was here, nothing is written yet.</summary>
    NotWritten,

    /// <summary>A wellness visit: opened and ended, no patient record.</summary>
    Wellness,

    NoShow,
    Cancelled,
}

/// <summary>One visit of the demonstration practice.</summary>
/// <param name="Workday">0 is today, or the next day the practice is open; -1 the open day before it.</param>
/// <param name="Time">Local wall time.</param>
/// <param name="Service">The service's place in the list.</param>
/// <param name="Text">What the practitioner found; empty where nothing is written.</param>
internal sealed record DemoVisit(int Workday, string Time, int Service, DemoPerson Person, DemoStory Story, string Text = "");

/// <summary>Two weeks back and one ahead, so that every list of the program has something in it.</summary>
internal static class DemoWeeks
{
    private const int Physio = 1, First = 2, Phone = 3, Massage = 4, Relaxing = 5, HotStone = 6;

    public static IReadOnlyList<DemoVisit> Visits { get; } =
    [
        new(-9, "9:00", First, P.Helmi, DemoStory.Series, "Oikean olkapään kipu kohoasennoissa kolmen viikon ajan. Aktiivinen loitonnus 110 astetta, kipukaari 70–110. Voimat puolierottomat."),
        new(-8, "10:00", Physio, P.Matti, DemoStory.Archived, "Alaselän kipu nostotyön jälkeen. Eteentaivutus rajoittunut, hermojännitystestit negatiiviset."),
        new(-7, "13:00", Relaxing, P.Elsa, DemoStory.Wellness),
        new(-6, "11:00", Physio, P.Siiri, DemoStory.Archived, "Niska-hartiaseudun jännitys näyttötyössä. Kaularangan kierto oikealle 60 astetta, kireyttä trapeziuksen yläosassa."),
        new(-5, "9:00", Physio, P.Helmi, DemoStory.Series, "Loitonnus 140 astetta, kipu lieventynyt. Harjoitteet sujuvat, lisätty kuminauhavastus."),
        new(-5, "14:00", Massage, P.Veikko, DemoStory.Archived, "Reiden takaosan lihaskireys molemmin puolin, palpaatioarkuutta ei juuri ole."),
        new(-4, "10:30", Phone, P.Onni, DemoStory.Archived, "Polven turvotus laskenut, kävely onnistuu ilman apuvälinettä. Ohjattu kuormituksen lisääminen."),
        new(-3, "9:00", Physio, P.AnnaKaarina, DemoStory.Refused, "Vasemman polven kipu portaissa. Koukistus 125 astetta, ojennus täysi, patellan liikuttelu arkaa."),
        new(-3, "15:00", Physio, P.Bjorn, DemoStory.NoShow),
        new(-2, "10:00", Physio, P.Aune, DemoStory.Archived, "Tasapaino: yhdellä jalalla seisominen 6 s. Kävelyn varmuus lisääntynyt, kaatumisia ei ole ollut."),
        new(-2, "13:00", Massage, P.Eetu, DemoStory.Draft, "Pohkeiden kireys juoksuharjoittelun jälkeen. Palpoiden arkuutta oikean pohkeen keskiosassa."),
        new(-2, "16:00", Relaxing, P.Emma, DemoStory.Wellness),
        new(-1, "8:00", Physio, P.Helmi, DemoStory.Series, "Olkanivelen liike on vapaa, kipu on lievä. Kotiharjoittelu jatkuu kolme kertaa viikossa."),
        new(-1, "10:00", Physio, P.John, DemoStory.Draft, "Nilkan nyrjähdys viikko sitten. Turvotus ulkokehräksen ympärillä, varaaminen onnistuu."),
        new(-1, "13:00", First, P.Elsa, DemoStory.NotWritten),
        new(-1, "14:30", Relaxing, P.Siiri, DemoStory.Cancelled),
        new(0, "8:00", Physio, P.Matti, DemoStory.Archived, "Alaselän kipu väistymässä, eteentaivutus vapaa. Nostotekniikka kerrattu."),
        new(0, "9:00", First, P.Bjorn, DemoStory.Draft, "Kyynärpään ulkosivun kipu puristettaessa. Puristusvoima alentunut oikealla."),
        new(0, "10:00", Physio, P.Siiri, DemoStory.NotWritten),
        new(0, "11:00", Phone, P.Onni, DemoStory.NotWritten),
        new(0, "13:00", Physio, P.AnnaKaarina, DemoStory.NotWritten),
        new(0, "15:00", Physio, P.Aune, DemoStory.NotWritten),
        new(0, "10:00", Massage, P.Veikko, DemoStory.NotWritten),
        new(0, "11:15", Relaxing, P.Emma, DemoStory.Wellness),
        new(0, "13:30", HotStone, P.Elsa, DemoStory.Wellness),
        new(0, "16:00", Massage, P.Eetu, DemoStory.NotWritten),
        new(1, "9:00", First, P.Emma, DemoStory.NotWritten),
        new(1, "13:00", Physio, P.John, DemoStory.NotWritten),
        new(1, "14:00", HotStone, P.AnnaKaarina, DemoStory.Wellness),
        new(2, "10:00", Physio, P.Helmi, DemoStory.NotWritten),
        new(2, "14:30", Phone, P.Veikko, DemoStory.NotWritten),
        new(3, "9:00", Physio, P.Onni, DemoStory.NotWritten),
        new(3, "13:00", Relaxing, P.Bjorn, DemoStory.Wellness),
        new(4, "15:00", Physio, P.Elsa, DemoStory.NotWritten),
    ];
}
