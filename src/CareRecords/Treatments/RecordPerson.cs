using System.Globalization;
using CareRecords.Access;
using CareRecords.Database;
using CareRecords.Practice;
using CareRecords.Protection;

namespace CareRecords.Treatments;

/// <summary>
/// Records what care needs about a person: the personal identity code, or a temporary id with birth date and sex asked separately. Learning the
/// code later is a recorded act that changes no stored document.
/// </summary>
public sealed class RecordPerson(
    UnitOfWork work, CurrentUser user, PracticeDirectory directory, FieldCipher cipher, MasterKeys keys, ICustomerCards cards, PortalView portal,
    AccessLog log, TimeProvider clock)
{
    public sealed record Request
    {
        public required string PatientId { get; init; }
        public required Guid ControllerId { get; init; }

        /// <summary>Empty when the person has none: then a temporary id is issued.</summary>
        public string? IdentityCode { get; init; }

        /// <summary>Taken from the identity code when left empty beside one.</summary>
        public DateOnly? BirthDate { get; init; }
        public required string Sex { get; init; }
        public string? HomeMunicipality { get; init; }
        public bool NonDisclosure { get; init; }
    }

    /// <summary>The environment decides which codes are real: test environments take individual numbers 900–999 only, production none of them.</summary>
    public async Task<Outcome<PatientFacts>> HandleAsync(Request request, CancellationToken cancel)
    {
        var practice = await directory.GetAsync(cancel);
        var known = await KnownAsync(request.PatientId, cancel);
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(clock.GetUtcNow(), practice.Zone).DateTime);
        var refusals = Check(request, practice, known.Index is not null, today, out var code);
        if (refusals.Count > 0)
        {
            return Outcome.Refused<PatientFacts>(refusals);
        }

        var id = request.PatientId;
        var scope = KeyScope.Patient(id);
        var birth = (request.BirthDate ?? code.BirthDate).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var index = code.Value is null ? null : keys.BlindIndex("identity-code", code.Value);
        if (index is not null && await work.ScalarAsync<string>(
            "select patient_id from care.person where identity_index = $1 and patient_id <> $2", cancel, index, id) is not null)
        {
            return new Refusal(nameof(Request.IdentityCode), "Care.Identity.OnAnotherCard");
        }

        string? temporary = null, root = null;
        if (code.Value is null)
        {
            var year = clock.GetUtcNow().Year;
            root = $"{practice.Controller(request.ControllerId).TemporaryIdRoot}.{year}";
            temporary = await TemporaryIdAsync(practice, request, year, cancel);
        }

        await work.ExecuteAsync(
            """
            insert into care.person as p (patient_id, identity_code, identity_index, temporary_id, temporary_id_root, birth_date, sex, home_municipality,
              non_disclosure, recorded_at, recorded_by)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            on conflict (patient_id) do update set
              identity_code = coalesce(excluded.identity_code, p.identity_code), identity_index = coalesce(excluded.identity_index, p.identity_index),
              temporary_id = coalesce(p.temporary_id, excluded.temporary_id), temporary_id_root = coalesce(p.temporary_id_root, excluded.temporary_id_root),
              birth_date = excluded.birth_date, sex = excluded.sex, home_municipality = excluded.home_municipality,
              code_corrected_at = case when excluded.identity_index <> p.identity_index then excluded.recorded_at else p.code_corrected_at end,
              non_disclosure = excluded.non_disclosure, recorded_at = excluded.recorded_at, recorded_by = excluded.recorded_by
            """,
            cancel, id, Sql.Null(await cipher.EncryptTextAsync(scope, People.Place("identity_code", id), code.Value, cancel)), Sql.Null(index),
            Sql.Null(await cipher.EncryptTextAsync(scope, People.Place("temporary_id", id), temporary, cancel)), Sql.Null(root),
            await cipher.EncryptTextAsync(scope, People.Place("birth_date", id), birth, cancel), request.Sex, Sql.Null(string.IsNullOrWhiteSpace(request.HomeMunicipality) ? null : request.HomeMunicipality),
            request.NonDisclosure, clock.GetUtcNow(), user.UserId ?? Guid.Empty);
        await cards.ProjectPatientAsync(id, work, cancel);
        await portal.MarkAsync(id, cancel);
        await log.RecordAsync(
            work,
            new AccessEntry
            {
                Interaction = "update",
                ResourceType = "Patient",
                ResourceId = id,
                PatientIds = [id],
                ControllerId = request.ControllerId,
                Purpose = "treatment",
                Detail = (code.Value, known) switch
                {
                    (null, _) => "temporary id",
                    (_, (null, true)) => "identity code learnt, temporary id before",
                    (_, ({ } before, _)) when !before.AsSpan().SequenceEqual(index) => "identity code changed",
                    _ => "identity code",
                },
            },
            cancel);
        return await new People(cipher, cards).FindAsync(work, id, cancel) is { } facts
            ? facts
            : new Refusal("", "Care.Person.NoCard");
    }

    private async Task<(byte[]? Index, bool HasTemporary)> KnownAsync(string patientId, CancellationToken cancel) => (await work.QueryAsync(
        "select identity_index, temporary_id is not null from care.person where patient_id = $1 for update",
        r => (r.IsDBNull(0) ? null : r.GetFieldValue<byte[]>(0), r.GetBoolean(1)), cancel, patientId)).SingleOrDefault();

    private static List<Refusal> Check(Request request, PracticeFacts practice, bool hasCode, DateOnly today, out IdentityCode code)
    {
        var refusals = new List<Refusal>();
        code = default;
        if (!string.IsNullOrWhiteSpace(request.IdentityCode))
        {
            var fault = IdentityCode.TryRead(request.IdentityCode, out code);
            if (fault != IdentityCode.Fault.None)
            {
                refusals.Add(new(nameof(request.IdentityCode), "Care.Identity." + fault));
            }
            else if (code.IsTest != (practice.Environment != KantaEnvironment.Production))
            {
                refusals.Add(new(nameof(request.IdentityCode), code.IsTest ? "Care.Identity.TestInProduction" : "Care.Identity.RealInTest"));
            }
        }
        else if (hasCode)
        {
            refusals.Add(new(nameof(request.IdentityCode), "Care.Identity.NotRemoved"));
        }
        else if (request.BirthDate is null)
        {
            refusals.Add(new(nameof(request.BirthDate), "Care.Identity.BirthDateNeeded"));
        }

        if (request.BirthDate is { } birth && (birth > today || birth.Year < 1880))
        {
            refusals.Add(new(nameof(request.BirthDate), "Care.Identity.BirthDateOut"));
        }

        if (request.Sex is not ("0" or "1" or "2" or "9"))
        {
            refusals.Add(new(nameof(request.Sex), "Care.Identity.SexNeeded"));
        }

        if (request.HomeMunicipality is { Length: > 0 } m && (m.Length != 3 || !m.All(char.IsAsciiDigit)))
        {
            refusals.Add(new(nameof(request.HomeMunicipality), "Care.Identity.Municipality"));
        }

        return refusals;
    }

    // Looks like an identity code with an individual number 9xx: birth date, century sign, running number, and a letter that is no valid check
    // character for it, so that the two are never taken for one another.
    private async Task<string> TemporaryIdAsync(PracticeFacts practice, Request request, int year, CancellationToken cancel)
    {
        if (await work.ScalarAsync<byte[]>("select temporary_id from care.person where patient_id = $1", cancel, request.PatientId) is { } known)
        {
            return await cipher.DecryptTextAsync(People.Place("temporary_id", request.PatientId), known, cancel) ?? "";
        }

        var oid = await OidIssuer.NextAsync(work, practice.Controller(request.ControllerId), OidKind.TemporaryId, year, cancel);
        var arcs = oid.Split('.');
        // The count begins anew in each epoch, so the letter moves on with it.
        var (number, round) = (long.Parse(arcs[^1], CultureInfo.InvariantCulture), long.Parse(arcs[^2], CultureInfo.InvariantCulture) - 1);
        var birth = request.BirthDate!.Value;
        var sign = birth.Year >= 2000 ? 'A' : birth.Year >= 1900 ? '-' : '+';
        for (var suffix = 'A'; ; suffix++)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"{birth:ddMMyy}{sign}{900 + number % 100}{suffix}");
            if (IdentityCode.TryRead(id, out _) != IdentityCode.Fault.None && (suffix - 'A') >= ((number / 100) + round) % 20)
            {
                return id;
            }
        }
    }
}
