namespace Booking.Host.Postgres;

/// <summary>Advisory locks on files (flock), released by the kernel when the holder dies.</summary>
internal static class FileLock
{
    /// <summary>Waits for the lock that one program holds at a time.</summary>
    public static async Task<FileStream> ExclusiveAsync(string path, TimeSpan patience, TimeProvider clock, CancellationToken cancel)
    {
        var begun = clock.GetTimestamp();
        while (true)
        {
            if (TryExclusive(path) is { } taken)
            {
                return taken;
            }

            if (clock.GetElapsedTime(begun) > patience)
            {
                throw new StartupException($"Another program has held {path} for {patience.TotalSeconds:0} s. Is a start or a stop hanging?");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), clock, cancel);
        }
    }

    /// <summary>Null when anyone holds it, shared or alone.</summary>
    public static FileStream? TryExclusive(string path) => Try(path, FileAccess.ReadWrite, FileShare.None);

    /// <summary>Held beside other shared holders. Taken only under the exclusive lock of another file, so it cannot be refused.</summary>
    public static FileStream Shared(string path) =>
        Try(path, FileAccess.Read, FileShare.Read) ?? throw new StartupException($"{path} is locked by a program that is not ours.");

    private static FileStream? Try(string path, FileAccess access, FileShare share)
    {
        try
        {
            return new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = access,
                Share = share,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
        }
        catch (IOException e) when (e is not (FileNotFoundException or DirectoryNotFoundException or PathTooLongException))
        {
            // .NET reports EWOULDBLOCK of flock as a sharing violation.
            return null;
        }
    }
}
