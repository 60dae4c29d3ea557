using System.Diagnostics.Metrics;
using CareRecords.Database;
using CareRecords.Treatments;
using KantaConnector.Status;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace Booking.Attention;

/// <summary>What waits in the whole practice, by the age of its clock, and what keeps documents from leaving.</summary>
internal sealed record AttentionFigures(
    long NotWritten, long NotSigned, long NotSent, long Refused, long Over24, long Over72, long Over96, double OldestHours, string? Hold, string? Fault,
    int? CertificateDays)
{
    /// <summary>0, 24, 72 or 96.</summary>
    public int Alarm => Over96 > 0 ? 96 : Over72 > 0 ? 72 : Over24 > 0 ? 24 : 0;

    public static async Task<AttentionFigures> ReadAsync(UnitOfWork work, KantaReadiness readiness, DateTimeOffset now, CancellationToken cancel)
    {
        var records = await FiveDays.CountAsync(work, now, cancel);
        var documents = await Submissions.CountOpenAsync(work, now, cancel);
        var way = await Submissions.WayAsync(work, cancel);
        var oldest = new[] { records.Oldest, documents.Oldest }.Min();
        return new AttentionFigures(
            records.NotWritten, records.NotSigned, documents.Unsent, documents.Refused, records.Over24 + documents.Over24, records.Over72 + documents.Over72,
            records.Over96 + documents.Over96, oldest is { } from ? Math.Max(0, (now - from).TotalHours) : 0, way.Hold, way.Fault,
            readiness.Certificates().Min(c => c.WarnDays));
    }
}

/// <summary>
/// Looks once a minute: writes a rising alarm to the log, and keeps the figures for <c>/health/archive</c> and the meter <c>CareRecords.Attention</c>.
/// </summary>
internal sealed class AttentionWatch : BackgroundService
{
    public const string MeterName = "CareRecords.Attention";
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);
    private readonly NpgsqlDataSource _database;
    private readonly KantaReadiness _readiness;
    private readonly TimeProvider _clock;
    private readonly ILogger<AttentionWatch> _logger;
    private readonly Meter _meter = new(MeterName);
    private int _said;

    public AttentionWatch(NpgsqlDataSource database, KantaReadiness readiness, TimeProvider clock, ILogger<AttentionWatch> logger)
    {
        (_database, _readiness, _clock, _logger) = (database, readiness, clock, logger);
        _meter.CreateObservableGauge("attention.open", () => Latest is not { } f ? [] : new[]
        {
            new Measurement<long>(f.NotWritten, new KeyValuePair<string, object?>("state", "not_written")),
            new Measurement<long>(f.NotSigned, new KeyValuePair<string, object?>("state", "not_signed")),
            new Measurement<long>(f.NotSent, new KeyValuePair<string, object?>("state", "not_sent")),
            new Measurement<long>(f.Refused, new KeyValuePair<string, object?>("state", "refused")),
        });
        _meter.CreateObservableGauge("attention.over", () => Latest is not { } f ? [] : new[]
        {
            new Measurement<long>(f.Over24, new KeyValuePair<string, object?>("hours", 24)),
            new Measurement<long>(f.Over72, new KeyValuePair<string, object?>("hours", 72)),
            new Measurement<long>(f.Over96, new KeyValuePair<string, object?>("hours", 96)),
        });
        _meter.CreateObservableGauge("attention.oldest", () => Latest?.OldestHours ?? 0, "h");
    }

    /// <summary>Null until the first look.</summary>
    public AttentionFigures? Latest { get; private set; }

    public async Task LookAsync(CancellationToken cancel)
    {
        await using var work = new UnitOfWork(_database);
        var figures = await AttentionFigures.ReadAsync(work, _readiness, _clock.GetUtcNow(), cancel);
        Latest = figures;
        if (figures.Alarm > _said)
        {
            _logger.LogWarning(
                "Alarm: {Over24} records or documents have waited over 24 h, {Over72} over 72 h, {Over96} over 96 h of their 120 h.", figures.Over24,
                figures.Over72, figures.Over96);
        }

        _said = figures.Alarm;
    }

    public override void Dispose()
    {
        _meter.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, _clock);
        try
        {
            do
            {
                try
                {
                    await LookAsync(stoppingToken);
                }
                catch (NpgsqlException e)
                {
                    _logger.LogWarning("What needs attention could not be counted: {Reason}", e.Message);
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            _logger.LogDebug("The watch over the five days stops.");
        }
    }
}

/// <summary>Degraded from 24 h, a fault on the way or a certificate about to expire; unhealthy from 96 h or when nothing can be sent.</summary>
internal sealed class ArchiveHealth(AttentionWatch watch) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (watch.Latest is null)
        {
            try
            {
                await watch.LookAsync(cancellationToken);
            }
            catch (NpgsqlException e)
            {
                return HealthCheckResult.Unhealthy("the database does not answer", e);
            }
        }

        return watch.Latest! switch
        {
            { Alarm: 96 } or { Hold: not null } => HealthCheckResult.Unhealthy(),
            { Alarm: > 0 } or { Fault: not null } or { CertificateDays: not null } or { Refused: > 0 } => HealthCheckResult.Degraded(),
            _ => HealthCheckResult.Healthy(),
        };
    }
}
