using KantaConnector.Tests.Fixtures;
using KantaConnector.Transport;
using Microsoft.Extensions.Time.Testing;
using Shouldly;

namespace KantaConnector.Tests.Transport;

public sealed class CertificateFileTests : IDisposable
{
    private readonly TestCertificates certificates = new();
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 6, 1, 0, 0, 0, TimeSpan.Zero));

    public void Dispose() => certificates.Dispose();

    [Fact]
    public void Current_NoFile_IsMissing() =>
        new CertificateFile(new CertificateSource { File = Path.Combine(certificates.Folder, "none.pem") }, clock).Current().Status.ShouldBe(CertificateStatus.Missing);

    [Fact]
    public void Current_NothingConfigured_IsMissing()
    {
        using var file = new CertificateFile(new CertificateSource(), clock);
        file.IsConfigured.ShouldBeFalse();
        file.Current().Status.ShouldBe(CertificateStatus.Missing);
    }

    [Fact]
    public void Current_Garbage_IsUnreadableUntilItIsWhole()
    {
        var path = Path.Combine(certificates.Folder, "client.pem");
        File.WriteAllText(path, "-----BEGIN CERT");
        using var file = new CertificateFile(new CertificateSource { File = path, KeyFile = Path.Combine(certificates.Folder, "client-key.pem") }, clock);
        file.Current().Status.ShouldBe(CertificateStatus.Unreadable);
        certificates.Client();
        clock.Advance(TimeSpan.FromSeconds(2));
        file.Current().Status.ShouldBe(CertificateStatus.Valid);
    }

    [Theory]
    [InlineData(-1, nameof(CertificateStatus.Expired), null)]
    [InlineData(0.5, nameof(CertificateStatus.Valid), 1)]
    [InlineData(6, nameof(CertificateStatus.Valid), 7)]
    [InlineData(29, nameof(CertificateStatus.Valid), 30)]
    [InlineData(31, nameof(CertificateStatus.Valid), null)]
    public void Current_TowardsExpiry_Warns(double days, string status, int? warning)
    {
        using var file = new CertificateFile(certificates.Client(until: clock.GetUtcNow().AddDays(days)), clock);
        var state = file.Current();
        state.Status.ToString().ShouldBe(status);
        state.WarnAt(clock.GetUtcNow()).ShouldBe(warning);
    }

    [Fact]
    public void Current_StartsTomorrow_IsNotYetValid()
    {
        using var file = new CertificateFile(certificates.Client(from: clock.GetUtcNow().AddDays(1)), clock);
        file.Current().Status.ShouldBe(CertificateStatus.NotYetValid);
    }

    [Fact]
    public void Current_RenewedInPlace_IsUsedWithoutRestart()
    {
        var source = certificates.Client(until: clock.GetUtcNow().AddDays(-1));
        using var file = new CertificateFile(source, clock);
        file.Current().Status.ShouldBe(CertificateStatus.Expired);
        certificates.Client();
        File.SetLastWriteTimeUtc(source.File, File.GetLastWriteTimeUtc(source.File).AddSeconds(2));
        clock.Advance(TimeSpan.FromSeconds(2));
        file.Current().Status.ShouldBe(CertificateStatus.Valid);
    }
}
