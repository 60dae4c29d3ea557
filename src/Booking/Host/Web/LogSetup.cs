using System.Globalization;
using Booking.Host.Database;
using Serilog;
using Serilog.Events;

namespace Booking.Host.Web;

/// <summary>
/// Serilog to the console and to one file a day in the data folder. Entries carry ids, route patterns and counts; the framework's own lines that
/// would hold addresses or values are above the level.
/// </summary>
internal static class LogSetup
{
    private const string Line = "{Timestamp:yyyy-MM-ddTHH:mm:ss.fffzzz} {Level:u3} {SourceContext} {Message:lj}{NewLine}{Exception}";

    public static void Apply(WebApplicationBuilder builder, HostSettings settings)
    {
        var logger = new LoggerConfiguration()
            .MinimumLevel.Information()
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .MinimumLevel.Override("Microsoft.Hosting.Lifetime", LogEventLevel.Warning)
            .MinimumLevel.Override("Npgsql", LogEventLevel.Warning)
            .MinimumLevel.Override("Quartz", LogEventLevel.Warning)
            // EF Core's command log prints failing statements with their texts; the exception itself reaches our own log.
            .MinimumLevel.Override("Microsoft.EntityFrameworkCore.Database.Command", LogEventLevel.Fatal)
            .ReadFrom.Configuration(builder.Configuration)
            .Enrich.FromLogContext()
            .WriteTo.Console(outputTemplate: Line, formatProvider: CultureInfo.InvariantCulture, restrictedToMinimumLevel: ConsoleLevel(builder.Configuration))
            .WriteTo.File(
                Path.Combine(settings.LogFolder, "carerecords-.log"), outputTemplate: Line, formatProvider: CultureInfo.InvariantCulture,
                rollingInterval: RollingInterval.Day, retainedFileCountLimit: 30, fileSizeLimitBytes: 100_000_000, rollOnFileSizeLimit: true, shared: true)
            .CreateLogger();
        builder.Logging.ClearProviders();
        builder.Logging.AddSerilog(logger, dispose: true);
    }

    private static LogEventLevel ConsoleLevel(ConfigurationManager configuration) =>
        Enum.TryParse<LogEventLevel>(configuration["Log:Console"], out var level) ? level : LogEventLevel.Warning;
}
