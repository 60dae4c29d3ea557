using System.Security.Cryptography.X509Certificates;

namespace KantaSimulator.Signature;

/// <summary>The configured certificate authorities. Trust and validity in time are two questions, answered apart; nothing is fetched from the network.</summary>
internal sealed class TrustedCas(X509Certificate2Collection authorities)
{
    public static TrustedCas Load(string path)
    {
        var authorities = new X509Certificate2Collection();
        var bytes = File.ReadAllBytes(path);
        if (bytes.AsSpan().IndexOf("-----BEGIN"u8) >= 0)
            authorities.ImportFromPem(System.Text.Encoding.ASCII.GetString(bytes));
        else
            authorities.Add(X509CertificateLoader.LoadCertificate(bytes));
        return new TrustedCas(authorities);
    }

    /// <summary>True when the certificate chains to one of the authorities, whatever the dates.</summary>
    public bool Issued(X509Certificate2 certificate)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        foreach (var authority in authorities)
            (authority.SubjectName.RawData.AsSpan().SequenceEqual(authority.IssuerName.RawData) ? chain.ChainPolicy.CustomTrustStore : chain.ChainPolicy.ExtraStore)
                .Add(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationFlags = X509VerificationFlags.IgnoreNotTimeValid | X509VerificationFlags.IgnoreNotTimeNested;
        if (authorities.All(a => !a.SubjectName.RawData.AsSpan().SequenceEqual(a.IssuerName.RawData)))
            chain.ChainPolicy.VerificationFlags |= X509VerificationFlags.AllowUnknownCertificateAuthority;
        return chain.Build(certificate) && chain.ChainElements.Skip(1).Any(e => authorities.Any(a => a.RawData.AsSpan().SequenceEqual(e.Certificate.RawData)));
    }
}
