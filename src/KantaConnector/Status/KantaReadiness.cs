using KantaConnector.Transport;

namespace KantaConnector.Status;

/// <param name="Purpose">signing or TLS client.</param>
/// <param name="Problem">Why it cannot be used; null when it can.</param>
/// <param name="WarnDays">30, 7 or 1 when it expires within that many days; null otherwise.</param>
public sealed record CertificateReport(string Purpose, string? Problem, DateTimeOffset? ValidUntil, int? WarnDays);

/// <summary>Whether this installation's certificates serve, for pages, health checks and the daily notice; reads files again when they change.</summary>
public sealed class KantaReadiness
{
    private readonly KantaCertificates certificates;
    private readonly TimeProvider clock;

    internal KantaReadiness(KantaCertificates certificates, TimeProvider clock) => (this.certificates, this.clock) = (certificates, clock);

    public IReadOnlyList<CertificateReport> Certificates() =>
    [
        Report("signing", certificates.Signing), Report("TLS client", certificates.Client),
        .. certificates.OfControllers.SelectMany(own => new[] { Report($"signing for {own.ControllerOid}", own.Signing), Report($"TLS client of {own.ControllerOid}", own.Client) }),
    ];

    private CertificateReport Report(string purpose, CertificateFile file)
    {
        var state = file.Current();
        return new CertificateReport(
            purpose, state.IsUsable ? null : state.Reason, state.Certificate?.Certificate.NotAfter.ToUniversalTime(), state.WarnAt(clock.GetUtcNow()));
    }
}
