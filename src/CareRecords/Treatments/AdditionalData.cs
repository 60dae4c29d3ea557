using CareRecords.Access;
using CareRecords.Database;
using CareRecords.Protection;

namespace CareRecords.Treatments;

/// <summary>A piece of additional data: not received for or used in care, so kept only as the customer approves.</summary>
/// <param name="Text">Null once declined or expired: destroyed.</param>
/// <param name="State">proposed, approved, declined, expired.</param>
public sealed record AdditionalDatum(
    Guid Id, string PatientId, Guid ControllerId, string ProposedByName, string Title, string? Text, DateTimeOffset ProposedAt,
    DateTimeOffset ExpiresAt, string State, DateTimeOffset? DecidedAt, string? DecidedHow, Guid ProposedBy);

/// <summary>Proposes additional data and carries out the customer's decision; until then it is encrypted outside the resource store.</summary>
public sealed class AdditionalData(
    UnitOfWork work, CurrentUser user, FieldCipher cipher, TreatmentResources resources, AccessLog log, TimeProvider clock)
{
    /// <summary>How long a proposal waits for an answer before its content is destroyed.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(30);

    /// <summary>Longest text in characters.</summary>
    public const int LongestText = 10_000;

    public async Task<Outcome<Guid>> ProposeAsync(string patientId, Guid controllerId, string title, string text, CancellationToken cancel)
    {
        if (string.IsNullOrWhiteSpace(title) || title.Length > 200 || !NoteRules.IsStorable(title))
        {
            return new Refusal("Title", "Care.Extra.TitleNeeded");
        }

        if (string.IsNullOrWhiteSpace(text) || text.Length > LongestText || !NoteRules.IsStorable(text))
        {
            return new Refusal("Text", "Care.Extra.TextNeeded");
        }

        var (id, now) = (Guid.CreateVersion7(), clock.GetUtcNow());
        await work.ExecuteAsync(
            """
            insert into care.additional_data (id, patient_id, controller_id, proposed_by, proposed_by_name, title, content, proposed_at, expires_at, state)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'proposed')
            """,
            cancel, id, patientId, controllerId, user.UserId ?? Guid.Empty, user.Name, title.Trim(),
            await cipher.EncryptTextAsync(KeyScope.Patient(patientId), Place(id), text, cancel), now, now + Lifetime);
        await RecordAsync("create", id, patientId, controllerId, "proposed", cancel);
        return id;
    }

    /// <summary>Newest first. The caller logs the read.</summary>
    public async Task<List<AdditionalDatum>> OfPatientAsync(string patientId, CancellationToken cancel)
    {
        var rows = await work.QueryAsync(
            """
            select id, patient_id, controller_id, proposed_by_name, title, content, proposed_at, expires_at, state, decided_at, decided_how, proposed_by
            from care.additional_data where patient_id = $1 order by proposed_at desc
            """,
            r => (
                Datum: new AdditionalDatum(
                    r.GetGuid(0), r.GetString(1), r.GetGuid(2), r.GetString(3), r.GetString(4), null, r.GetFieldValue<DateTimeOffset>(6),
                    r.GetFieldValue<DateTimeOffset>(7), r.GetString(8), r.IsDBNull(9) ? null : r.GetFieldValue<DateTimeOffset>(9),
                    r.IsDBNull(10) ? null : r.GetString(10), r.GetGuid(11)),
                Content: r.IsDBNull(5) ? null : r.GetFieldValue<byte[]>(5)),
            cancel, patientId);
        var data = new List<AdditionalDatum>(rows.Count);
        foreach (var (datum, content) in rows)
        {
            data.Add(datum with { Text = await cipher.DecryptTextAsync(Place(datum.Id), content, cancel) });
        }

        return data;
    }

    /// <summary>
    /// The customer's answer to a proposal about herself. Approved, it becomes a resource with a Consent; declined, the content is destroyed and only
    /// the fact stays. False when there is nothing to decide: unknown, another's, decided or expired.
    /// </summary>
    /// <param name="how">portal, or practitioner_device at the visit.</param>
    public async Task<bool> DecideAsync(string patientId, Guid id, bool approve, string how, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        await work.ExecuteAsync("select 1 from care.additional_data where id = $1 for update", cancel, id);
        var datum = (await OfPatientAsync(patientId, cancel)).SingleOrDefault(d => d.Id == id);
        if (datum is not { State: "proposed", Text: not null } || datum.ExpiresAt <= now)
        {
            return false;
        }

        if (approve)
        {
            var resourceId = await resources.WriteApprovedDataAsync(work, datum, user, how, now, cancel);
            await work.ExecuteAsync(
                "update care.additional_data set state = 'approved', decided_at = $2, decided_how = $3, resource_id = $4 where id = $1", cancel, id, now,
                how, resourceId);
        }
        else
        {
            await work.ExecuteAsync(
                "update care.additional_data set state = 'declined', decided_at = $2, decided_how = $3, content = null where id = $1", cancel, id, now, how);
        }

        await RecordAsync(approve ? "approve" : "decline", id, patientId, datum.ControllerId, how, cancel);
        return true;
    }

    /// <summary>
    /// Takes back what this practitioner proposed at a visit that was opened on the wrong customer, before she has decided on it: it is proposed to the right
    /// one, if there is one, and its content is destroyed here. The caller commits.
    /// </summary>
    internal async Task TakeBackAsync(VisitFacts wrong, VisitFacts? right, CancellationToken cancel)
    {
        var since = TakeBackVisit.OpenedAt(wrong);
        foreach (var datum in (await OfPatientAsync(wrong.PatientId, cancel))
            .Where(d => d is { State: "proposed", Text: not null } && d.ProposedBy == user.UserId && d.ControllerId == wrong.ControllerId && d.ProposedAt >= since))
        {
            if (await work.ExecuteAsync(
                "update care.additional_data set state = 'expired', content = null, title = '–', decided_at = $2 where id = $1 and state = 'proposed'", cancel, datum.Id,
                clock.GetUtcNow()) == 0)
            {
                continue;
            }

            await RecordAsync("delete", datum.Id, wrong.PatientId, datum.ControllerId, "proposed to the wrong customer", cancel);
            if (right is not null)
            {
                await ProposeAsync(right.PatientId, right.ControllerId, datum.Title, datum.Text!, cancel);
            }
        }
    }

    /// <summary>
    /// Destroys the content of proposals that nobody answered in time and logs each; returns how many. The caller commits. Safe to run twice and on
    /// several nodes.
    /// </summary>
    public async Task<int> ExpireAsync(CancellationToken cancel)
    {
        var expired = await work.QueryAsync(
            """
            update care.additional_data set state = 'expired', content = null, decided_at = $1 where state = 'proposed' and expires_at <= $1
            returning id, patient_id, controller_id
            """,
            r => (Id: r.GetGuid(0), Patient: r.GetString(1), Controller: r.GetGuid(2)), cancel, clock.GetUtcNow());
        foreach (var (id, patient, controller) in expired)
        {
            await RecordAsync("delete", id, patient, controller, "expired", cancel);
        }

        return expired.Count;
    }

    private ValueTask RecordAsync(string interaction, Guid id, string patientId, Guid controllerId, string detail, CancellationToken cancel) =>
        log.RecordAsync(
            work,
            new AccessEntry
            {
                Interaction = interaction,
                ResourceType = "AdditionalData",
                ResourceId = id.ToString(),
                PatientIds = [patientId],
                ControllerId = controllerId,
                Purpose = interaction switch { "create" => "treatment", "delete" => "administration", _ => "patient_request" },
                Detail = detail,
            },
            cancel);

    private static FieldPlace Place(Guid id) => new("care.additional_data.content", id.ToString("N"));
}
