using System.Text.Encodings.Web;
using System.Text.Json;
using Booking.Host.Database;
using Booking.Host.Demo;

namespace Booking.Host.Verbs;

/// <summary>What a verb works with.</summary>
internal sealed record VerbContext(Arguments Arguments, TextWriter Out, TextWriter Error, CancellationToken Cancel)
{
    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public bool Json => Arguments.Has("json");

    /// <summary>Settings: appsettings.json, settings.json in the data folder, the environment, then the command line.</summary>
    public HostSettings Settings() => HostSettings.Load(Arguments.Value("data"), Arguments.Settings);

    /// <summary>The database (joined or started) and the modules' services on it, without a web server; dispose when done.</summary>
    public Task<OpenPractice> OpenAsync(bool migrate)
    {
        var settings = Settings();
        BesideSimulator.Join(settings);
        return OpenPractice.OpenAsync(settings, migrate, Cancel);
    }

    /// <summary>One JSON line with --json, else the text.</summary>
    public async Task ReportAsync(object json, string text) =>
        await Out.WriteLineAsync(Json ? JsonSerializer.Serialize(json, json.GetType(), _json) : text);
}
