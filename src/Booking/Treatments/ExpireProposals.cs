using CareRecords;
using CareRecords.Database;
using CareRecords.Treatments;
using Quartz;

namespace Booking.Treatments;

/// <summary>Destroys additional data that no customer answered in time.</summary>
[DisallowConcurrentExecution]
internal sealed class ExpireProposals(UnitOfWork work, CurrentUser user, AdditionalData data) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        user.Become(null, "CareRecords", UserRole.System);
        await data.ExpireAsync(cancellationToken);
        await work.CommitAsync(cancellationToken);
    }
}
