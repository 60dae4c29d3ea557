using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using KantaSimulator.Signature;

namespace KantaSimulator.Hosting;

/// <summary>The server's certificate and the authorities that it trusts, from files or from the development set.</summary>
internal sealed record Certificates(X509Certificate2 Server, TrustedCas ClientAuthorities)
{
    /// <exception cref="OptionException">Files are missing or unusable, and nothing says how to do without.</exception>
    public static Certificates Load(SimulatorOptions options, TimeProvider clock)
    {
        string? server = options.ServerCert, authority = options.ClientCa;
        if (server is null || authority is null)
        {
            var folder = options.DevCerts ?? throw new OptionException("no certificates: give --server-cert and --client-ca, or --dev-certs DIR to make a development set");
            try
            {
                DevCertificates.Ensure(folder, clock);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new OptionException($"development certificates cannot be made in {folder}: {e.Message}; give --dev-certs DIR, or --server-cert and --client-ca");
            }

            server ??= Path.Combine(folder, "server.pfx");
            authority ??= Path.Combine(folder, "ca.pem");
        }

        try
        {
            return new Certificates(LoadServer(server, options), TrustedCas.Load(authority));
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new OptionException($"certificates cannot be read: {e.Message}");
        }
    }

    private static X509Certificate2 LoadServer(string path, SimulatorOptions options)
    {
        if (File.ReadAllBytes(path).AsSpan().IndexOf("-----BEGIN"u8) < 0)
            return X509CertificateLoader.LoadPkcs12FromFile(path, options.ServerCertPassword);
        return options.ServerCertPassword is { } password
            ? X509Certificate2.CreateFromEncryptedPemFile(path, password, options.ServerKey)
            : X509Certificate2.CreateFromPemFile(path, options.ServerKey);
    }
}
