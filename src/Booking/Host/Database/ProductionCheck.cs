using Npgsql;

namespace Booking.Host.Database;

/// <summary>
/// What a practice that works with the real archive must not be started with: settings meant for trying out lose mails, show developers' pages, or
/// send session cookies in the clear. A practice not set up yet, or on a simulated or test archive, starts with any of them.
/// </summary>
internal static class ProductionCheck
{
    /// <summary>Throws <see cref="StartupException"/> that names each wrong setting and what to change.</summary>
    public static async Task RequireAsync(HostSettings settings, NpgsqlDataSource dataSource, CancellationToken cancel)
    {
        await using var command = dataSource.CreateCommand("select environment = 'production' from care.practice");
        if (await command.ExecuteScalarAsync(cancel) is not true)
        {
            return;
        }

        var faults = Faults(settings.Configuration).ToList();
        if (faults.Count > 0)
        {
            throw new StartupException($"This practice works with the real archive, so the program does not start. {string.Join(' ', faults)}");
        }
    }

    /// <summary>One sentence a fault.</summary>
    public static IEnumerable<string> Faults(IConfiguration configuration)
    {
        if (string.IsNullOrEmpty(configuration["Mail:Host"]))
        {
            yield return "Mail:Host is empty: confirmations and codes would only be files on this machine. Set it to your SMTP server.";
        }

        if (!Uri.TryCreate(configuration["Mail:PublicAddress"], UriKind.Absolute, out var address) || address.Scheme != Uri.UriSchemeHttps || address.IsLoopback)
        {
            yield return "Mail:PublicAddress is not an https address: links in mails would lead nowhere. Set it to the address that customers use.";
        }

        if (configuration.GetValue("Postgres:AllowLoss", false))
        {
            yield return "Postgres:AllowLoss is on: acknowledged records may be lost. Remove the setting.";
        }

        if (configuration.GetValue("Fhir:Conformance", false))
        {
            yield return "Fhir:Conformance is on: /fhir would be open to any type. Remove the setting.";
        }

        if (string.Equals(configuration["Environment"] ?? configuration["ASPNETCORE_ENVIRONMENT"], Environments.Development, StringComparison.OrdinalIgnoreCase))
        {
            yield return "Environment is Development: errors would be shown with their details. Set it to Production.";
        }

        if (!ServedOverTls(configuration))
        {
            yield return "Nothing is served over https: set Kestrel:Endpoints to an https address with its certificate, or Proxy:Known to the proxy that ends TLS.";
        }
    }

    private static bool ServedOverTls(IConfiguration configuration) =>
        !string.IsNullOrEmpty(configuration["Proxy:Known"])
        || (configuration["urls"] ?? "").Contains("https://", StringComparison.OrdinalIgnoreCase)
        || configuration.GetSection("Kestrel:Endpoints").GetChildren().Any(e => e["Url"]?.StartsWith("https://", StringComparison.OrdinalIgnoreCase) == true);
}
