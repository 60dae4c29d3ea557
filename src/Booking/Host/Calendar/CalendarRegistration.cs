using Booking.Attention;
using Booking.Host.Database;
using Booking.Treatments;
using Quartz;

namespace Booking.Host.Calendar;

/// <summary>
/// Quartz is the calendar and nothing more: it wakes use cases that are safe to run twice or on two nodes, and no truth is kept in it. Modules add
/// their jobs by calling AddQuartz again.
/// </summary>
internal static class CalendarRegistration
{
    public static IServiceCollection AddCalendar(this IServiceCollection services, DatabaseAccess access, IConfiguration configuration)
    {
        if (!configuration.GetValue("Calendar:Enabled", true))
        {
            return services;
        }

        services.AddQuartz(q =>
        {
            q.UsePersistentStore(store => store
                .UsePostgres(access.Application)
                .ConfigureStore(o => o.TablePrefix = QuartzTables.Prefix)
                .UseClustering(_ => { }));
            q.ScheduleJob<AttentionNoticeJob>(t => t.WithIdentity("attention-notice").WithCronSchedule("0 0/5 * * * ?"));
            q.ScheduleJob<ForgetIdempotencyKeys>(t => t.WithIdentity("forget-idempotency-keys").WithCronSchedule("0 30 3 * * ?"));
            q.ScheduleJob<ExpireProposals>(t => t.WithIdentity("expire-proposals").WithCronSchedule("0 7 * * * ?"));
        });
        return services.AddQuartzHostedService(o =>
        {
            o.WaitForJobsToComplete = true;
            o.AwaitApplicationStarted = true;
        });
    }
}
