using System.Diagnostics;
using System.Text.Json;
using Booking.Host.Database;

namespace Booking.Host.Demo;

/// <summary>
/// What <c>run --simulator</c> points the connector at, kept beside the simulator's ledger while it runs, so that a verb started meanwhile talks to the same one.
/// </summary>
internal static class BesideSimulator
{
    private static readonly string[] Keys =
        ["Kanta:Endpoint", "Kanta:Appointments:Endpoint", "Kanta:Appointments:Enabled", "Kanta:SenderOid", "Kanta:ClientCertificate:File", "Kanta:ServerCaFile"];

    public static void Write(HostSettings settings, int process) => File.WriteAllText(
        Place(settings), JsonSerializer.Serialize(Keys.Where(k => settings.Configuration[k] is not null).ToDictionary(k => k, k => settings.Configuration[k]!)
            .Append(new("process", process.ToString(System.Globalization.CultureInfo.InvariantCulture))).ToDictionary()));

    /// <summary>For a verb: an archive that the settings name comes first, and a simulator that has ended counts for nothing.</summary>
    public static void Join(HostSettings settings)
    {
        if (settings.Configuration["Kanta:Endpoint"] is { Length: > 0 } || !File.Exists(Place(settings)))
        {
            return;
        }

        var kept = JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllText(Place(settings)))!;
        if (!kept.Remove("process", out var process) || !IsAlive(process))
        {
            return;
        }

        foreach (var (key, value) in kept)
        {
            settings.Configuration[key] = value;
        }
    }

    private static string Place(HostSettings settings) => Path.Combine(settings.Folder, "simulator", "connector.json");

    private static bool IsAlive(string process)
    {
        try
        {
            using var running = Process.GetProcessById(int.Parse(process, System.Globalization.CultureInfo.InvariantCulture));
            return !running.HasExited;
        }
        catch (ArgumentException)
        {
            // There is no such process.
            return false;
        }
    }
}
