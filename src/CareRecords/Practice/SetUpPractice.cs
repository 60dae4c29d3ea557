using CareRecords.Database;

namespace CareRecords.Practice;

/// <summary>Writes the practice, its controllers and the first installation epoch into an empty database.</summary>
public static class SetUpPractice
{
    /// <summary>What a practice is set up with.</summary>
    public sealed record Request
    {
        public required string Name { get; init; }
        public required KantaEnvironment Environment { get; init; }
        public required string OrganizationOid { get; init; }
        public DateOnly? JoinedArchiveOn { get; init; }
        public required IReadOnlyList<ControllerFacts> Controllers { get; init; }
    }

    /// <summary>False when the database already has a practice; nothing is changed then.</summary>
    public static async Task<bool> HandleAsync(UnitOfWork work, Request request, CancellationToken cancel)
    {
        var practiceId = Guid.CreateVersion7();
        var written = await work.ExecuteAsync(
            """
            insert into care.practice (id, name, environment, organization_oid, joined_archive_on) values ($1, $2, $3, $4, $5)
            on conflict (only_one) do nothing
            """,
            cancel, practiceId, request.Name, EnvironmentName(request.Environment), request.OrganizationOid, request.JoinedArchiveOn);
        if (written == 0)
        {
            return false;
        }

        await work.ExecuteAsync("insert into care.installation_epoch (epoch, reason) values (1, 'first installation')", cancel);
        foreach (var c in request.Controllers)
        {
            await work.ExecuteAsync(
                """
                insert into care.controller (id, practice_id, name, kind, controller_oid, producer_oid, producer_name, unit_oid, unit_name,
                  oid_root, register_code, temporary_id_root)
                values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
                """,
                cancel, c.Id, practiceId, c.Name, c.Kind, c.ControllerOid, c.ProducerOid, c.ProducerName, c.UnitOid, c.UnitName, c.OidRoot,
                c.RegisterCode, c.TemporaryIdRoot);
        }

        return true;
    }

    private static string EnvironmentName(KantaEnvironment environment) => environment switch
    {
        KantaEnvironment.Simulated => "simulated",
        KantaEnvironment.Test => "test",
        _ => "production",
    };
}
