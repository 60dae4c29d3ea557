using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Security.Cryptography.Xml;
using System.Xml;
using KantaConnector.Documents;

namespace KantaConnector.Signing;

/// <param name="Digest">Base64, recomputed from the document; equal to <paramref name="Stated"/> when intact.</param>
internal sealed record SignedReference(string Uri, string Stated, string Digest);

/// <summary>
/// What a check of a document's system signature found. The certificate's validity is told apart from the signature's:
/// an old document stays intact when its certificate has expired.
/// </summary>
internal sealed record SignatureReport
{
    public required IReadOnlyList<string> Problems { get; init; }
    public IReadOnlyList<SignedReference> References { get; init; } = [];
    public DateTimeOffset? SignedAt { get; init; }
    public string? CertificateSubject { get; init; }
    public DateTimeOffset? CertificateFrom { get; init; }
    public DateTimeOffset? CertificateUntil { get; init; }
    public bool Intact => Problems.Count == 0;
    public bool CertificateWasValidAtSigning => SignedAt >= CertificateFrom && SignedAt <= CertificateUntil;
}

/// <summary>
/// Verifies a system signature with System.Security.Cryptography.Xml, code that shares nothing with the writer. Only the algorithms of the
/// profile are taken, both references must name this signature's time and this document's body, and an id that occurs twice is refused,
/// so that a signed part cannot be swapped for another.
/// </summary>
internal static class SignatureVerifier
{
    private const string Hl7 = "urn:hl7-org:v3";
    private const string Finland = "urn:hl7finland";

    public static SignatureReport Verify(ReadOnlyMemory<byte> cda)
    {
        var dom = SafeXml.Dom(cda);
        var names = new XmlNamespaceManager(dom.NameTable);
        names.AddNamespace("v3", Hl7);
        names.AddNamespace("fi", Finland);
        names.AddNamespace("ds", SignedXml.XmlDsigNamespaceUrl);
        var signatures = dom.SelectNodes("/v3:ClinicalDocument/fi:localHeader/fi:signatureCollection/fi:signature", names)!;
        if (signatures.Count != 1)
        {
            return new SignatureReport { Problems = [$"{signatures.Count} signatures, one expected"] };
        }
        var signature = (XmlElement)signatures[0]!;
        var time = signature.SelectSingleNode("fi:signatureTimestamp", names) as XmlElement;
        var body = dom.SelectSingleNode("/v3:ClinicalDocument/v3:component/v3:structuredBody", names) as XmlElement;
        var ds = signature.SelectSingleNode("ds:Signature", names) as XmlElement;
        if (time is null || body is null || ds is null)
        {
            return new SignatureReport { Problems = ["the signature's time, the body or the XML signature is missing"] };
        }
        return Check(dom, ds, time, body);
    }

    private static SignatureReport Check(XmlDocument dom, XmlElement ds, XmlElement time, XmlElement body)
    {
        var problems = new List<string>();
        var signed = new IdAwareSignedXml(dom);
        X509Certificate2? certificate = null;
        var references = new List<SignedReference>();
        try
        {
            signed.LoadXml(ds);
            var info = signed.SignedInfo!;
            Require(info.CanonicalizationMethod == SignedXml.XmlDsigExcC14NTransformUrl, "canonicalisation is not exclusive c14n");
            Require(info.SignatureMethod == SignedXml.XmlDsigRSASHA256Url, "signature method is not RSA-SHA256");
            var expected = new[] { time, body };
            Require(info.References.Count == 2, "not exactly two references");
            foreach (Reference reference in info.References)
            {
                Require(reference.DigestMethod == SignedXml.XmlDsigSHA256Url, "digest method is not SHA-256");
                Require(reference.TransformChain.Count == 1 && reference.TransformChain[0] is XmlDsigExcC14NTransform, "transform is not exclusive c14n");
                var target = expected.FirstOrDefault(element => reference.Uri == "#" + element.GetAttribute("ID"));
                Require(target is not null, $"reference {reference.Uri} is neither the signature's time nor the body");
                if (target is not null)
                {
                    Require(signed.CountIds(target.GetAttribute("ID")) == 1, $"id {target.GetAttribute("ID")} occurs more than once");
                    references.Add(new SignedReference(reference.Uri!, Convert.ToBase64String(reference.DigestValue!), Digest(target)));
                }
            }
            Require(references.DistinctBy(reference => reference.Uri).Count() == 2, "time and body are not both signed");
            foreach (var reference in references.Where(reference => reference.Stated != reference.Digest))
            {
                problems.Add($"digest of {reference.Uri} does not match");
            }
            certificate = signed.KeyInfo.OfType<KeyInfoX509Data>().SelectMany(data => data.Certificates?.Cast<X509Certificate2>() ?? []).FirstOrDefault();
            Require(certificate is not null, "no certificate");
            Require(problems.Count > 0 || signed.CheckSignature(certificate!, verifySignatureOnly: true), "the signature value does not match");
        }
        catch (CryptographicException error)
        {
            problems.Add($"the XML signature cannot be read: {error.Message}");
        }
        catch (FormatException error)
        {
            problems.Add($"the XML signature cannot be read: {error.Message}");
        }
        var known = DateTimeOffset.TryParse(time.InnerText, null, System.Globalization.DateTimeStyles.AssumeUniversal, out var at);
        Require(known, "the signature's time is not a time");
        return new SignatureReport
        {
            Problems = problems,
            References = references,
            SignedAt = known ? at : null,
            CertificateSubject = certificate?.Subject,
            CertificateFrom = certificate?.NotBefore,
            CertificateUntil = certificate?.NotAfter,
        };

        void Require(bool holds, string problem)
        {
            if (!holds)
            {
                problems.Add(problem);
            }
        }
    }

    /// <summary>SHA-256 over the exclusive canonical form of an element in the namespaces it inherits, base64.</summary>
    private static string Digest(XmlElement element)
    {
        var alone = new XmlDocument { PreserveWhitespace = true, XmlResolver = null };
        var copy = (XmlElement)alone.ImportNode(element, deep: true);
        foreach (var (prefix, uri) in element.CreateNavigator()!.GetNamespacesInScope(XmlNamespaceScope.ExcludeXml))
        {
            copy.SetAttribute(prefix.Length == 0 ? "xmlns" : "xmlns:" + prefix, uri);
        }
        alone.AppendChild(copy);
        var transform = new XmlDsigExcC14NTransform();
        transform.LoadInput(alone);
        using var canonical = (Stream)transform.GetOutput(typeof(Stream));
        return Convert.ToBase64String(SHA256.HashData(canonical));
    }

    private sealed class IdAwareSignedXml(XmlDocument document) : SignedXml(document)
    {
        private readonly ILookup<string, XmlElement> ids = document.SelectNodes("//*[@ID or @Id]")!.Cast<XmlElement>()
            .ToLookup(element => element.HasAttribute("ID") ? element.GetAttribute("ID") : element.GetAttribute("Id"));

        public int CountIds(string id) => ids[id].Count();

        public override XmlElement? GetIdElement(XmlDocument? document, string idValue) =>
            ids[idValue].Count() == 1 ? ids[idValue].Single() : null;
    }
}
