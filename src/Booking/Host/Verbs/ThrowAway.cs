namespace Booking.Host.Verbs;

/// <summary>Data folders of runs that keep nothing: in memory where there is /dev/shm, with every durability setting as in production.</summary>
internal static class ThrowAway
{
    public static string Folder(string purpose) =>
        Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"carerecords-{purpose}-{Guid.NewGuid():N}"[..28]);
}
