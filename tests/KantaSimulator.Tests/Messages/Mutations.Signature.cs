using System.Text.RegularExpressions;

namespace KantaSimulator.Tests.Messages;

// Mutations of the document after it was signed.
internal static partial class Mutations
{
    private const string ExclusiveC14N = "http://www.w3.org/2001/10/xml-exc-c14n#";

    private static IEnumerable<Mutation> Signatures() =>
    [
        M("signature missing", "G01", Part.Signed, "<signatureCollection>.*</signatureCollection>", ""),
        M("signature without a value", "G02", Part.Signed, "<Signature xmlns=.*?</Signature>", ""),
        M("two values in one signature", "G02", Part.Signed, "(<Signature xmlns=.*?</Signature>)", "$1$1"),
        M("signature of another kind", "G03", Part.Signed, "<signatureDescription code=\"3\"", "<signatureDescription code=\"1\""),
        M("kind of signature of another code set", "G03", Part.Signed, @"1\.2\.246\.537\.5\.40127\.2006", "1.2.246.537.5.40127.1999"),
        M("timestamp not in UTC", "G04", Part.Signed, "Z</signatureTimestamp>", "+03:00</signatureTimestamp>"),
        M("timestamp missing", "G04", Part.Signed, "<signatureTimestamp.*?</signatureTimestamp>", ""),
        M("inclusive canonicalization", "G05", Part.Signed, "<CanonicalizationMethod Algorithm=\"[^\"]*\"", "<CanonicalizationMethod Algorithm=\"http://www.w3.org/TR/2001/REC-xml-c14n-20010315\""),
        M("rsa-sha1", "G06", Part.Signed, "<SignatureMethod Algorithm=\"[^\"]*\"", "<SignatureMethod Algorithm=\"http://www.w3.org/2000/09/xmldsig#rsa-sha1\""),
        M("hmac instead of rsa", "G06", Part.Signed, "<SignatureMethod Algorithm=\"[^\"]*\"", "<SignatureMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#hmac-sha256\""),
        M("sha1 digest", "G07", Part.Signed, "<DigestMethod Algorithm=\"[^\"]*\"", "<DigestMethod Algorithm=\"http://www.w3.org/2000/09/xmldsig#sha1\""),
        M("enveloped transform", "G08", Part.Signed, "<Transform Algorithm=\"[^\"]*\"", "<Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\""),
        M("xslt transform beside the right one", "G08", Part.Signed, "<Transforms>", "<Transforms><Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xslt-19991116\"/>"),
        M("no transform", "G08", Part.Signed, "<Transforms>.*?</Transforms>", ""),
        M("inclusive prefixes in a transform", "G08", Part.Signed, $"<Transform Algorithm=\"{ExclusiveC14N}\"/>", $"<Transform Algorithm=\"{ExclusiveC14N}\"><InclusiveNamespaces xmlns=\"{ExclusiveC14N}\" PrefixList=\"hl7fi\"/></Transform>"),
        M("reference to another body", "G09", Part.Signed, "(<Reference URI=\"#)OID[^\"]*", "${1}OID1.2.246.537.10.15675350.91007.3150.5.0"),
        M("reference to the network", "G09", Part.Signed, "(<Reference URI=\")#OID[^\"]*", "${1}http://127.0.0.1:9/body.xml"),
        M("reference to the whole document", "G09", Part.Signed, "(<Reference URI=\")#OID[^\"]*", "$1"),
        M("timestamp not referenced", "G10", Part.Signed, "<Reference URI=\"#sigt.*?</Reference>", ""),
        M("body not referenced", "G11", Part.Signed, "<Reference URI=\"#OID.*?</Reference>", ""),
        new("reference to a section only", "SIM-G22", Part.Signed, t => Regex.Replace(t, "<Reference URI=\"#OID[^\"]*", $"<Reference URI=\"#{Regex.Match(t, "<section ID=\"([^\"]*)\"").Groups[1].Value}")),
        M("timestamp altered", "G12", Part.Signed, "([0-9])Z</signatureTimestamp>", "${1}.5Z</signatureTimestamp>"),
        M("digest of the timestamp altered", "G12", Part.Signed, "<DigestValue>.{4}", "<DigestValue>AAAA"),
        M("a space added to the body", "G13", Part.Signed, "(<structuredBody[^>]*>)", "$1 "),
        M("a word of the text altered", "G13", Part.Signed, "(<structuredBody.*?<content>)", "$1Ei "),
        M("a default attribute added to the body", "G13", Part.Signed, "(<relatedSubject classCode=\"PAT\")", "$1 typeCode=\"SBJ\""),
        E("a name in a service event's body altered", "G13", Part.Signed, "(<structuredBody.*<family>)[^<]*", "$1TOINEN"),
        M("signature value altered", "G14", Part.Signed, "<SignatureValue>.{4}", "<SignatureValue>AAAA"),
        M("signature value empty", "G14", Part.Signed, "<SignatureValue>.*?</SignatureValue>", "<SignatureValue></SignatureValue>"),
        M("signed digest exchanged for a right one of another body", "G14", Part.Signed, "(<Reference URI=\"#OID.*?<DigestValue>).{8}", "${1}AAAAAAAA"),
        M("certificate missing", "G15", Part.Signed, "<X509Certificate>.*?</X509Certificate>", ""),
        M("certificate unreadable", "G15", Part.Signed, "<X509Certificate>.{8}", "<X509Certificate>AAAAAAAA"),
    ];
}
