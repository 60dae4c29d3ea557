using Quartz;

namespace Booking.Host.Calendar;

/// <summary>
/// The statements that make Quartz's tables, from the script inside its own assembly: the library would run it at start, but the application's
/// role may not create tables.
/// </summary>
internal static class QuartzTables
{
    public const string Prefix = "host.qrtz_";
    private const string Script = "Quartz.Impl.AdoJobStore.Schema.create_postgres.sql";

    public static IEnumerable<string> Statements()
    {
        using var stream = typeof(IScheduler).Assembly.GetManifestResourceStream(Script)
            ?? throw new InvalidOperationException($"This version of Quartz has no {Script}: look for its new name.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd()
            .Replace("{0}", Prefix, StringComparison.Ordinal)
            .Replace("{1}", "qrtz_", StringComparison.Ordinal)
            .Split("\n--;;")
            .Where(s => s.Contains("CREATE", StringComparison.Ordinal))
            .ToList();
    }
}
