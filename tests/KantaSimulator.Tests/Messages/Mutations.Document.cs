using System.Text.RegularExpressions;

namespace KantaSimulator.Tests.Messages;

// Mutations of the document before it is signed, and of single values in the wrapper.
internal static partial class Mutations
{
    private static IEnumerable<Mutation> Header() =>
    [
        M("header without a title", "D02", Part.Document, "<title>.*?</title>", ""),
        M("header with set id before language", "D02", Part.Document, "(<languageCode[^>]*/>)(<setId[^>]*/>)", "$2$1"),
        M("header with an unknown element", "D02", Part.Document, "<recordTarget", "<outo/><recordTarget"),
        M("header without an author", "D02", Part.Document, "<author.*</author>(?=<custodian)", ""),
        M("header without a custodian", "D02", Part.Document, "<custodian.*</custodian>", ""),
        M("header with two set ids", "D02", Part.Document, "(<setId[^>]*/>)", "$1$1"),
        M("header without a patient", "D02", Part.Document, "<patient[ >].*?</patient>", ""),
        E("service event without a time", "D02", Part.Document, "(<encompassingEncounter.*?)<effectiveTime.*?</effectiveTime>", "$1"),
        M("realm of another country", "D03", Part.Document, "realmCode code=\"FI\"", "realmCode code=\"SE\""),
        M("type id of another standard", "D04", Part.Document, "POCD_HD000040", "POCD_HD000041"),
        M("template of another country", "D05", Part.Document, "<templateId root=\"[^\"]*\"", "<templateId root=\"2.16.840.1.113883.10\""),
        M("localHeader out of order", "D06", Part.Document, "(<documentType[^>]*/>)(<functionCode[^>]*/>)", "$2$1"),
        M("localHeader with an unknown element", "D06", Part.Document, "<fileFormat", "<outo/><fileFormat"),
        M("localHeader without document type", "D06", Part.Document, "<documentType[^>]*/>", ""),
        M("localHeader without contents", "D06", Part.Document, "<tableOfContents>.*?</tableOfContents>", ""),
        M("localHeader without retention class", "D06", Part.Document, "<retentionPeriodClass[^>]*/>", ""),
        E("service event without its kind", "D06", Part.Document, "<encompassingEncounterCode[^>]*/>", ""),
        M("copy time given by the sender", "D07", Part.Document, "(<versionNumber[^>]*/>)", "$1<copyTime value=\"20260101\"/>"),
        M("retention period given by the sender", "D07", Part.Document, "<functionCode", "<retentionPeriod value=\"21460101\"/><functionCode"),
        M("time malformed", "D17", Part.Document, "<effectiveTime value=\"[^\"]*\"", "<effectiveTime value=\"2026-11-23\""),
        M("version 1 in a replacement", "V02", Part.Document, "<versionNumber value=\"2\"", "<versionNumber value=\"1\""),
        M("version that is no number", "V02", Part.Document, "<versionNumber value=\"2\"", "<versionNumber value=\"kaksi\""),
        E("first version in another's set", "V01", Part.Document, "<setId root=\"[^\"]*\"", "<setId root=\"1.2.246.10.1.1\""),
    ];

    private static IEnumerable<Mutation> Body() =>
    [
        M("body without an ID", "D08", Part.Document, "<structuredBody ID=\"[^\"]*\"", "<structuredBody"),
        M("body missing", "D08", Part.Document, "<structuredBody.*</structuredBody>", "<nonXMLBody/>"),
        new("the same ID twice", "SIM-D09", Part.Document, t => Regex.Replace(t, "<section ID=\"[^\"]*\"", $"<section ID=\"{Regex.Match(t, "<structuredBody ID=\"([^\"]*)\"").Groups[1].Value}\"")),
        M("reference to nowhere", "D10", Part.Document, "<reference value=\"#[^\"]*\"", "<reference value=\"#eiole\""),
        M("section out of order", "D11", Part.Document, "(<code code=\"[^\"]*\" codeSystem=\"1.2.246.537.6.13.2006\"[^>]*/>)(<title>[^<]*</title>)", "$2$1"),
        M("section with an unknown element", "D11", Part.Document, "(<code code=\"[^\"]*\" codeSystem=\"1.2.246.537.6.13.2006\"[^>]*/>)", "<outo/>$1"),
        M("process stage of another code set", "D12", Part.Document, @"1\.2\.246\.537\.6\.13\.2006", "1.2.246.537.6.13.1999"),
        M("heading of another code set", "D12", Part.Document, @"1\.2\.246\.537\.6\.14\.2006", "1.2.246.537.6.14.1999"),
        M("view of another code set", "D12", Part.Document, @"(<section[^>]*><id[^>]*/><code code=""[^""]*"" codeSystem="")1\.2\.246\.537\.6\.12\.2002", "${1}1.2.246.537.6.12.1999"),
        M("entry without a time", "D13", Part.Document, "(<functionCode code=\"MER\"[^>]*/>)<time value=\"[^\"]*\"/>", "$1<time nullFlavor=\"NA\"/>"),
        M("heading without text", "D14", Part.Document, "(<title>(?:Tutkimukset|Pyyntö)</title><text[^>]*>).*?(</text>)", "$1$2"),
        M("script in the text", "D15", Part.Document, "(<text ID=\"[^\"]*\">)", "$1<script>alert(1)</script>"),
        M("ID that is no name", "D16", Part.Document, "<section ID=\"OID", "<section ID=\"1 OID"),
        M("entry without a subject", "D19", Part.Document, "<subject[^>]*><relatedSubject.*?</relatedSubject></subject>", ""),
        E("service event without a subject", "D18", Part.Document, "<subject[^>]*><relatedSubject.*?</relatedSubject></subject>", ""),
        E("service event with two sections", "D18", Part.Document, "(<component>(?!<structuredBody).*?</section></component>)", "$1$1"),
        M("another patient in the body", "I01", Part.Document, "(<relatedSubject[^>]*><code code=\")[^\"]*", "${1}020594X903P"),
        M("another name in the body", "I02", Part.Document, "(<relatedSubject.*?<family>)[^<]*", "$1TOINEN"),
        E("another service event in the body", "I03", Part.Document, "(<section[^>]*><id root=\")[^\"]*", "${1}1.2.246.10.1.14011.1"),
        E("service event ends before it begins", "I04", Part.Document, "(<encompassingEncounter.*?<high value=\")[^\"]*", "${1}20010101120000"),
        M("note as the primary document", "I05", Part.Document, "(<encompassingEncounterMasterCode code=\")2", "${1}1"),
        E("service event as a secondary document", "I05", Part.Document, "(<encompassingEncounterMasterCode code=\")1", "${1}2"),
        M("view that is not listed", "I06", Part.Document, "(<contentsCode code=\")[^\"]*", "${1}999"),
        M("maker who is no author", "I07", Part.Document, "(<functionCode code=\"MER\".*?<assignedAuthor[^>]*><id extension=\")[^\"]*", "${1}99999900009"),
    ];

    private static IEnumerable<Mutation> Codes() =>
    [
        M("custodian not an OID", "C01", Part.Document, "(<representedCustodianOrganization[^>]*><id root=\")[^\"]*", "${1}1.2.abc"),
        M("leading zero in an OID", "C01", Part.Document, "(<setId root=\"1.2)", "${1}.01"),
        M("register of another code set", "C02", Part.Document, @"1\.2\.246\.537\.5\.40150\.2009", "1.2.246.537.5.40150.1999"),
        M("document type of another code set", "C02", Part.Document, @"1\.2\.246\.537\.5\.5001\.2011", "1.2.246.537.5.5001.1999"),
        M("author role of another code set", "C02", Part.Document, @"1\.2\.246\.537\.5\.40006\.2003", "1.2.246.537.5.40006.1999"),
        M("unknown register", "C03", Part.Document, "(<code code=\")[0-9]+(\" codeSystem=\"1.2.246.537.5.40150)", "${1}99$2"),
        M("unknown document type", "C03", Part.Document, "<documentType code=\"1\"", "<documentType code=\"9\""),
        M("unknown kind of custodian", "C03", Part.Document, "<custodianTypeCode code=\"[12]\"", "<custodianTypeCode code=\"7\""),
        M("draft", "C04", Part.Document, "<recordStatus code=\"3\"", "<recordStatus code=\"1\""),
        M("identity code too short", "C05", Part.Document, "(<patientRole[^>]*><id extension=\")[^\"]*", "${1}010594-903"),
        M("identity code of 30 February", "C05", Part.Document, "(<patientRole[^>]*><id extension=\")[^\"]*(\" root=\")[^\"]*", "${1}300294-9032${2}1.2.246.21"),
        M("identity code with a wrong check", "C06", Part.Document, "(<patientRole[^>]*><id extension=\"[^\"]{10}).", "${1}X"),
        M("identity code of a real series", "C07", Part.Document, "(<patientRole[^>]*><id extension=\")[^\"]*", "${1}010594Y234F") with { Published = false },
        M("another birth date", "C08", Part.Document, "(<patientRole.*?<birthTime value=\")[^\"]*", "${1}19700101"),
        M("another root of the patient", "C09", Part.Document, "(<patientRole[^>]*><id extension=\"[^\"]*\" root=\")[^\"]*", "${1}1.2.246.99"),
        M("temporary id malformed", "C10", Part.Document, "(<patientRole[^>]*><id extension=\")[^\"]*(\" root=\")[^\"]*", "${1}TILAPAINEN${2}1.2.246.10.99999991.22.2026"),
        M("another root of the author", "C11", Part.Document, "(<assignedAuthor[^>]*><id extension=\"[^\"]*\" root=\")[^\"]*", "${1}1.2.246.99"),
        M("unknown role of the author", "C13", Part.Document, "functionCode code=\"MER\"", "functionCode code=\"XYZ\""),
        M("born in the future", "C14", Part.Document, "(<patientRole.*?<birthTime value=\")[^\"]*", "${1}20990101"),
        M("another language", "C15", Part.Document, "languageCode code=\"fi\"", "languageCode code=\"en\""),
        M("note as service-event management", "C16", Part.Document, "functionCode code=\"06.04.00\"", "functionCode code=\"06.00\""),
        E("service event as imaging", "C16", Part.Document, "functionCode code=\"06.00\"", "functionCode code=\"06.04.00\""),
        M("register of the information management service", "C17", Part.Document, "(<code code=\")[0-9]+(\" codeSystem=\"1.2.246.537.5.40150)", "${1}12$2"),
        M("patient without a family name", "C19", Part.Document, "(<patient[ >].*?)<family>[^<]*</family>", "$1"),
    ];

    private static IEnumerable<Mutation> Agreement() =>
    [
        M("wrapper of another document", "W01", Part.Wrapper, @"(<templateId[^>]*/>\s*<id root="")[^""]*", "${1}1.2.246.10.1.93.1"),
        M("wrapper of another register", "W02", Part.Wrapper, "(<code code=\")[0-9]+(\" codeSystem=\"1.2.246.537.5.40150)", "${1}4$2"),
        M("wrapper of another time", "W03", Part.Wrapper, "(<effectiveTime value=\")[0-9]{14}", "${1}20200101000000"),
        M("wrapper of another confidentiality", "W04", Part.Wrapper, "confidentialityCode code=\"5\"", "confidentialityCode code=\"4\""),
        M("wrapper of another language", "W05", Part.Wrapper, "languageCode code=\"fi\"", "languageCode code=\"sv\""),
        M("wrapper of another set", "W06", Part.Wrapper, "(<setId root=\")[^\"]*", "${1}1.2.246.10.1.93.1"),
        M("wrapper of another version", "W07", Part.Wrapper, "(<versionNumber value=\")[^\"]*", "${1}7"),
        M("wrapper of another patient", "W08", Part.Wrapper, @"(<patient>\s*<id extension="")[^""]*", "${1}020594X903P"),
        M("wrapper with another name", "W09", Part.Wrapper, "(<patientPerson>.*?<family>)[^<]*", "$1TOINEN"),
        M("wrapper with another gender", "W09", Part.Wrapper, "administrativeGenderCode code=\"2\"", "administrativeGenderCode code=\"1\""),
        M("wrapper with another birth date", "W09", Part.Wrapper, "(<birthTime value=\")[^\"]*", "${1}19700101"),
        M("wrapper with another author", "W10", Part.Wrapper, @"(<assignedAuthor>\s*<id extension="")[^""]*", "${1}99999900009"),
        M("wrapper with another custodian", "W11", Part.Wrapper, @"(<assignedCustodian>\s*<representedOrganization>\s*<id root="")[^""]*", "${1}1.2.246.10.1.19.0"),
        M("wrapper with another name of the custodian", "W11", Part.Wrapper, "(<custodian>.*?<name>)[^<]*", "$1Toinen"),
        M("wrapper replaces another document", "W12", Part.Wrapper, @"(<parentDocument[^>]*>\s*<id root="")[^""]*", "${1}1.2.246.10.1.93.1"),
        M("wrapper of another service event", "W13", Part.Wrapper, @"(<encounterEvent>\s*<id root="")[^""]*", "${1}1.2.246.10.1.14011.1"),
        E("wrapper with another time of the service event", "W14", Part.Wrapper, "(<encounterEvent>.*?<low value=\")[^\"]*", "${1}20200101000000"),
        E("wrapper with another unit", "W15", Part.Wrapper, @"(<encounterPerformer.*?<representedOrganization>\s*<id root="")[^""]*", "${1}1.2.246.10.1.10.9"),
        E("wrapper with another producer", "W15", Part.Wrapper, @"(<healthCareFacility>\s*<id root="")[^""]*", "${1}1.2.246.10.1.10.9"),
        M("wrapper with another document type", "W16", Part.Wrapper, "<documentType code=\"1\"", "<documentType code=\"2\""),
        M("wrapper with another view", "W16", Part.Wrapper, "(<contentsCode code=\")[^\"]*", "${1}999"),
        M("wrapper with other software", "W16", Part.Wrapper, "(<softwareSupport moderator=\")[^\"]*", "$1Toinen"),
        M("wrapper with another release date", "W16", Part.Wrapper, "(<releaseDateForPatientViewing value=\")[^\"]*", "${1}20300101"),
        M("wrapper with another retention class", "W16", Part.Wrapper, "<retentionPeriodClass code=\"2\"", "<retentionPeriodClass code=\"1\""),
        E("wrapper with another kind of service event", "W16", Part.Wrapper, "<encompassingEncounterCode code=\"2\"", "<encompassingEncounterCode code=\"1\""),
    ];
}
