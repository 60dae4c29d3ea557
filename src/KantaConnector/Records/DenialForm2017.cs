using System.Globalization;
using CareRecords.Practice;
using CareRecords.Treatments;
using KantaConnector.Documents;

namespace KantaConnector.Records;

/// <summary>
/// A denial in the form of the one published example (a test document of 2017, view 331): groups and fields, their codes and titles are its. Whether the form
/// is still in force is not known, so it is used only where <see cref="InformationForm.Layout"/> asks for it. Pure.
/// </summary>
internal static class DenialForm2017
{
    public const string Name = "kielto-2017";
    public const string View = "1.2.246.537.6.12.2002|331";
    public const string Template = "1.2.246.537.6.12.2002.331.20120110";
    private const string System = "1.2.246.537.6.12.2002.331";
    private const string SystemName = "eArkisto/Lomake - Luovutuskielto ja luovutuskiellon peruutus";

    /// <param name="documentOid">The form names itself.</param>
    /// <param name="period">When the denied service event was, for a denial of scope event.</param>
    public static IEnumerable<FormField> Fields(
        InformingFacts act, Withdrawal? withdrawn, string statement, string documentOid, (DateTimeOffset From, DateTimeOffset? Until)? period, PatientFacts patient,
        ControllerFacts controller, PractitionerFacts recorder, TimeZoneInfo zone)
    {
        var provider = new FormValue.Id(new InstanceId(controller.ProducerOid));
        var name = new PersonName { Family = patient.Name.Family, Given = patient.Name.Given, CallName = patient.Name.CallName };
        var on = withdrawn?.On ?? act.GivenOn;
        yield return new FormField(Code("1", "Tietojen luovutuskielto / luovutuskiellon peruuttaminen"), "Tietojen luovutuskielto / luovutuskiellon peruuttaminen", "", null);
        var group = Code("2", "Sähköiseen potilastiedon arkistoon tallennettujen tietojen luovuttaminen");
        yield return Field("3", "Olen saanut tämän asiakirjan", statement, null);
        group = Code("4", "Voimassa olevat kiellot");
        yield return Truth("5", "Ei voimassa olevia tietojen luovutuskieltoja", withdrawn is not null);
        if (withdrawn is null && act.Scope == "event")
        {
            group = Code("6", "Palvelutapahtumat, joiden tietojen luovuttaminen on kielletty");
            if (period is { } time)
            {
                yield return Field("7", "Palvelutapahtuman ajankohta", $"{Minute(time.From, zone)} - {(time.Until is { } end ? Minute(end, zone) : "")}".TrimEnd(), new FormValue.Period(time.From, time.Until));
            }
            yield return Field("8", "Palvelujen antaja", controller.ProducerName, provider);
            yield return Field("9", "Palvelutapahtuman oid", act.ServiceEventOid!, new FormValue.Id(new InstanceId(act.ServiceEventOid!)));
        }
        if (withdrawn is null && act.Scope == "provider")
        {
            group = Code("10", "Terveydenhuollon palvelujen antajat ja näiden rekisterit, joiden tietojen luovuttaminen on kielletty");
            yield return Field("11", "Palvelujen antaja", controller.ProducerName, provider);
            yield return Truth("12", "Kaikki palvelujen antajan rekisterit kielletty", true);
        }
        group = Code("14", "Luovuttaminen hätätilanteessa");
        yield return Truth("15", "Kielletyt tiedot voidaan luovuttaa hätätilanteessa", act.EmergencyAllowed);
        group = Code("16", "Potilaan henkilötiedot");
        yield return Field("17", "Sukunimi, etunimet", $"{name.Family}, {string.Join(' ', name.Given)}", new FormValue.Person(name));
        var id = DocumentsFromCare.IdOf(patient);
        yield return Field("18", "Henkilötunnus", id.Extension ?? "", new FormValue.Id(id));
        group = Code("21", "Luovutuskiellon/luovutuskiellon peruuttajan allekirjoitus");
        yield return Field("22", "Allekirjoitus", $"{name.Family}, {string.Join(' ', name.Given)}", new FormValue.Person(name));
        yield return Field("23", "Ajankohta (päivä ja kellonaika)", on.ToString("d.M.yyyy", CultureInfo.InvariantCulture), new FormValue.Day(on));
        var recorderId = DocumentsFromCare.IdOf(recorder);
        yield return Field("31", "Kirjaajan tunniste", recorderId.Extension ?? "", new FormValue.Id(recorderId));
        yield return Field("32", "Kirjaajan sukunimi, etunimet", $"{recorder.Name.Family}, {string.Join(' ', recorder.Name.Given)}",
            new FormValue.Person(new PersonName { Family = recorder.Name.Family, Given = recorder.Name.Given, CallName = recorder.Name.CallName, Title = recorder.Title }));
        group = Code("24", "Asiakirjan tallentaja");
        yield return Field("25", "Terveydenhuollon palvelujen antaja / Omien tietojen katselu", controller.ProducerName, provider);
        group = Code("26", "Lomakkeen metatiedot");
        yield return Field("27", "templateId", System, new FormValue.Id(new InstanceId(System)));
        yield return Field("29", "Kieltoasiakirjan tunnus", documentOid, new FormValue.Id(new InstanceId(documentOid)));

        FormField Field(string code, string title, string wording, FormValue? value) => new(Code(code, title), title, wording, value, group);
        FormField Truth(string code, string title, bool holds) => Field(code, title, holds ? "Kyllä" : "Ei", new FormValue.Truth(holds));
    }

    private static Coded Code(string code, string title) => new(code, System, SystemName, title);

    private static string Minute(DateTimeOffset at, TimeZoneInfo zone) => TimeZoneInfo.ConvertTime(at, zone).ToString("d.M.yyyy HH:mm", CultureInfo.InvariantCulture);
}
