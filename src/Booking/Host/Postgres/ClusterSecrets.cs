using System.Security.Cryptography;
using System.Text.Json;

namespace Booking.Host.Postgres;

/// <summary>The generated passwords of a cluster's three roles, in a file that only we can read, outside the cluster's folder.</summary>
internal sealed record ClusterSecrets(string Superuser, string Owner, string Application)
{
    /// <summary>Reads the file, or null when set-up has not made it yet.</summary>
    public static ClusterSecrets? Read(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<ClusterSecrets>(File.ReadAllText(path));
        }
        catch (JsonException e)
        {
            throw new StartupException($"{path} is damaged. Put it back from its copy, or set new passwords in the cluster.", e);
        }
    }

    /// <summary>Makes new passwords and stores them durably.</summary>
    public static ClusterSecrets Create(string path)
    {
        var secrets = new ClusterSecrets(New(), New(), New());
        using var stream = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        JsonSerializer.Serialize(stream, secrets);
        stream.Flush(flushToDisk: true);
        return secrets;
    }

    private static string New() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
}
