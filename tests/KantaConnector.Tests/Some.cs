using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using KantaConnector.Documents;
using KantaConnector.Signing;
using KantaConnector.Tests.Fixtures;

namespace KantaConnector.Tests;

/// <summary>Facts of invented people; identity codes are of the published test series, OIDs of an arc that belongs to nobody.</summary>
internal static class Some
{
    public const string Root = "1.2.246.10.99999999";

    public static readonly Organisation Controller = new($"{Root}.19.0", "Toiminimi Testaaja");
    public static readonly Organisation Unit = new($"{Root}.10.1", "Hoitohuone Harju");

    public static Patient Patient() => new()
    {
        Id = new InstanceId(CodeSets.PersonalIdentityCode, "010594Y9032"),
        Name = new PersonName { Family = "Testilä", Given = ["Aino", "Maria"], CallName = "Aino" },
        Gender = CodeSets.GenderOf("2"),
        BirthDate = new DateOnly(1994, 5, 1),
        HomeMunicipality = new Coded("092", CodeSets.Municipality, null, "Vantaa"),
    };

    public static Author Maker(AuthorRole role = AuthorRole.MER) => new()
    {
        Role = role,
        Time = new DateTimeOffset(2026, 3, 2, 9, 5, 7, TimeSpan.FromHours(2)),
        Id = new InstanceId("1.2.246.537.26", "99912345678"),
        Name = new PersonName { Family = "Hoitaja", Given = ["Veera"], CallName = "Veera", Title = "Fysioterapeutti" },
        Organisation = Unit,
    };

    /// <summary>A form of the information management service with a field of each kind; its codes are those of a published denial.</summary>
    public static InformationDocument Form()
    {
        Coded Field(string code) => new(code, "1.2.246.537.6.12.2002.331");
        return new InformationDocument
        {
            Facts = Facts() with { Register = CodeSets.Register("12"), Custodian = CodeSets.Kela, Function = CodeSets.UseAndDisclosure, Title = "Kieltoasiakirja" },
            Form = new Coded("331", CodeSets.View, null, "Kieltoasiakirja"),
            TemplateOid = "1.2.246.537.6.12.2002.331.20120110",
            Time = new DateTimeOffset(2026, 3, 2, 9, 0, 0, TimeSpan.FromHours(2)),
            Fields =
            [
                new FormField(Field("3"), "Olen saanut tämän asiakirjan", "Kanta-informointi, versio <2.0> & 2.3.2026.", null),
                new FormField(Field("12"), "Kaikki rekisterit", "Kyllä", new FormValue.Truth(true)),
                new FormField(Field("9"), "Palvelutapahtuman oid", $"{Root}.16.2026.1.7", new FormValue.Id(new InstanceId($"{Root}.16.2026.1.7"))),
                new FormField(Field("18"), "Henkilötunnus", "010594Y9032", new FormValue.Id(new InstanceId(CodeSets.PersonalIdentityCode, "010594Y9032"))),
                new FormField(Field("23"), "Ajankohta", "2.3.2026", new FormValue.Day(new DateOnly(2026, 3, 2))),
                new FormField(Field("32"), "Kirjaaja", "Hoitaja, Veera", new FormValue.Person(Maker().Name!)),
            ],
        };
    }

    public static ServiceEvent ServiceEvent(bool ended = true) => new()
    {
        Oid = $"{Root}.16.2026.1.7",
        Start = new DateTimeOffset(2026, 3, 2, 8, 0, 0, TimeSpan.FromHours(2)),
        End = ended ? new DateTimeOffset(2026, 3, 2, 8, 45, 0, TimeSpan.FromHours(2)) : null,
        Producer = new Organisation($"{Root}.10.0", "Testaaja Oy & kumpp. <hoito>"),
        ServiceUnit = Unit,
        Kind = CodeSets.OutpatientVisit,
    };

    public static DocumentFacts Facts(int document = 1, bool ended = true) => new()
    {
        Oid = $"{Root}.14.2026.1.{document}",
        SetId = $"{Root}.14.2026.1.{document}",
        Version = 1,
        TemplateOids = ["1.2.246.777.11.2015.38", "1.2.246.777.11.2015.36"],
        Register = CodeSets.Register("10"),
        Title = "palvelutapahtuma-asiakirja",
        CreatedAt = new DateTimeOffset(2026, 3, 2, 7, 30, 0, TimeSpan.Zero),
        Patient = Patient(),
        Custodian = Controller,
        CustodianType = CodeSets.PrivateController,
        ServiceEvent = ServiceEvent(ended),
        Function = CodeSets.ServiceProcess,
        RetentionClass = CodeSets.RetentionFromDeath,
        Software = new SoftwareProduct("CareRecords", "CareRecords", "1.0"),
    };

    public static ServiceEventDocument ServiceEventDocument(bool ended = true) =>
        new() { Facts = Facts(1, ended), Authors = [Maker()] };

    public static HeadingSection Heading(params string[] paragraphs) => new()
    {
        Heading = new Coded("53", CodeSets.Heading, "Otsikko", "Tutkimukset"),
        Paragraphs = paragraphs,
    };

    public static CareDocument CareDocument(params string[] paragraphs) => new()
    {
        Facts = Facts(2) with { Title = "Fysioterapia", Function = new Coded("DEMO-CARE", "1.2.246.537.6.300.2010") },
        Entries =
        [
            new ViewEntry
            {
                View = new Coded("DEMO-FYST", CodeSets.View, "DEMO", "DEMO-FYST"),
                CareDate = new DateOnly(2026, 3, 2),
                ServiceUnit = Unit,
                Authors = [Maker(), Maker(AuthorRole.KIR)],
                Stages =
                [
                    new StageSection(new Coded("14", CodeSets.Stage, "Hoitoprosessin vaihe", "Hoidon suunnittelu"),
                        [Heading(paragraphs.Length == 0 ? ["Selkä parempi.\nJatketaan <harjoitteita> & seurataan."] : paragraphs)]),
                    new StageSection(new Coded("15", CodeSets.Stage, "Hoitoprosessin vaihe", "Hoidon toteutus"), [Structured()]),
                ],
            },
        ],
    };

    public static HeadingSection Structured() => Heading("Teksti.") with
    {
        Structured =
        [
            new CodedFinding
            {
                Label = "Hoidon syy", Wording = "L03 Alaselän oire", Code = new Coded("DEMO-1", "1.2.246.537.6.12.999.2003", "DEMO"),
                TemplateOid = "1.2.246.537.6.12.999.2003.1", Value = new Coded("L03", "1.2.246.537.6.31.2007", "ICPC", "Alaselän oire"),
                Time = new DateTimeOffset(2026, 3, 2, 8, 0, 0, TimeSpan.FromHours(2)),
            },
            new Measurement { Label = "Kipu", Wording = "6/10", Code = new Coded("DEMO-2", "1.2.246.537.6.12.999.2003"), Value = 6.5m, Unit = "1" },
            new PerformedProcedure { Label = "Toimenpide", Wording = "Manuaalinen terapia", Code = new Coded("DEMO-3", "1.2.246.537.6.12.999.2003") },
        ],
    };

    public static CareDocument Everything(bool guardianAsSection = false)
    {
        var document = CareDocument();
        return document with
        {
            Facts = document.Facts with
            {
                ReleaseToPatient = new DateOnly(2026, 4, 1),
                OutsourcingCustomer = new Organisation("1.2.246.10.88888888.10.0", "Tilaaja"),
                Patient = Patient() with { Id = new InstanceId($"{Root}.22.2026", "010100A998F") },
            },
            Entries =
            [
                document.Entries[0],
                document.Entries[0] with
                {
                    Authors =
                    [
                        Maker(), Maker(AuthorRole.KOR) with { Id = new InstanceId("1.2.246.537.26", "99987654321") },
                        Maker(AuthorRole.OHJ) with { Name = null, Id = null, Device = new AuthoringDevice("Malli", "Mittari 2") },
                    ],
                },
            ],
            GuardianDisclosure = new GuardianDisclosure(new Coded("3", CodeSets.GuardianDisclosure), new Coded("DEMO-GUARDIAN", guardianAsSection ? CodeSets.Heading : CodeSets.Entry), null, guardianAsSection),
        };
    }

    public static CareDocument Correction() => CareDocument() with
    {
        Facts = Facts(3) with
        {
            Title = "Fysioterapia",
            Function = new Coded("DEMO-CARE", "1.2.246.537.6.300.2010"),
            SetId = Facts(2).Oid,
            Version = 2,
            Replaces = new PreviousVersion(Facts(2).Oid, 1),
            ReplacementReason = CodeSets.Correction,
        },
    };

    public static SystemCertificate Certificate(DateTimeOffset? from = null, DateTimeOffset? until = null)
    {
        using var key = TestKeys.OfHolder();
        var request = new CertificateRequest("CN=CareRecords test, SERIALNUMBER=1.2.246.10.99999999.10.0", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return new SystemCertificate(request.CreateSelfSigned(
            from ?? new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), until ?? new DateTimeOffset(2036, 1, 1, 0, 0, 0, TimeSpan.Zero)));
    }

    public static byte[] Signed(BuiltDocument document, SystemCertificate certificate) => SystemSignature.Sign(
        document.Cda, (document.SignatureAt, document.BodyStart, document.BodyLength), certificate,
        new DateTimeOffset(2026, 3, 2, 7, 31, 5, 250, TimeSpan.Zero), Guid.Parse("5b0f5a0e-27a1-4c3c-9d39-2f1c1f6f0a11"));
}
