namespace KantaConnector.Documents;

/// <summary>
/// Code sets that the connector itself writes, with the few codes seen in published test messages, the Finnish base profiles or Kela's
/// open-source code. All other codes (views, stages, headings, diagnoses) come with the document from imported tables.
/// </summary>
internal static class CodeSets
{
    public const string PersonalIdentityCode = "1.2.246.21";
    public const string Gender = "1.2.246.537.5.1.1997";
    public const string Municipality = "1.2.246.537.6.21.2003";
    public const string View = "1.2.246.537.6.12.2002";
    public const string Stage = "1.2.246.537.6.13.2006";
    public const string Heading = "1.2.246.537.6.14.2006";
    public const string Entry = "1.2.246.537.6.12.999.2003";
    public const string ErrorCodes = "1.2.246.537.5.40112.2006";
    public const string GuardianDisclosure = "1.2.246.537.5.40202.201901";

    public static readonly Coded Confidential =
        new("5", "1.2.246.777.5.99902.2006", "KanTa-palvelut - Asiakirjan luottamuksellisuus 2008", "Terveydenhuollon salassapidettävä");
    public static readonly Coded FileFormat = new("1", "1.2.246.537.5.40179.2008", "eArkisto - Asiakirjan tiedostomuoto 2008", "CDA R2");
    public static readonly Coded ReadyForArchive =
        new("3", "1.2.246.537.5.40154.2008", "eArkisto - Asiakirjan valmistumisen tila 2008", "Arkistointivalmis");
    public static readonly Coded CareText = new("1", "1.2.246.537.5.5001.2011", "eArkisto - Asiakirjatyyppi", "Kertomusteksti");
    public static readonly Coded ServiceEventText =
        new("4", "1.2.246.537.5.5001.2011", "eArkisto - Asiakirjatyyppi", "Palvelutapahtuma-asiakirja");
    public static readonly Coded Form =
        new("2", "1.2.246.537.5.5001.2011", "eArkisto - Asiakirjatyyppi", "Lausunto, todistus tai lomake");
    public static readonly Coded UseAndDisclosure =
        new("06.00.02", "1.2.246.537.6.300.2010", "STM - Terveydenhuollon tehtäväluokitus 2010", "Potilastietojen käytön ja luovutusten hallinta");

    /// <summary>Keeper of the information management service's documents.</summary>
    public static readonly Organisation Kela = new("1.2.246.10.2462460.19.1", "Kansaneläkelaitos");

    /// <summary>Register of the information management service.</summary>
    public const string InformationManagement = "12";

    public static readonly Coded Primary =
        new("1", "1.2.246.537.5.40180.2008", "eArkisto - Palvelutapahtuman ensisijaisuus 2008", "Ensisijainen");
    public static readonly Coded Secondary =
        new("2", "1.2.246.537.5.40180.2008", "eArkisto - Palvelutapahtuman ensisijaisuus 2008", "Toissijainen");
    public static readonly Coded Correction =
        new("1", "1.2.246.537.5.40178.2008", "eArkisto - Asiakirjan korvauksen syy 2008", "Korjaus");
    public static readonly Coded SystemSignature =
        new("3", "1.2.246.537.5.40127.2006", "KanTa-palvelut - Sähköisen allekirjoituksen tyyppi", "Järjestelmäallekirjoitus / perusjärjestelmä");
    public static readonly Coded LegallyAuthenticated =
        new("LA", "1.2.246.537.5.40115.2006", "KanTa-palvelut - Dokumentin valmiusaste 2006", "Legally authenticated");
    public static readonly Coded Active =
        new("AC", "1.2.246.537.5.40116.2006", "KanTa-palvelut - Dokumentin arkistointikoodi (DocumentStorage) 2006", "Active");
    public static readonly Coded PrivateController =
        new("2", "1.2.246.537.5.40172.2008", "eArkisto - Rekisterinpitäjän laji 2008", "Yksityinen");
    public static readonly Coded PublicController =
        new("1", "1.2.246.537.5.40172.2008", "eArkisto - Rekisterinpitäjän laji 2008", "Julkinen");
    public static readonly Coded OutpatientVisit =
        new("2", "1.2.246.537.5.40156.2008", "eArkisto - Palvelutapahtuman laji 2008", "Avohoitokäyntitieto");
    public static readonly Coded ServiceProcess =
        new("06.00", "1.2.246.537.6.300.2010", "STM - Terveydenhuollon tehtäväluokitus 2010", "Palveluprosessin hallinta");
    public static readonly Coded RetentionFromDeath =
        new("2", "1.2.246.537.5.40158.2008", "eArkisto - Säilytysaikaluokka 2008", "12 v. potilaan kuolemasta tai 120 v. syntymästä");

    /// <summary>Register codes whose meaning is verified.</summary>
    public static Coded Register(string code) => new(code, "1.2.246.537.5.40150.2009", "KanTa-palvelut - Potilasasiakirjan rekisteritunnus 2009", code switch
    {
        "2" => "Julkinen terveydenhuolto",
        "4" => "Työterveyshuolto",
        "12" => "Tiedonhallintapalvelun asiakirjat",
        "13" => "Arkistoasiakirjat",
        _ => null,
    });

    /// <summary>Name of a code set as published documents write it; null for others.</summary>
    public static string? NameOf(string system) => system switch
    {
        View => "AR/YDIN - Näkymät 2002",
        Stage => "Hoitoprosessin vaihe",
        Heading => "Otsikko",
        Municipality => "VRK/THL - Kuntakoodit 2003",
        Entry => "AR/YDIN",
        _ => null,
    };

    /// <summary>Finnish administrative gender; codes other than 1 and 2 carry no display name here.</summary>
    public static Coded GenderOf(string code) => new(code, Gender, "AR/YDIN - Sukupuoli", code switch { "1" => "Mies", "2" => "Nainen", _ => null });

    /// <summary>Role of an author within an entry; the display names of MIT and OHJ were not found and are left out.</summary>
    public static Coded Role(AuthorRole role) => new(role.ToString(), "1.2.246.537.5.40006.2003",
        "eArkisto - tekninen CDA R2 henkilötarkennin", role switch
        {
            AuthorRole.MER => "Merkinnän tekijä",
            AuthorRole.KIR => "Merkinnän kirjaaja",
            AuthorRole.KOR => "Korjaaja",
            _ => null,
        });
}
