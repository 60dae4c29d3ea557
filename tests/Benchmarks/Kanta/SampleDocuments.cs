using System.Globalization;
using KantaConnector.Documents;

namespace Benchmarks.Kanta;

/// <summary>Documents of a usual size: a service event and a note of four headings with structured entries. Invented people, an arc that belongs to nobody.</summary>
internal static class SampleDocuments
{
    private const string Root = "1.2.246.10.99999999";
    private static readonly DateTimeOffset Care = new(2026, 3, 2, 8, 0, 0, TimeSpan.FromHours(2));
    private static readonly Organisation Unit = new($"{Root}.10.1", "Hoitohuone Harju");

    public static string EventOid(int number) => string.Create(CultureInfo.InvariantCulture, $"{Root}.16.2026.1.{number}");

    public static string DocumentOid(int number, int document) => string.Create(CultureInfo.InvariantCulture, $"{Root}.11.2026.1.{(number * 10) + document}");

    public static ServiceEventDocument Event(int number) => new() { Facts = Facts(number, 0, "Palvelutapahtuma-asiakirja", CodeSets.ServiceProcess), Authors = [Maker()] };

    public static CareDocument Note(int number) => new()
    {
        Facts = Facts(number, 1, "Fysioterapia", new Coded("DEMO-CARE", "1.2.246.537.6.300.2010")),
        Entries =
        [
            new ViewEntry
            {
                View = new Coded("DEMO-FYST", CodeSets.View, "DEMO", "DEMO-FYST"),
                CareDate = new DateOnly(2026, 3, 2),
                ServiceUnit = Unit,
                Authors = [Maker()],
                Stages =
                [
                    new StageSection(new Coded("14", CodeSets.Stage, "Hoitoprosessin vaihe", "Hoidon suunnittelu"), [Heading("Esitiedot"), Heading("Tutkimukset")]),
                    new StageSection(new Coded("15", CodeSets.Stage, "Hoitoprosessin vaihe", "Hoidon toteutus"), [Heading("Toimenpiteet"), Heading("Suunnitelma")]),
                ],
            },
        ],
    };

    private static HeadingSection Heading(string name) => new()
    {
        Heading = new Coded("53", CodeSets.Heading, "Otsikko", name),
        Paragraphs =
        [
            "Asiakas kertoo olkapään kivun helpottaneen viime käynnistä. Kipu tuntuu edelleen kättä nostettaessa ja öisin kyljellä maatessa.",
            "Liikelaajuudet ovat parantuneet: fleksio 160°, abduktio 150°. Voima & hallinta <harjoitteissa> kohtalaisia, jatketaan kotiharjoittelua.",
        ],
        Structured =
        [
            new Measurement { Label = "Kipu", Wording = "4/10", Code = new Coded("DEMO-2", "1.2.246.537.6.12.999.2003"), Value = 4m, Unit = "1", Time = Care },
            new PerformedProcedure { Label = "Toimenpide", Wording = "Manuaalinen terapia", Code = new Coded("DEMO-3", "1.2.246.537.6.12.999.2003"), Time = Care },
        ],
    };

    private static DocumentFacts Facts(int number, int document, string title, Coded function) => new()
    {
        Oid = DocumentOid(number, document),
        SetId = DocumentOid(number, document),
        Version = 1,
        TemplateOids = ["1.2.246.777.11.2015.38", "1.2.246.777.11.2015.36"],
        Register = CodeSets.Register("10"),
        Title = title,
        CreatedAt = Care,
        Patient = new Patient
        {
            Id = new InstanceId(CodeSets.PersonalIdentityCode, "010594Y9032"),
            Name = new PersonName { Family = "Testilä", Given = ["Aino", "Maria"], CallName = "Aino" },
            Gender = CodeSets.GenderOf("2"),
            BirthDate = new DateOnly(1994, 5, 1),
        },
        Custodian = new Organisation($"{Root}.19.0", "Toiminimi Testaaja"),
        CustodianType = CodeSets.PrivateController,
        ServiceEvent = new ServiceEvent
        {
            Oid = EventOid(number),
            Start = Care,
            End = Care.AddMinutes(45),
            Producer = new Organisation($"{Root}.10.0", "Testaaja Oy"),
            ServiceUnit = Unit,
            Kind = CodeSets.OutpatientVisit,
        },
        Function = function,
        RetentionClass = CodeSets.RetentionFromDeath,
        Software = new SoftwareProduct("CareRecords", "CareRecords", "1.0"),
    };

    private static Author Maker() => new()
    {
        Role = AuthorRole.MER,
        Time = Care.AddHours(1),
        Id = new InstanceId("1.2.246.537.26", "99912345678"),
        Name = new PersonName { Family = "Hoitaja", Given = ["Veera"], CallName = "Veera", Title = "Fysioterapeutti" },
        Organisation = Unit,
    };
}
