using System.Text.RegularExpressions;
using CareRecords.Access;
using CareRecords.Database;
using CareRecords.Practice;
using Npgsql;

namespace CareRecords.Treatments;

/// <summary>An authorisation to record care for an organiser who has bought it (ostopalvelun valtuutus).</summary>
/// <param name="ControllerId">Who produces the service, under this roof.</param>
/// <param name="CustomerOid">Who has bought it.</param>
/// <param name="RegisterControllerOid">Whose register (rekisterinpitäjä) the documents go into, with its kind (1.2.246.537.5.40172) and register code (…40150).</param>
/// <param name="PatientId">Null: for any patient.</param>
/// <param name="ServiceEventOid">The organiser's service event that the documents belong to; null: one of ours begins.</param>
public sealed record OutsourcingFacts(
    Guid Id, Guid ControllerId, string CustomerOid, string CustomerName, string RegisterControllerOid, string RegisterControllerName, string RegisterControllerKind,
    string RegisterCode, string? PatientId, string? ServiceEventOid, DateOnly ValidFrom, DateOnly ValidUntil, string RecordedByName, DateTimeOffset? EndedAt)
{
    /// <summary>Whether care of this patient on this day may be recorded under it. One that was ended counts no more, whatever the day.</summary>
    public bool Covers(string patientId, DateOnly day) => EndedAt is null && ValidFrom <= day && day <= ValidUntil && (PatientId is null || PatientId == patientId);
}

/// <summary>
/// Authorisations as an administrator records and ends them. Without one nothing goes into another's register; with one, controller, register and, if it
/// names one, service event come from it.
/// </summary>
public sealed partial class Outsourcings(UnitOfWork work, CurrentUser user, PracticeDirectory directory, AccessLog log, TimeProvider clock)
{
    /// <summary>Records one; the caller commits. The OIDs come from the authorisation: none is computed.</summary>
    public async Task<Outcome<Guid>> RecordAsync(OutsourcingFacts facts, CancellationToken cancel)
    {
        var refusals = new List<Refusal>();
        if ((await directory.GetAsync(cancel)).Controllers.All(controller => controller.Id != facts.ControllerId))
        {
            refusals.Add(new(nameof(facts.ControllerId), "Care.Outsourcing.Controller"));
        }

        foreach (var (field, oid) in new[] { (nameof(facts.CustomerOid), facts.CustomerOid), (nameof(facts.RegisterControllerOid), facts.RegisterControllerOid), (nameof(facts.ServiceEventOid), facts.ServiceEventOid ?? "1.2") })
        {
            if (oid.Length > 64 || !OidForm().IsMatch(oid))
            {
                refusals.Add(new(field, "Care.Outsourcing.Oid"));
            }
        }

        foreach (var (field, name) in new[] { (nameof(facts.CustomerName), facts.CustomerName), (nameof(facts.RegisterControllerName), facts.RegisterControllerName) })
        {
            if (string.IsNullOrWhiteSpace(name) || name.Length > 200 || !NoteRules.IsStorable(name))
            {
                refusals.Add(new(field, "Care.Outsourcing.Name"));
            }
        }

        if (facts.RegisterControllerKind is not ("1" or "2"))
        {
            refusals.Add(new(nameof(facts.RegisterControllerKind), "Care.Outsourcing.Kind"));
        }

        if (facts.RegisterCode is not { Length: > 0 and <= 3 } || !facts.RegisterCode.All(char.IsAsciiDigit))
        {
            refusals.Add(new(nameof(facts.RegisterCode), "Care.Outsourcing.Register"));
        }

        if (facts.ValidUntil < facts.ValidFrom)
        {
            refusals.Add(new(nameof(facts.ValidUntil), "Care.Outsourcing.Dates"));
        }

        if (facts.ServiceEventOid is not null && facts.PatientId is null)
        {
            refusals.Add(new(nameof(facts.PatientId), "Care.Outsourcing.PatientNeeded"));
        }

        if (refusals.Count > 0)
        {
            return Outcome.Refused<Guid>(refusals);
        }

        await work.ExecuteAsync(
            """
            insert into care.outsourcing (id, controller_id, customer_oid, customer_name, register_controller_oid, register_controller_name, register_controller_kind,
              register_code, patient_id, service_event_oid, valid_from, valid_until, recorded_by, recorded_by_name, recorded_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
            """,
            cancel, facts.Id, facts.ControllerId, facts.CustomerOid, facts.CustomerName.Trim(), facts.RegisterControllerOid, facts.RegisterControllerName.Trim(),
            facts.RegisterControllerKind, facts.RegisterCode, facts.PatientId, facts.ServiceEventOid, facts.ValidFrom, facts.ValidUntil, user.UserId ?? Guid.Empty,
            user.Name, clock.GetUtcNow());
        await LogAsync("create", facts.Id, facts.PatientId, facts.ControllerId, cancel);
        return facts.Id;
    }

    /// <summary>Ends one at once; false when there is none that runs. What was recorded under it stays and may be corrected. The caller commits.</summary>
    public async Task<bool> EndAsync(Guid id, CancellationToken cancel)
    {
        if (await FindAsync(work, id, cancel) is not { EndedAt: null } facts)
        {
            return false;
        }

        await work.ExecuteAsync("update care.outsourcing set ended_at = $2, ended_by_name = $3 where id = $1", cancel, id, clock.GetUtcNow(), user.Name);
        await LogAsync("update", id, facts.PatientId, facts.ControllerId, cancel);
        return true;
    }

    /// <summary>All, those that run first.</summary>
    public static Task<List<OutsourcingFacts>> AllAsync(UnitOfWork work, CancellationToken cancel) =>
        work.QueryAsync(Select + " order by o.ended_at is not null, o.valid_until desc, o.id", r => Read(r, 0), cancel).AsTask();

    /// <summary>Those under which this controller may record care of this patient on this day.</summary>
    public static async Task<List<OutsourcingFacts>> CoveringAsync(UnitOfWork work, Guid controllerId, string patientId, DateOnly day, CancellationToken cancel) =>
        (await work.QueryAsync(Select + " where o.controller_id = $1 and o.ended_at is null order by o.valid_until, o.id", r => Read(r, 0), cancel, controllerId))
        .FindAll(facts => facts.Covers(patientId, day));

    public static async Task<OutsourcingFacts?> FindAsync(UnitOfWork work, Guid id, CancellationToken cancel) =>
        (await work.QueryAsync(Select + " where o.id = $1", r => Read(r, 0), cancel, id)).SingleOrDefault();

    internal const string Columns =
        """
        o.id, o.controller_id, o.customer_oid, o.customer_name, o.register_controller_oid, o.register_controller_name, o.register_controller_kind, o.register_code,
          o.patient_id, o.service_event_oid, o.valid_from, o.valid_until, o.recorded_by_name, o.ended_at
        """;

    internal static OutsourcingFacts Read(NpgsqlDataReader r, int at) => new(
        r.GetGuid(at), r.GetGuid(at + 1), r.GetString(at + 2), r.GetString(at + 3), r.GetString(at + 4), r.GetString(at + 5), r.GetString(at + 6), r.GetString(at + 7),
        r.IsDBNull(at + 8) ? null : r.GetString(at + 8), r.IsDBNull(at + 9) ? null : r.GetString(at + 9), r.GetFieldValue<DateOnly>(at + 10),
        r.GetFieldValue<DateOnly>(at + 11), r.GetString(at + 12), r.IsDBNull(at + 13) ? null : r.GetFieldValue<DateTimeOffset>(at + 13));

    private const string Select = $"select {Columns} from care.outsourcing o";

    private ValueTask LogAsync(string interaction, Guid id, string? patientId, Guid controllerId, CancellationToken cancel) => log.RecordAsync(
        work,
        new AccessEntry
        {
            Interaction = interaction,
            ResourceType = "Outsourcing",
            ResourceId = id.ToString(),
            PatientIds = patientId is null ? [] : [patientId],
            ControllerId = controllerId,
            Purpose = "administration",
        },
        cancel);

    [GeneratedRegex(@"^[0-2](\.(0|[1-9][0-9]*))+\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex OidForm();
}
