using Booking.Host.Database;
using CareRecords.Protection;
using Npgsql;

namespace Booking.Host.Web;

/// <summary>Starts the embedded PostgreSQL again when its process is gone; recovery after a kill takes some seconds.</summary>
internal sealed class DatabaseSupervisor(
    DatabaseAccess access, NpgsqlDataSource dataSource, KeyDatabase keys, TimeProvider clock, ILogger<DatabaseSupervisor> logger)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (access.Embedded is not { } cluster)
        {
            return;
        }

        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                if (await cluster.RestartIfGoneAsync(stoppingToken))
                {
                    // Pooled connections to the dead server would each fail once.
                    dataSource.Clear();
                    keys.DataSource.Clear();
                    logger.LogWarning("PostgreSQL was gone and has been started again");
                }
            }
            catch (StartupException e)
            {
                logger.LogError("PostgreSQL is gone and does not start: {Reason}", e.Message);
            }
        }
    }
}
