namespace Booking.Host.Postgres;

/// <summary>
/// Decides where the data folder really is. As root the server runs as `postgres`; where that account cannot enter the folder named (a home
/// folder of 0700, say), everything lies under /var/lib/carerecords instead, one folder for each name.
/// </summary>
internal static class DataFolder
{
    private const string SystemFolder = "/var/lib/carerecords";

    /// <summary>The folder, made if it was missing; nobody else may list it.</summary>
    public static string Place(string named)
    {
        var place = !Environment.IsPrivilegedProcess || AnyoneCanEnter(named)
            ? named
            : Path.Combine(SystemFolder, $"{Path.GetFileName(Path.GetDirectoryName(named))}-{ClusterPlace.Short(named)}");
        const UnixFileMode Enter = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
            | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        if (!Directory.Exists(place))
        {
            Directory.CreateDirectory(place, Enter);
        }

        return place;
    }

    private static bool AnyoneCanEnter(string named)
    {
        for (var folder = named; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (Directory.Exists(folder) && !File.GetUnixFileMode(folder).HasFlag(UnixFileMode.OtherExecute))
            {
                return false;
            }
        }

        return true;
    }
}
