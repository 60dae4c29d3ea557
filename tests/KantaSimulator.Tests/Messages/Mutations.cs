using static KantaSimulator.Tests.Messages.Mutation;

namespace KantaSimulator.Tests.Messages;

/// <summary>All mutations. A pattern must hit both the own and the published message of its kind (each test checks that something changed).</summary>
internal static partial class Mutations
{
    public static readonly IReadOnlyList<Mutation> All = [.. Soap(), .. Transmission(), .. Wrapper(), .. Payload(), .. Header(), .. Body(), .. Codes(), .. Agreement(), .. Signatures()];

    private static Mutation M(string name, string code, Part where, string pattern, string replacement) => new(name, "SIM-" + code, where, First(pattern, replacement));

    private static Mutation E(string name, string code, Part where, string pattern, string replacement) => M(name, code, where, pattern, replacement) with { OfEvent = true };

    private static string Nested(int levels) => string.Concat(Enumerable.Repeat("<a>", levels)) + string.Concat(Enumerable.Repeat("</a>", levels));

    private static IEnumerable<Mutation> Soap() =>
    [
        M("soap cut short", "S01", Part.Soap, "</soap:Envelope>", ""),
        M("soap with a document type", "S02", Part.Soap, "^", "<!DOCTYPE soap [<!ENTITY x 'y'>]>"),
        M("soap nested too deep", "S03", Part.Soap, "<soap:Body>", $"<soap:Header>{Nested(150)}</soap:Header><soap:Body>"),
        new("soap version 1.2", "SIM-S04", Part.Soap, t => t.Replace("http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope", StringComparison.Ordinal)),
        M("no soap envelope", "S04", Part.Soap, "^.*<soap:Body>(.*)</soap:Body>.*$", "$1"),
        M("empty soap body", "S05", Part.Soap, "<soap:Body>.*</soap:Body>", "<soap:Body></soap:Body>"),
        M("two messages in one body", "S05", Part.Soap, "</soap:Body>", "<x/></soap:Body>"),
        M("a header that must be understood", "S06", Part.Soap, "<soap:Body>", "<soap:Header><a:x xmlns:a=\"urn:a\" soap:mustUnderstand=\"1\"/></soap:Header><soap:Body>"),
        M("declared as latin-1", "S07", Part.Soap, "^", "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>"),
        M("a processing instruction", "S08", Part.Soap, "^", "<?do it?>"),
    ];

    private static IEnumerable<Mutation> Transmission() =>
    [
        new("unknown interaction", "SIM-M01", Part.Wrapper, t => t.Replace("RCMR_IN100016FI01", "RCMR_IN100099FI01", StringComparison.Ordinal)),
        M("interaction id of another message", "M02", Part.Wrapper, "extension=\"RCMR_IN100016FI01\"", "extension=\"RCMR_IN100002FI01\""),
        M("interaction id of another root", "M02", Part.Wrapper, @"root=""2\.16\.840\.1\.113883\.1\.6""", "root=\"2.16.840.1.113883.1.7\""),
        M("message id not an OID", "M03", Part.Wrapper, @"<id root=""[0-9.]+""/>(\s*<creationTime)", "<id root=\"urn:uuid:1\"/>$1"),
        M("message id missing", "M03", Part.Wrapper, @"<id root=""[0-9.]+""/>(\s*<creationTime)", "$1"),
        M("creation time in month 13", "M05", Part.Wrapper, "creationTime value=\"[^\"]*\"", "creationTime value=\"20261301120000\""),
        M("version code of 2005", "M07", Part.Wrapper, "V3-2006", "V3-2005"),
        M("profile ids missing", "M08", Part.Wrapper, @"(<profileId[^>]*/>\s*)+", ""),
        M("profile id of somebody else", "M08", Part.Wrapper, "<profileId root=\"[^\"]*\"", "<profileId root=\"2.16.840.1\""),
        M("production message", "M09", Part.Wrapper, "processingCode code=\"D\"", "processingCode code=\"P\""),
        M("processing mode archive", "M10", Part.Wrapper, "processingModeCode code=\"T\"", "processingModeCode code=\"A\""),
        M("no acknowledgement wanted", "M11", Part.Wrapper, "acceptAckCode code=\"ER\"", "acceptAckCode code=\"NE\""),
        M("another receiver", "M12", Part.Wrapper, @"(<receiver.*?<id root="")[^""]*", "${1}1.2.246.556.18007.3"),
        M("sender missing", "M13", Part.Wrapper, @"(<sender.*?)<id root=""[^""]*""", "$1<id nullFlavor=\"NI\""),
        M("mood of an event", "M14", Part.Wrapper, "moodCode=\"RQO\"", "moodCode=\"EVN\""),
        M("trigger of a new document", "M15", Part.Wrapper, "RCMR_TE000910UV01", "RCMR_TE000102UV01"),
        M("trigger of another code set", "M15", Part.Wrapper, @"2\.16\.840\.1\.113883\.1\.18", "2.16.840.1.113883.1.19"),
        M("unknown service request", "M16", Part.Wrapper, "code=\"PP1\"", "code=\"PP99\""),
        M("service request of another code set", "M16", Part.Wrapper, @"1\.2\.246\.537\.5\.40157\.2008", "1.2.246.537.5.40157.1999"),
        M("provider missing", "M17", Part.Wrapper, "<authorOrPerformer.*?</authorOrPerformer>", ""),
        M("two documents in a message", "M18", Part.Wrapper, "(<subject typeCode=\"SUBJ\">.*</subject>)", "$1$1"),
        M("no document in the message", "M18", Part.Wrapper, "<subject typeCode=\"SUBJ\">.*</subject>", ""),
        M("unknown element in the message", "M19", Part.Wrapper, "<receiver", "<attentionLine/><receiver"),
        M("sender before receiver", "M19", Part.Wrapper, @"(<receiver.*?</receiver>)(\s*)(<sender.*?</sender>)", "$3$2$1"),
        M("ITS version missing", "M20", Part.Wrapper, " ITSVersion=\"XML_1.0\"", ""),
        M("another namespace", "M27", Part.Wrapper, "xmlns=\"urn:hl7-org:v3\"", "xmlns=\"urn:hl7-org:v2\""),
    ];

    private static IEnumerable<Mutation> Wrapper() =>
    [
        M("wrapper without language", "M21", Part.Wrapper, "<languageCode code=\"fi\"/>", ""),
        M("wrapper with version before set id", "M21", Part.Wrapper, @"(<setId[^>]*/>)(\s*)(<versionNumber[^>]*/>)", "$3$2$1"),
        M("wrapper with an unknown element", "M21", Part.Wrapper, "<statusCode code=\"completed\"/>", "<title>x</title><statusCode code=\"completed\"/>"),
        M("wrapper's localHeader out of order", "M21", Part.Wrapper, @"(<documentType[^>]*/>)(\s*)(<functionCode[^>]*/>)", "$3$2$1"),
        M("wrapper not completed", "M22", Part.Wrapper, "statusCode code=\"completed\"", "statusCode code=\"active\""),
        M("wrapper not legally authenticated", "M23", Part.Wrapper, "completionCode code=\"LA\"", "completionCode code=\"AU\""),
        M("wrapper's storage not active", "M24", Part.Wrapper, "storageCode code=\"AC\"", "storageCode code=\"AA\""),
        M("replacement without a reason", "M25", Part.Wrapper, "<reasonCode code=\"1\"[^>]*/>", ""),
        M("reason of another code set", "M25", Part.Wrapper, @"1\.2\.246\.537\.5\.40178\.2008", "1.2.246.537.5.40178.1999"),
        E("new document with a reason", "M25", Part.Wrapper, "<languageCode", "<reasonCode code=\"1\" codeSystem=\"1.2.246.537.5.40178.2008\"/><languageCode"),
        M("replacement without what it replaces", "M26", Part.Wrapper, "<relatedDocument.*?</relatedDocument>", ""),
        M("related as an addendum", "M26", Part.Wrapper, "typeCode=\"RPLC\"", "typeCode=\"APND\""),
        E("new document that replaces", "M26", Part.Wrapper, "<componentOf>", "<relatedDocument typeCode=\"RPLC\"><parentDocument><id root=\"1.2.3\"/><setId root=\"1.2.3\"/><versionNumber value=\"1\"/></parentDocument></relatedDocument><componentOf>"),
    ];

    private static IEnumerable<Mutation> Payload() =>
    [
        M("payload of another media type", "P01", Part.Wrapper, "mediaType=\"multipart/related\"", "mediaType=\"text/xml\""),
        M("payload missing", "P01", Part.Wrapper, "<text mediaType.*?</text>", ""),
        M("no boundary parameter", "P02", Part.Mime, "boundary=\"[^\"]*\"", ""),
        M("boundary that does not occur", "P02", Part.Mime, "boundary=\"[^\"]*\"", "boundary=\"other\""),
        M("two MIME parts", "P03", Part.Mime, @"(------=_Part\S*)\s+(Content-Type: text/xml.*)$", "$1\nContent-Type: text/xml; charset=UTF-8\nContent-Transfer-Encoding: BASE64\n\nPGEvPg==\n$1\n$2"),
        M("part of another type", "P04", Part.Mime, "text/xml", "application/pdf"),
        M("part of another character set", "P04", Part.Mime, "charset=UTF-8", "charset=ISO-8859-1"),
        M("part not base64", "P05", Part.Mime, "Encoding: BASE64", "Encoding: quoted-printable"),
        M("base64 with strange characters", "P06", Part.Mime, @"\{\{BASE64\}\}", "{{BASE64}}\n*!*"),
        M("base64 empty", "P06", Part.Mime, @"\{\{BASE64\}\}", ""),
        M("content id of another document", "P07", Part.Mime, "Content-ID: <[^>]*>", "Content-ID: <1.2.3.4>"),
        new("closing boundary missing", "SIM-P12", Part.Mime, Last(@"--\s*$", "\n")),
        M("document cut short", "P08", Part.Signed, "</ClinicalDocument>", ""),
        M("document with a document type", "P09", Part.Signed, @"(<\?xml[^>]*\?>)", "$1<!DOCTYPE ClinicalDocument [<!ENTITY a 'b'>]>"),
        M("document nested too deep", "P10", Part.Signed, "</ClinicalDocument>", Nested(150) + "</ClinicalDocument>"),
        M("document declared as latin-1", "P11", Part.Signed, "encoding=\"UTF-8\"", "encoding=\"ISO-8859-1\""),
        new("document of another root", "SIM-D01", Part.Signed, t => t.Replace("ClinicalDocument", "Document", StringComparison.Ordinal)),
        M("document of another namespace", "D01", Part.Signed, "xmlns=\"urn:hl7-org:v3\"", "xmlns=\"urn:hl7-org:v4\""),
    ];
}
