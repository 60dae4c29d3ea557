using Booking.Host.Postgres;
using CareRecords.Practice;

namespace Booking.Host.Database;

/// <summary>Where the installation's files lie, and its configuration.</summary>
internal sealed record HostSettings(string Folder, IConfigurationRoot Configuration)
{
    /// <summary>Settings of this installation, written by `run --demo` or by hand.</summary>
    public string SettingsFile => Path.Combine(Folder, "settings.json");

    /// <summary>Master keys and certificates of our own: never inside the database's folder, nor in its backups.</summary>
    public string KeyFolder => Configuration["Keys:Folder"] is { Length: > 0 } named ? Path.GetFullPath(named) : Path.Combine(Folder, "keys");

    public string MasterKeyFile => Path.Combine(KeyFolder, "master.json");

    public string DataProtectionCertificate => Path.Combine(KeyFolder, "data-protection.pfx");

    /// <summary>Kept when the database is put back to a backup.</summary>
    public SeenEpochs SeenEpochs => new(Path.Combine(Folder, "epochs"));

    public string LogFolder => Path.Combine(Folder, "logs");

    /// <summary>Finds the data folder (--data, else Data:Folder or CARERECORDS_DATA, else .data where the program was started) and reads the settings.</summary>
    public static HostSettings Load(string? folder, IEnumerable<string> commandLine)
    {
        var arguments = commandLine.ToArray();
        var first = new ConfigurationBuilder().AddEnvironmentVariables().AddCommandLine(arguments).Build();
        var named = Path.GetFullPath(folder ?? first["Data:Folder"] ?? first["CARERECORDS_DATA"] ?? ".data");
        var place = DataFolder.Place(named);
        var configuration = new ConfigurationBuilder()
            .AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json"), optional: true)
            .AddJsonFile(Path.Combine(place, "settings.json"), optional: true)
            .AddEnvironmentVariables()
            .AddCommandLine(arguments)
            .Build();
        // Relative names in other modules' settings mean the data folder, not where the program happens to stand.
        configuration["Data:Folder"] = place;
        configuration["Mail:PickupFolder"] = Path.Combine(place, configuration["Mail:PickupFolder"] ?? "mail");
        return new HostSettings(place, configuration);
    }
}
