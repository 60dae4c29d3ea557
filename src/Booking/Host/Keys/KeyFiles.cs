using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Booking.Host.Database;
using CareRecords.Protection;
using Npgsql;

namespace Booking.Host.Keys;

/// <summary>
/// The files without which stored data cannot be read: master keys, and the certificate that protects the sign-in key ring. They are made once,
/// while the database holds nothing yet; later a missing file stops the start.
/// </summary>
internal static class KeyFiles
{
    public static async Task EnsureAsync(HostSettings settings, DatabaseAccess access, CancellationToken cancel)
    {
        var missing = new[] { settings.MasterKeyFile, settings.DataProtectionCertificate }.Where(f => !File.Exists(f)).ToList();
        if (missing.Count == 0)
        {
            await RequireSearchKeysAsync(settings, access, cancel);
            return;
        }

        if (await HoldsAnythingAsync(access, cancel))
        {
            throw new StartupException(
                $"{string.Join(" and ", missing)} missing, but the database already holds data under these keys. Put the file back from its safe copy; "
                + "without it the data cannot be read, and a new key would not help.");
        }

        Directory.CreateDirectory(settings.KeyFolder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        if (!File.Exists(settings.MasterKeyFile))
        {
            MasterKeys.Create(settings.MasterKeyFile);
        }

        if (!File.Exists(settings.DataProtectionCertificate))
        {
            CreateCertificate(settings.DataProtectionCertificate);
        }
    }

    /// <summary>A file of after a rotation with a database of before it would find nothing, and say so to nobody.</summary>
    private static async Task RequireSearchKeysAsync(HostSettings settings, DatabaseAccess access, CancellationToken cancel)
    {
        await using var application = NpgsqlDataSource.Create(access.Application);
        await using var table = application.CreateCommand("select to_regclass('care.search_key') is not null");
        if (await table.ExecuteScalarAsync(cancel) is not true)
        {
            return;
        }

        await using var live = application.CreateCommand("select array_agg(epoch) from care.search_key where retired_at is null");
        var keys = MasterKeys.Load(settings.MasterKeyFile);
        if (await live.ExecuteScalarAsync(cancel) is short[] epochs && epochs.Where(e => !keys.HoldsSearchKey(e)).ToArray() is [var lacking, ..])
        {
            throw new StartupException(
                $"{settings.MasterKeyFile} lacks the key of search index epoch {lacking}, on which this database rests. Put back the copy of the file that belongs to "
                + "this database (after a restore: the one of the same age), start, and run `care keys rotate` again.");
        }
    }

    private static async Task<bool> HoldsAnythingAsync(DatabaseAccess access, CancellationToken cancel)
    {
        await using var keys = NpgsqlDataSource.Create(access.Keys);
        await using var dataKeys = keys.CreateCommand("select exists (select from data_key)");
        await using var application = NpgsqlDataSource.Create(access.Application);
        await using var practice = application.CreateCommand(
            "select exists (select from care.practice) or exists (select from host.data_protection_key)");
        return (bool)(await dataKeys.ExecuteScalarAsync(cancel))! || (bool)(await practice.ExecuteScalarAsync(cancel))!;
    }

    private static void CreateCertificate(string path)
    {
        using var key = RSA.Create(3072);
        var request = new CertificateRequest("CN=CareRecords sign-in key ring", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var now = TimeProvider.System.GetUtcNow();
        // Data protection asks for the private key alone: the dates limit nothing, rotation is a new file beside the old one.
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddYears(30));
        using var stream = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        stream.Write(certificate.Export(X509ContentType.Pkcs12));
        stream.Flush(flushToDisk: true);
    }
}
