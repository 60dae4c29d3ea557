using System.Security.Cryptography.X509Certificates;
using KantaSimulator.Rules;
using KantaSimulator.Signature;

namespace KantaSimulator.Hosting;

/// <summary>Who may connect: a certificate that chains to the configured CA and is valid by the simulator's clock.</summary>
internal sealed class ClientCertificateCheck(TrustedCas authorities, TimeProvider clock)
{
    /// <summary>The rule that the certificate breaks; null when it is accepted.</summary>
    public Rule? Judge(X509Certificate2? certificate)
    {
        if (certificate is null)
            return Rulebook.ClientCertificateMissing;
        if (!authorities.Issued(certificate))
            return Rulebook.ClientCertificateUntrusted;
        DateTimeOffset from = certificate.NotBefore, to = certificate.NotAfter, now = clock.GetUtcNow();
        return from <= now && now <= to ? null : Rulebook.ClientCertificateExpired;
    }
}
