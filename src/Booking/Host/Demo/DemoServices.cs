using Booking.Services;

namespace Booking.Host.Demo;

/// <summary>What the demonstration practice offers: health care and wellness, so that the difference shows.</summary>
internal static class DemoServices
{
    public static Service[] All(Guid practice) =>
    [
        Care(practice, 1, 45, 15, 60, 7800, ("Fysioterapia", "Fysioterapi", "Physiotherapy"), (
            "Tutkimus, ohjaus ja hoito. Jatkokäynti tai ensimmäinen käynti, kun vaiva on tuttu.", "Undersökning, handledning och behandling. Återbesök eller första besök när besväret är bekant.",
            "Examination, guidance and treatment. A follow-up, or a first visit for a familiar complaint.")),
        Care(practice, 2, 60, 0, 60, 9200, ("Fysioterapian ensikäynti", "Första besök hos fysioterapeut", "First visit to the physiotherapist"), (
            "Perusteellinen tutkimus ja yhdessä tehty kuntoutussuunnitelma.", "Grundlig undersökning och en rehabiliteringsplan som görs tillsammans.",
            "A thorough examination and a rehabilitation plan made together.")),
        Care(practice, 3, 20, 10, 30, 3200, ("Fysioterapian puhelinneuvonta", "Fysioterapirådgivning per telefon", "Physiotherapy by telephone"), (
            "Soitamme sinulle varattuna aikana.", "Vi ringer dig på den bokade tiden.", "We call you at the time booked."), ContactMode.Phone),
        Care(practice, 4, 60, 15, 30, 6900, ("Hoidollinen hieronta", "Behandlande massage", "Therapeutic massage"), (
            "Koulutetun hierojan hoito lihasten kipuihin ja kireyteen.", "Behandling av utbildad massör mot smärta och spänning i musklerna.",
            "Treatment of muscle pain and tension by a trained massage therapist.")),
        Wellness(practice, 5, 60, 6500, ("Rentouttava hieronta", "Avslappnande massage", "Relaxing massage"), (
            "Hyvinvointipalvelu, ei terveydenhuoltoa.", "Välmåendetjänst, inte hälsovård.", "A wellness service, not health care.")),
        Wellness(practice, 6, 75, 8900, ("Kuumakivihieronta", "Hot stone-massage", "Hot stone massage"), (
            "Lämpimillä laavakivillä. Hyvinvointipalvelu, ei terveydenhuoltoa.", "Med varma lavastenar. Välmåendetjänst, inte hälsovård.",
            "With warm lava stones. A wellness service, not health care.")),
    ];

    private static Service Care(
        Guid practice, int place, int minutes, int buffer, int grid, int cents, (string Fi, string Sv, string En) name, (string Fi, string Sv, string En) about,
        ContactMode contact = ContactMode.InPerson) => new()
        {
            PracticeId = practice,
            Place = place,
            DurationMinutes = minutes,
            BufferMinutes = buffer,
            GridMinutes = grid,
            PriceCents = cents,
            Vat = VatTreatment.ExemptHealth,
            IsCare = true,
            ContactMode = contact,
            NoticeMinutes = 0,
            NameFi = name.Fi,
            NameSv = name.Sv,
            NameEn = name.En,
            AboutFi = about.Fi,
            AboutSv = about.Sv,
            AboutEn = about.En,
        };

    private static Service Wellness(
        Guid practice, int place, int minutes, int cents, (string Fi, string Sv, string En) name, (string Fi, string Sv, string En) about)
    {
        var service = Care(practice, place, minutes, 15, 30, cents, name, about);
        (service.IsCare, service.Vat) = (false, VatTreatment.General);
        return service;
    }
}
