using Npgsql;

namespace Booking.Host.Database;

/// <summary>
/// Refuses a server that may lose what it acknowledged: fsync, full_page_writes and synchronous_commit must be on and data checksums present.
/// </summary>
internal static class DurabilityCheck
{
    /// <summary>Throws <see cref="StartupException"/> that names each wrong setting and what to change.</summary>
    public static async Task RequireAsync(NpgsqlDataSource dataSource, CancellationToken cancel)
    {
        var wrong = (await SettingsAsync(dataSource, cancel)).Where(s => s.Value == "off").Select(s => Advice(s.Key)).ToList();
        if (wrong.Count > 0)
        {
            throw new StartupException(
                $"The PostgreSQL server may lose data that it has acknowledged, so the program does not start. {string.Join(' ', wrong)}");
        }
    }

    /// <summary>The four settings as they hold for the application's role.</summary>
    public static async Task<Dictionary<string, string>> SettingsAsync(NpgsqlDataSource dataSource, CancellationToken cancel)
    {
        await using var command = dataSource.CreateCommand(
            "select name, setting from pg_settings where name in ('fsync', 'full_page_writes', 'synchronous_commit', 'data_checksums') order by name");
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancel))
        {
            settings[reader.GetString(0)] = reader.GetString(1);
        }

        return settings;
    }

    private static string Advice(string setting) => setting switch
    {
        "data_checksums" => "Data checksums are off: stop the server and run `pg_checksums --enable` on its data folder.",
        _ => $"{setting} is off: set `{setting} = on` in postgresql.conf (and for the role: `alter role … reset {setting}`), then reload.",
    };
}
