using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Xml;
using KantaSimulator.Rules;
using KantaSimulator.Xml;

namespace KantaSimulator.Signature;

/// <summary>
/// Verifies the system signature (järjestelmäallekirjoitus) below <c>localHeader/signatureCollection</c>: two references, to the signature's own
/// timestamp and to the document's structuredBody, exclusive C14N, SHA-256, RSA PKCS#1 v1.5. The header is not signed. Rules SIM-G….
/// </summary>
internal sealed class SystemSignature(TrustedCas authorities, TimeProvider clock)
{
    private const string ExclusiveC14NAlgorithm = "http://www.w3.org/2001/10/xml-exc-c14n#";
    private const string RsaSha256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
    private const string Sha256 = "http://www.w3.org/2001/04/xmlenc#sha256";

    public SignatureReport? Verify(XmlElement document, Findings findings)
    {
        var signatures = document.At("localHeader/signatureCollection").Elements("signature").ToList();
        if (signatures.Count == 0)
        {
            findings.Add(Rulebook.SignatureMissing, document.At("localHeader") ?? document);
            return null;
        }

        var reports = signatures.ConvertAll(s => VerifyOne(document, s, findings));
        return reports[0];
    }

    private SignatureReport VerifyOne(XmlElement document, XmlElement signature, Findings findings)
    {
        var description = signature.At("signatureDescription");
        findings.AddUnless(description.Attr("codeSystem") == "1.2.246.537.5.40127.2006" && description.Attr("code") is "3" or "4", Rulebook.SignatureDescription,
            description ?? signature, $"{description.Attr("code")} {description.Attr("codeSystem")}");
        var timestamp = signature.At("signatureTimestamp");
        var time = ReadTimestamp(timestamp, signature, findings);
        var report = new SignatureReport { Id = signature.Attr("ID") ?? "", Timestamp = timestamp.Squeezed() };

        var values = signature.Elements("Signature").Where(e => e.NamespaceURI == XmlNav.Dsig).ToList();
        if (values is not [{ } value] || value.At("SignedInfo") is not { } signedInfo || signature.At("multipleDocumentSignature") is not null)
        {
            findings.Add(Rulebook.SignatureStructure, signature, $"{values.Count} ds:Signature elements with SignedInfo are read, multipleDocumentSignature is not");
            return report;
        }

        Algorithms(signedInfo, findings);
        report = References(document, timestamp, signedInfo, report, findings);
        return Value(value, signedInfo, time, report, findings);
    }

    private DateTimeOffset? ReadTimestamp(XmlElement? timestamp, XmlElement signature, Findings findings)
    {
        var text = timestamp?.InnerText ?? "";
        if (!text.EndsWith('Z') || !DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
        {
            findings.Add(Rulebook.SignatureTimestamp, timestamp ?? signature, text);
            return null;
        }

        if (time > clock.GetUtcNow().AddMinutes(10))
            findings.Add(Rulebook.TimestampFarOff, timestamp, text);
        return time;
    }

    private static void Algorithms(XmlElement signedInfo, Findings findings)
    {
        Check("CanonicalizationMethod", ExclusiveC14NAlgorithm, Rulebook.Canonicalization);
        Check("SignatureMethod", RsaSha256, Rulebook.SignatureMethod);
        foreach (var reference in signedInfo.Elements("Reference"))
        {
            findings.AddUnless(reference.AttrAt("DigestMethod", "Algorithm") == Sha256, Rulebook.DigestMethod, reference, reference.AttrAt("DigestMethod", "Algorithm") ?? "none");
            var transforms = reference.At("Transforms").Elements("Transform").ToList();
            findings.AddUnless(transforms is [var only] && only.Attr("Algorithm") == ExclusiveC14NAlgorithm && !only.Elements().Any(), Rulebook.Transform, reference,
                string.Join(", ", transforms.Select(t => t.Attr("Algorithm"))));
        }

        void Check(string element, string algorithm, Rule rule)
        {
            var where = signedInfo.At(element);
            findings.AddUnless(where.Attr("Algorithm") == algorithm && !where.Elements().Any(), rule, where ?? signedInfo, where.Attr("Algorithm") ?? "none");
        }
    }

    private static SignatureReport References(XmlElement document, XmlElement? timestamp, XmlElement signedInfo, SignatureReport report, Findings findings)
    {
        var body = document.At("component/structuredBody");
        foreach (var reference in signedInfo.Elements("Reference"))
        {
            var uri = reference.Attr("URI") ?? "";
            var targets = uri.StartsWith('#')
                ? document.DescendantElements().Where(e => (e.Attr("ID") ?? e.Attr("Id")) == uri[1..]).ToList() : [];
            if (targets is not [var target])
            {
                findings.Add(Rulebook.ReferenceTarget, reference, $"{uri}: {targets.Count} elements");
                continue;
            }

            var claimed = reference.At("DigestValue").Squeezed();
            var computed = Convert.ToBase64String(SHA256.HashData(ExclusiveC14N.Canonicalize(target)));
            if (target == timestamp)
            {
                report = report with { ClaimedTimestampDigest = claimed, ComputedTimestampDigest = computed };
                findings.AddUnless(claimed == computed, Rulebook.TimestampDigest, reference, $"claimed {claimed}, computed {computed}");
            }
            else if (target == body)
            {
                report = report with { ClaimedBodyDigest = claimed, ComputedBodyDigest = computed };
                findings.AddUnless(claimed == computed, Rulebook.BodyDigest, reference, $"claimed {claimed}, computed {computed}");
            }
            else
            {
                findings.Add(Rulebook.ReferenceCount, reference, uri);
            }
        }

        findings.AddUnless(report.ComputedTimestampDigest.Length > 0, Rulebook.TimestampNotSigned, signedInfo);
        findings.AddUnless(report.ComputedBodyDigest.Length > 0, Rulebook.BodyNotSigned, signedInfo);
        return report;
    }

    private SignatureReport Value(XmlElement value, XmlElement signedInfo, DateTimeOffset? time, SignatureReport report, Findings findings)
    {
        using var certificate = ReadCertificate(value.At("KeyInfo/X509Data/X509Certificate"), value, findings);
        if (certificate is null)
            return report;
        using var key = certificate.GetRSAPublicKey();
        if (key is null || key.KeySize < 2048)
            findings.Add(Rulebook.CertificateKey, value.At("KeyInfo"), key is null ? certificate.GetKeyAlgorithm() : $"{key.KeySize} bits");
        var verifies = key is not null && TryBase64(value.At("SignatureValue").Squeezed(), out var bytes)
            && key.VerifyData(ExclusiveC14N.Canonicalize(signedInfo), bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        findings.AddUnless(verifies, Rulebook.SignatureValue, value.At("SignatureValue") ?? value);

        var trusted = authorities.Issued(certificate);
        findings.AddUnless(trusted, Rulebook.CertificateChain, value.At("KeyInfo"), certificate.Issuer);
        DateTimeOffset from = certificate.NotBefore, to = certificate.NotAfter;
        var now = clock.GetUtcNow();
        findings.AddUnless(from <= now && now <= to, Rulebook.CertificateNotValidNow, value.At("KeyInfo"), $"{from:u} – {to:u}");
        findings.AddUnless(time is null || (from <= time && time <= to), Rulebook.CertificateNotValidThen, value.At("KeyInfo"), $"{from:u} – {to:u}, signed {time:u}");
        var usage = certificate.Extensions.OfType<X509KeyUsageExtension>().FirstOrDefault();
        findings.AddUnless(usage is null || (usage.KeyUsages & (X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.NonRepudiation)) != 0,
            Rulebook.CertificateUsage, value.At("KeyInfo"), $"{usage?.KeyUsages}");
        return report with
        {
            ValueVerifies = verifies,
            Subject = certificate.Subject,
            Issuer = certificate.Issuer,
            NotBefore = $"{from:u}",
            NotAfter = $"{to:u}",
            ChainTrusted = trusted,
        };
    }

    private static X509Certificate2? ReadCertificate(XmlElement? element, XmlElement value, Findings findings)
    {
        try
        {
            if (element is not null && TryBase64(element.Squeezed(), out var bytes))
                return X509CertificateLoader.LoadCertificate(bytes);
        }
        catch (CryptographicException e)
        {
            findings.Add(Rulebook.CertificateMissing, element, e.Message);
            return null;
        }

        findings.Add(Rulebook.CertificateMissing, element ?? value, element is null ? "absent" : "not base64");
        return null;
    }

    private static bool TryBase64(string text, out byte[] bytes)
    {
        var compact = text.Replace(" ", "", StringComparison.Ordinal);
        bytes = new byte[compact.Length];
        if (!Convert.TryFromBase64String(compact, bytes, out var length))
            return false;
        Array.Resize(ref bytes, length);
        return true;
    }
}
