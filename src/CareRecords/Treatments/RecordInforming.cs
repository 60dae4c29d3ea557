using CareRecords.Access;
using CareRecords.Database;
using CareRecords.Practice;
using Npgsql;

namespace CareRecords.Treatments;

/// <summary>One act of informing, permission or denial as recorded here.</summary>
/// <param name="Kind">kanta_informing, disclosure_permission or denial.</param>
/// <param name="Elsewhere">Given in OmaKanta or at another provider, and noted here.</param>
/// <param name="Scope">Of a denial: all, provider or event.</param>
/// <param name="EmergencyAllowed">Of a denial: what it covers may be disclosed in an emergency all the same.</param>
public sealed record InformingFacts(
    Guid Id, string PatientId, Guid? ControllerId, string Kind, string TextVersion, DateOnly GivenOn, Guid? PractitionerId, string RecordedByName,
    DateTimeOffset RecordedAt, bool Elsewhere, string? Scope, string? ServiceEventOid, Withdrawal? Withdrawn, bool EmergencyAllowed = false);

/// <summary>That a permission or a denial was taken back, from which day on, and who recorded it.</summary>
public sealed record Withdrawal(DateOnly On, Guid? PractitionerId, string RecordedByName, DateTimeOffset RecordedAt);

/// <summary>
/// Records that the patient was informed of Kanta, that she permits disclosure, or that she denies it: with the text's version, the date and the recorder;
/// and that a permission or a denial was withdrawn. Missing informing never stops archiving, but a permission or a denial needs it first.
/// </summary>
public sealed class RecordInforming(
    UnitOfWork work, CurrentUser user, PracticeDirectory directory, AccessLog log, TimeProvider clock, IEnumerable<IInformingRecorded> listeners)
{
    public const string Kanta = "kanta_informing";
    public const string Permission = "disclosure_permission";
    public const string Denial = "denial";

    public sealed record Request
    {
        public required string PatientId { get; init; }
        public required Guid ControllerId { get; init; }
        public required string Kind { get; init; }
        public required string TextVersion { get; init; }
        public DateOnly? GivenOn { get; init; }
        public bool Elsewhere { get; init; }

        /// <summary>Of a denial: all, provider or event.</summary>
        public string? Scope { get; init; }

        /// <summary>Of a denial: what it covers may be disclosed in an emergency all the same.</summary>
        public bool EmergencyAllowed { get; init; }

        /// <summary>The service event that a denial of scope event names.</summary>
        public string? ServiceEventOid { get; init; }
    }

    /// <summary>The caller has checked the right to the patient and commits. The same act once more is the first one.</summary>
    public async Task<Outcome<Guid>> HandleAsync(Request request, CancellationToken cancel)
    {
        var refusals = new List<Refusal>();
        if (request.Kind is not (Kanta or Permission or Denial))
        {
            refusals.Add(new(nameof(request.Kind), "Care.Informing.KindNeeded"));
        }

        if (string.IsNullOrWhiteSpace(request.TextVersion) || request.TextVersion.Length > 40 || !NoteRules.IsStorable(request.TextVersion))
        {
            refusals.Add(new(nameof(request.TextVersion), "Care.Informing.VersionNeeded"));
        }

        if (await FutureAsync(request.GivenOn, cancel) is { } key)
        {
            refusals.Add(new(nameof(request.GivenOn), key));
        }

        if (request.Kind == Denial && request.Scope is not ("all" or "provider" or "event"))
        {
            refusals.Add(new(nameof(request.Scope), "Care.Informing.ScopeNeeded"));
        }

        // One at a time for each patient: a form sent twice finds what the first one wrote.
        await work.ExecuteAsync("select pg_advisory_xact_lock(hashtextextended('care.informing ' || $1, 0))", cancel, request.PatientId);
        var before = await AllAsync(work, request.PatientId, cancel);
        if (request.Kind is Permission or Denial && before.TrueForAll(act => act.Kind != Kanta))
        {
            refusals.Add(new(nameof(request.Kind), "Care.Informing.First"));
        }

        if (refusals.Count > 0)
        {
            return Outcome.Refused<Guid>(refusals);
        }

        var scope = request.Kind == Denial ? request.Scope : null;
        var emergency = request.Kind == Denial && request.EmergencyAllowed;
        var serviceEvent = scope == "event" ? request.ServiceEventOid : null;
        if (before.Find(act => act.Withdrawn is null && act.ControllerId == request.ControllerId && act.Kind == request.Kind && act.GivenOn == request.GivenOn
            && act.TextVersion == request.TextVersion.Trim() && act.Scope == scope && act.ServiceEventOid == serviceEvent && act.EmergencyAllowed == emergency) is { } same)
        {
            return same.Id;
        }

        var id = Guid.CreateVersion7();
        await work.ExecuteAsync(
            """
            insert into care.informing (id, patient_id, kind, text_version, given_on, recorded_by, recorded_by_name, recorded_at, controller_id, practitioner_id,
              elsewhere, scope, service_event_oid, emergency_allowed)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
            """,
            cancel, id, request.PatientId, request.Kind, request.TextVersion.Trim(), request.GivenOn!.Value, user.UserId ?? Guid.Empty, user.Name, clock.GetUtcNow(),
            request.ControllerId, user.PractitionerId, request.Elsewhere, scope, serviceEvent, emergency);
        await ToldAsync(id, 1, cancel);
        await LogAsync("create", id, request.PatientId, request.ControllerId, request.Kind, cancel);
        return id;
    }

    /// <summary>Takes a permission or a denial of this controller back. The caller has checked the right to the patient and commits.</summary>
    public async Task<Outcome<Guid>> WithdrawAsync(Guid id, string patientId, Guid controllerId, DateOnly? on, CancellationToken cancel)
    {
        if (await FutureAsync(on, cancel) is { } key)
        {
            return new Refusal("WithdrawnOn", key);
        }

        var withdrawn = await work.ExecuteAsync(
            """
            update care.informing set withdrawn_at = $4, withdrawn_on = $5, withdrawn_by = $6, withdrawn_by_name = $7
            where id = $1 and patient_id = $2 and controller_id = $3 and kind in ('disclosure_permission', 'denial') and withdrawn_at is null and given_on <= $5
            """,
            cancel, id, patientId, controllerId, clock.GetUtcNow(), on!.Value, user.PractitionerId, user.Name);
        if (withdrawn == 0)
        {
            return new Refusal("", "Care.Informing.NotWithdrawn");
        }

        await ToldAsync(id, 2, cancel);
        await LogAsync("update", id, patientId, controllerId, "withdrawn", cancel);
        return id;
    }

    /// <summary>
    /// Newest first, as a practitioner of this controller sees them: informing is once for a client, but a permission or a denial that was recorded under
    /// another controller is not shown to her.
    /// </summary>
    public static async Task<List<InformingFacts>> OfPatientAsync(UnitOfWork work, string patientId, Guid controllerId, CancellationToken cancel) =>
        (await AllAsync(work, patientId, cancel)).FindAll(act => act.Kind == Kanta || act.ControllerId == controllerId);

    /// <summary>Everything, newest first: as the patient sees it.</summary>
    public static Task<List<InformingFacts>> AllAsync(UnitOfWork work, string patientId, CancellationToken cancel) =>
        work.QueryAsync(Columns + " where patient_id = $1 order by recorded_at desc, id desc", Read, cancel, patientId).AsTask();

    /// <summary>One act; null when there is none.</summary>
    public static async Task<InformingFacts?> FindAsync(UnitOfWork work, Guid id, CancellationToken cancel) =>
        (await work.QueryAsync(Columns + " where id = $1", Read, cancel, id)).SingleOrDefault();

    private const string Columns =
        """
        select id, patient_id, controller_id, kind, text_version, given_on, practitioner_id, recorded_by_name, recorded_at, elsewhere, scope, service_event_oid,
          withdrawn_on, withdrawn_by, withdrawn_by_name, withdrawn_at, emergency_allowed from care.informing
        """;

    private static InformingFacts Read(NpgsqlDataReader r) => new(
        r.GetGuid(0), r.GetString(1), r.IsDBNull(2) ? null : r.GetGuid(2), r.GetString(3), r.GetString(4), r.GetFieldValue<DateOnly>(5),
        r.IsDBNull(6) ? null : r.GetGuid(6), r.GetString(7), r.GetFieldValue<DateTimeOffset>(8), r.GetBoolean(9), r.IsDBNull(10) ? null : r.GetString(10),
        r.IsDBNull(11) ? null : r.GetString(11),
        r.IsDBNull(12) ? null : new Withdrawal(r.GetFieldValue<DateOnly>(12), r.IsDBNull(13) ? null : r.GetGuid(13), r.GetString(14), r.GetFieldValue<DateTimeOffset>(15)),
        r.GetBoolean(16));

    private async Task<string?> FutureAsync(DateOnly? day, CancellationToken cancel)
    {
        var zone = (await directory.GetAsync(cancel)).Zone;
        return day is { } date && date <= DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(clock.GetUtcNow(), zone).DateTime) ? null : "Care.Informing.Future";
    }

    private async Task ToldAsync(Guid id, int version, CancellationToken cancel)
    {
        foreach (var listener in listeners)
        {
            await listener.RecordedAsync(id, version, work, cancel);
        }
    }

    private ValueTask LogAsync(string interaction, Guid id, string patientId, Guid controllerId, string detail, CancellationToken cancel) => log.RecordAsync(
        work,
        new AccessEntry
        {
            Interaction = interaction,
            ResourceType = "Consent",
            ResourceId = id.ToString(),
            PatientIds = [patientId],
            ControllerId = controllerId,
            Purpose = "treatment",
            Detail = detail,
        },
        cancel);
}
