using System.Security.Cryptography;
using System.Text;

namespace Booking.Host.Postgres;

/// <summary>Where a private cluster and what belongs to it lie.</summary>
/// <param name="Folder">Holds locks, log and passwords.</param>
/// <param name="Data">The cluster's own folder (PGDATA), owned by the server's account.</param>
/// <param name="Socket">The folder of the Unix socket.</param>
internal sealed record ClusterPlace(string Folder, string Data, string Socket)
{
    // sockaddr_un takes 107 bytes; PostgreSQL adds "/.s.PGSQL.5432".
    private const int LongestSocketFolder = 107 - 15;

    public string StartLock => Path.Combine(Folder, "start.lock");
    public string UsersLock => Path.Combine(Folder, "users.lock");
    public string Secrets => Path.Combine(Folder, "passwords.json");
    public string Provisioned => Path.Combine(Folder, "provisioned");
    public string Log => Path.Combine(Data, "server.log");
    public string Version => Path.Combine(Data, "PG_VERSION");
    public string PidFile => Path.Combine(Data, "postmaster.pid");

    /// <summary>Lays the names out under a folder; a folder with a long path gets its socket under /tmp.</summary>
    public static ClusterPlace Under(string folder)
    {
        var near = Path.Combine(folder, "server", "socket");
        return new ClusterPlace(
            folder,
            Path.Combine(folder, "server", "data"),
            Encoding.UTF8.GetByteCount(near) <= LongestSocketFolder ? near : $"/tmp/carerecords-{Short(folder)}");
    }

    /// <summary>Ten hexadecimal digits that stand for a path.</summary>
    public static string Short(string path) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(path)))[..10];

    /// <summary>The server's process id, or null when its file is absent or the process is gone.</summary>
    public int? RunningProcess()
    {
        try
        {
            return File.Exists(PidFile)
                && int.TryParse(File.ReadLines(PidFile).FirstOrDefault(), out var pid)
                && File.Exists($"/proc/{pid}/stat")
                && File.ReadAllText($"/proc/{pid}/stat") is var stat
                && stat.Contains("(postgres)", StringComparison.Ordinal)
                // A killed server whose parent has not taken its exit code yet is a zombie, not a server.
                && !stat.Contains(") Z ", StringComparison.Ordinal)
                ? pid
                : null;
        }
        catch (IOException)
        {
            // The file or the process went away between two looks.
            return null;
        }
    }
}
