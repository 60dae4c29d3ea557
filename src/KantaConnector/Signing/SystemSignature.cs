using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using KantaConnector.Documents;

namespace KantaConnector.Signing;

/// <summary>
/// The system signature (järjestelmäallekirjoitus) of a CDA R2 document: RSA-SHA256 over exclusively canonicalised references to the
/// signature's time and to the structured body; the header is not signed. Form as in published Medical Records test messages.
/// </summary>
internal static class SystemSignature
{
    private const string ExclusiveC14n = "http://www.w3.org/2001/10/xml-exc-c14n#";
    private const string RsaSha256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
    private const string Sha256 = "http://www.w3.org/2001/04/xmlenc#sha256";

    /// <param name="cda">The document without its signature, as <see cref="CdaBuilder"/> wrote it.</param>
    /// <param name="place">Byte positions that belong to it.</param>
    /// <param name="signedAt">Cut to whole seconds, written in UTC.</param>
    /// <param name="id">Makes the element ids; unique within the document.</param>
    /// <returns>The signed document.</returns>
    public static byte[] Sign(
        ReadOnlySpan<byte> cda, (int SignatureAt, int BodyStart, int BodyLength) place, SystemCertificate certificate, DateTimeOffset signedAt, Guid id)
    {
        var tail = id.ToString("N");
        var time = signedAt.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var bodyDigest = DigestBody(cda.Slice(place.BodyStart, place.BodyLength), out var bodyId);
        var timeDigest = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(
            $"<signatureTimestamp xmlns=\"urn:hl7finland\" ID=\"sigt_{tail}\">{time}</signatureTimestamp>")));

        var info = new CanonicalXmlWriter(2048);
        info.Start("SignedInfo"u8, Ns.XmlDsig)
            .Start("CanonicalizationMethod"u8).Attribute("Algorithm"u8, ExclusiveC14n).End()
            .Start("SignatureMethod"u8).Attribute("Algorithm"u8, RsaSha256).End();
        Reference(info, $"#sigt_{tail}", timeDigest);
        Reference(info, "#" + bodyId, bodyDigest);
        info.End();
        var value = certificate.Key.SignData(info.Written, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

        var xml = new CanonicalXmlWriter(8192);
        xml.Start("localHeader"u8, Ns.Hl7Finland);
        var start = xml.Position;
        xml.Start("signatureCollection"u8).Start("signature"u8).Attribute("ID"u8, $"sig1_{tail}")
            .Coded("signatureDescription"u8, CodeSets.SystemSignature)
            .Start("signatureTimestamp"u8).Attribute("ID"u8, $"sigt_{tail}").Text(time).End()
            .Start("Signature"u8, Ns.XmlDsig).Attribute("Id"u8, $"sig2_{tail}")
            .Verbatim("<SignedInfo"u8).Verbatim(info.Written[InfoStart.Length..])
            .Element("SignatureValue"u8, Convert.ToBase64String(value))
            .Start("KeyInfo"u8).Start("X509Data"u8).Element("X509Certificate"u8, certificate.Base64).End().End()
            .End().End().End();
        var signature = xml.Written[start..];

        var signed = new byte[cda.Length + signature.Length];
        cda[..place.SignatureAt].CopyTo(signed);
        signature.CopyTo(signed.AsSpan(place.SignatureAt));
        cda[place.SignatureAt..].CopyTo(signed.AsSpan(place.SignatureAt + signature.Length));
        return signed;
    }

    private static ReadOnlySpan<byte> InfoStart => "<SignedInfo xmlns=\"http://www.w3.org/2000/09/xmldsig#\""u8;

    /// <summary>The body stands in the document without the namespace it inherits; its canonical form begins with it.</summary>
    private static string DigestBody(ReadOnlySpan<byte> body, out string id)
    {
        var opening = "<structuredBody ID=\""u8;
        if (!body.StartsWith(opening) || !body.EndsWith("</structuredBody>"u8))
        {
            throw new InvalidOperationException("The stored positions do not enclose a structured body.");
        }
        var idLength = body[opening.Length..].IndexOf((byte)'"');
        id = Encoding.UTF8.GetString(body.Slice(opening.Length, idLength));
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData("<structuredBody xmlns=\"urn:hl7-org:v3\""u8);
        hash.AppendData(body["<structuredBody".Length..]);
        Span<byte> digest = stackalloc byte[32];
        hash.GetHashAndReset(digest);
        return Convert.ToBase64String(digest);
    }

    private static void Reference(CanonicalXmlWriter xml, string uri, string digest) => xml
        .Start("Reference"u8).Attribute("URI"u8, uri)
        .Start("Transforms"u8).Start("Transform"u8).Attribute("Algorithm"u8, ExclusiveC14n).End().End()
        .Start("DigestMethod"u8).Attribute("Algorithm"u8, Sha256).End()
        .Element("DigestValue"u8, digest).End();
}
