using System.Globalization;
using CareRecords.Database;
using CareRecords.Protection;

namespace CareRecords.Treatments;

/// <summary>The patient record's facts about people who are in health care.</summary>
public sealed class People(FieldCipher cipher, ICustomerCards cards)
{
    /// <summary>Facts for documents and for the FHIR Patient; null when nothing was recorded for care or the card is unknown.</summary>
    public async Task<PatientFacts?> FindAsync(UnitOfWork work, string patientId, CancellationToken cancel)
    {
        var rows = await work.QueryAsync(
            """
            select identity_code, temporary_id, temporary_id_root, birth_date, sex, home_municipality, non_disclosure
            from care.person where patient_id = $1
            """,
            r => (
                Identity: r.IsDBNull(0) ? null : r.GetFieldValue<byte[]>(0), Temporary: r.IsDBNull(1) ? null : r.GetFieldValue<byte[]>(1),
                Root: r.IsDBNull(2) ? null : r.GetString(2), Birth: r.GetFieldValue<byte[]>(3), Sex: r.GetString(4),
                Municipality: r.IsDBNull(5) ? null : r.GetString(5), NonDisclosure: r.GetBoolean(6)),
            cancel, patientId);
        if (rows.Count == 0 || await cards.NameAsync(patientId, work, cancel) is not { } name)
        {
            return null;
        }

        var row = rows[0];
        var birth = await cipher.DecryptTextAsync(Place("birth_date", patientId), row.Birth, cancel);
        return birth is null
            ? null
            : new PatientFacts(
                patientId, name, await cipher.DecryptTextAsync(Place("identity_code", patientId), row.Identity, cancel),
                await cipher.DecryptTextAsync(Place("temporary_id", patientId), row.Temporary, cancel), row.Root,
                DateOnly.ParseExact(birth, "yyyy-MM-dd", CultureInfo.InvariantCulture), row.Sex, row.Municipality, row.NonDisclosure);
    }

    internal static FieldPlace Place(string column, string patientId) => new("care.person." + column, patientId);
}
