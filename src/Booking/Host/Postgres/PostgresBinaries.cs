namespace Booking.Host.Postgres;

/// <summary>Where initdb, pg_ctl and postgres are: the folders of PATH, else the newest of Debian's /usr/lib/postgresql/*/bin.</summary>
internal static class PostgresBinaries
{
    /// <summary>What an administrator types to get them; create_main_cluster off keeps Debian from starting a server of its own.</summary>
    public const string InstallHint =
        "Install the PostgreSQL server (./run.sh does so as root or by sudo), or set ConnectionStrings:CareRecords to a server of yours.";

    /// <summary>The folder; throws <see cref="StartupException"/> when there is none.</summary>
    public static string Find() => FromPath() ?? FromUsualFolders() ?? throw new StartupException($"No PostgreSQL server was found. {InstallHint}");

    private static readonly string[] _needed = ["initdb", "pg_ctl", "postgres"];

    private static string? FromPath() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .FirstOrDefault(IsComplete);

    private static string? FromUsualFolders() =>
        !Directory.Exists("/usr/lib/postgresql")
            ? null
            : Directory.GetDirectories("/usr/lib/postgresql")
                .OrderByDescending(d => int.TryParse(Path.GetFileName(d), out var version) ? version : 0)
                .Select(d => Path.Combine(d, "bin"))
                .FirstOrDefault(IsComplete);

    private static bool IsComplete(string folder) =>
        _needed.All(name => File.Exists(Path.Combine(folder, name)));
}
