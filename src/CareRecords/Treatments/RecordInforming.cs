using CareRecords.Access;
using CareRecords.Database;
using CareRecords.Practice;

namespace CareRecords.Treatments;

/// <summary>One act of informing, permission or denial as recorded here.</summary>
public sealed record InformingFacts(Guid Id, string Kind, string TextVersion, DateOnly GivenOn, string RecordedByName, DateTimeOffset RecordedAt);

/// <summary>Records that the patient was informed of Kanta, with the text's version and the date. Missing informing never stops archiving.</summary>
public sealed class RecordInforming(UnitOfWork work, CurrentUser user, PracticeDirectory directory, AccessLog log, TimeProvider clock)
{
    /// <summary>Refuses a date in the future.</summary>
    public async Task<Outcome<Guid>> HandleAsync(string patientId, string kind, string textVersion, DateOnly givenOn, CancellationToken cancel)
    {
        if (string.IsNullOrWhiteSpace(textVersion) || textVersion.Length > 40 || !NoteRules.IsStorable(textVersion))
        {
            return new Refusal("TextVersion", "Care.Informing.VersionNeeded");
        }

        var zone = (await directory.GetAsync(cancel)).Zone;
        if (givenOn > DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(clock.GetUtcNow(), zone).DateTime))
        {
            return new Refusal("GivenOn", "Care.Informing.Future");
        }

        var id = Guid.CreateVersion7();
        await work.ExecuteAsync(
            """
            insert into care.informing (id, patient_id, kind, text_version, given_on, recorded_by, recorded_by_name, recorded_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8)
            """,
            cancel, id, patientId, kind, textVersion.Trim(), givenOn, user.UserId ?? Guid.Empty, user.Name, clock.GetUtcNow());
        await log.RecordAsync(
            work, new AccessEntry { Interaction = "create", ResourceType = "Consent", ResourceId = id.ToString(), PatientIds = [patientId], Purpose = "treatment", Detail = kind },
            cancel);
        return id;
    }

    /// <summary>Newest first.</summary>
    public static Task<List<InformingFacts>> OfPatientAsync(UnitOfWork work, string patientId, CancellationToken cancel) =>
        work.QueryAsync(
            "select id, kind, text_version, given_on, recorded_by_name, recorded_at from care.informing where patient_id = $1 order by recorded_at desc",
            r => new InformingFacts(
                r.GetGuid(0), r.GetString(1), r.GetString(2), r.GetFieldValue<DateOnly>(3), r.GetString(4), r.GetFieldValue<DateTimeOffset>(5)),
            cancel, patientId).AsTask();
}
