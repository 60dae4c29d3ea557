using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Security.Cryptography.Xml;
using KantaSimulator.Xml;

namespace KantaSimulator.Tests.Samples;

/// <summary>Signs own samples with the framework's canonicalisation, which is another implementation than the simulator's.</summary>
internal sealed class Signer(X509Certificate2 certificate)
{
    public string Sign(string document)
    {
        document = document.Replace("{{CERTIFICATE}}", Convert.ToBase64String(certificate.RawData), StringComparison.Ordinal)
            .Replace("{{DIGEST-TIME}}", Digest(document, "signatureTimestamp"), StringComparison.Ordinal)
            .Replace("{{DIGEST-BODY}}", Digest(document, "structuredBody"), StringComparison.Ordinal);
        using var key = certificate.GetRSAPrivateKey()!;
        var value = key.SignData(Canonical(document, "SignedInfo"), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return document.Replace("{{VALUE}}", Convert.ToBase64String(value), StringComparison.Ordinal);
    }

    private static string Digest(string document, string element) => Convert.ToBase64String(SHA256.HashData(Canonical(document, element)));

    /// <summary>Exclusive C14N by System.Security.Cryptography.Xml of the first element of that name; nothing when there is none.</summary>
    public static byte[] Canonical(string document, string element)
    {
        var found = SafeXml.Load(document).Document?.DocumentElement?.DescendantElements().FirstOrDefault(e => e.LocalName == element);
        if (found is null)
            return [];

        // The framework needs the inherited declarations on the element itself; OuterXml writes them there.
        var transform = new XmlDsigExcC14NTransform();
        transform.LoadInput(SafeXml.Load(found.OuterXml).Document!);
        using var output = (MemoryStream)transform.GetOutput(typeof(Stream));
        return output.ToArray();
    }
}
