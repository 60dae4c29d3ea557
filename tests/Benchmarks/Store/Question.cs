using CareRecords.Search;

namespace Benchmarks.Store;

/// <summary>One typical search: as an address, and as the SQL that one would write by hand for the same answer.</summary>
/// <param name="Path">The address for the n-th customer.</param>
/// <param name="Sql">Selects the bodies; its parameters come from <paramref name="Values"/>.</param>
internal sealed record Question(string Name, string Help, Func<int, string> Path, string Sql, Func<SearchHash, int, object[]> Values)
{
    /// <summary>Answers a second at 32 clients to hold a run against: three times what another server gave for the question, where that is known.</summary>
    internal double Orientation => Name switch { "identifier" => 2190, "subject-code" => 1770, _ => 600 };

    private const string Body = "r.type, r.id, r.version, r.last_updated, r.method, r.patient_id, r.controller_id, r.patient_sees_from, r.body, r.rid";
    private const string Pic = "urn:oid:1.2.246.21";
    private const string Loinc = "http://loinc.org";

    internal static Question[] All { get; } =
    [
        new(
            "identifier", "Patient by personal identity code: one match",
            n => $"/fhir/Patient?identifier={Pic}|{SyntheticPractice.IdentityCode(n)}",
            $"""
            select {Body} from care.index_token x join care.resource r on r.rid = x.rid
            where x.param = $1 and x.code = $2 and x.system = $3 and r.type = 'Patient' and r.method <> 'DELETE' order by r.rid limit 51
            """,
            (hash, n) => [Key("Patient.identifier"), hash.Token(Key("Patient.identifier"), SyntheticPractice.IdentityCode(n)), hash.System(Key("Patient.identifier"), Pic)]),
        new(
            "subject-code", "Observations of one customer by code: one match",
            n => $"/fhir/Observation?subject=Patient/{SyntheticPractice.PatientId(n)}&code={Loinc}|{SyntheticPractice.Code(n % 8)}",
            $"""
            select {Body} from care.index_reference s join care.index_token c on c.rid = s.rid join care.resource r on r.rid = s.rid
            where s.param = $1 and s.target = $2 and s.target_type = 'Patient' and c.param = $3 and c.code = $4 and c.system = $5
              and r.type = 'Observation' and r.method <> 'DELETE' order by r.rid limit 51
            """,
            (hash, n) =>
            [
                Key("Observation.subject"), SyntheticPractice.PatientId(n), Key("Observation.code"),
                hash.Token(Key("Observation.code"), SyntheticPractice.Code(n % 8)), hash.System(Key("Observation.code"), Loinc),
            ]),
        new(
            "name", "Patients by the beginning of a family name: some matches",
            n => $"/fhir/Patient?family={Uri.EscapeDataString(SyntheticPractice.Family(n)[..^3])}",
            $"""
            select {Body} from (select distinct x.rid from care.index_text x where x.param = $1 and x.value >= $2 and x.value < $3) f
            join care.resource r on r.rid = f.rid where r.type = 'Patient' and r.method <> 'DELETE' order by r.rid limit 51
            """,
            (_, n) => FoldedText.Of(SyntheticPractice.Family(n)[..^3]) is var name ? [Key("Patient.family"), name, name + "\uFFFF"] : []),
        new(
            "date", "Observations of one day: a page of twenty",
            n => $"/fhir/Observation?date={SyntheticPractice.VisitDay(n):yyyy-MM-dd}&_count=20&_total=none",
            $"""
            select {Body} from (select distinct x.rid from care.index_date x where x.param = $1 and x.low >= $2 and x.low < $3 and x.high <= $3 order by x.rid limit 21) f
            join care.resource r on r.rid = f.rid where r.type = 'Observation' and r.method <> 'DELETE' order by r.rid
            """,
            (_, n) => Day(n) is var day ? [Key("Observation.date"), day, day.AddDays(1)] : []),
        new(
            "code", "Observations by a code that an eighth of them has: the first page of twenty",
            n => $"/fhir/Observation?code={Loinc}|{SyntheticPractice.Code(n % 8)}&_count=20&_total=none",
            $"""
            select {Body} from (select x.rid from care.index_token x where x.param = $1 and x.code = $2 and x.system = $3 order by x.rid limit 21) f
            join care.resource r on r.rid = f.rid where r.type = 'Observation' and r.method <> 'DELETE' order by r.rid
            """,
            (hash, n) => [Key("Observation.code"), hash.Token(Key("Observation.code"), SyntheticPractice.Code(n % 8)), hash.System(Key("Observation.code"), Loinc)]),
        new(
            "chain", "Observations by code of the customer with an identity code",
            n => $"/fhir/Observation?subject:Patient.identifier={Pic}|{SyntheticPractice.IdentityCode(n)}&code={Loinc}|{SyntheticPractice.Code(n % 8)}",
            $"""
            select {Body} from care.index_token i join care.resource p on p.rid = i.rid
            join care.index_reference s on s.target = p.id and s.target_type = 'Patient' join care.index_token c on c.rid = s.rid join care.resource r on r.rid = s.rid
            where i.param = $1 and i.code = $2 and i.system = $3 and p.type = 'Patient' and p.method <> 'DELETE'
              and s.param = $4 and c.param = $5 and c.code = $6 and c.system = $7 and r.type = 'Observation' and r.method <> 'DELETE' order by r.rid limit 51
            """,
            (hash, n) =>
            [
                Key("Patient.identifier"), hash.Token(Key("Patient.identifier"), SyntheticPractice.IdentityCode(n)), hash.System(Key("Patient.identifier"), Pic),
                Key("Observation.subject"), Key("Observation.code"), hash.Token(Key("Observation.code"), SyntheticPractice.Code(n % 8)),
                hash.System(Key("Observation.code"), Loinc),
            ]),
        new(
            "sorted", "Observations of one customer, newest first: eight matches",
            n => $"/fhir/Observation?patient={SyntheticPractice.PatientId(n)}&_sort=-date",
            $"""
            select {Body} from care.index_reference s join care.resource r on r.rid = s.rid join care.index_date d on d.rid = s.rid
            where s.param = $1 and s.target = $2 and d.param = $3 and r.type = 'Observation' and r.method <> 'DELETE' order by d.high desc, r.rid limit 51
            """,
            (_, n) => [Key("Observation.patient"), SyntheticPractice.PatientId(n), Key("Observation.date")]),
        new(
            "updated", "Observations, the last written first: a page of twenty",
            _ => "/fhir/Observation?_sort=-_lastUpdated&_count=20&_total=none",
            $"select {Body} from care.resource r where r.type = 'Observation' and r.method <> 'DELETE' order by r.last_updated desc, r.rid limit 21",
            (_, _) => []),
        new(
            "revinclude", "Encounters of one customer with their Observations: nine resources",
            n => $"/fhir/Encounter?subject=Patient/{SyntheticPractice.PatientId(n)}&_revinclude=Observation:encounter",
            $"""
            with e as (select {Body} from care.index_reference s join care.resource r on r.rid = s.rid
              where s.param = $1 and s.target = $2 and s.target_type = 'Patient' and r.type = 'Encounter' and r.method <> 'DELETE' order by r.rid limit 51)
            select * from e union all
            select {Body} from e join care.index_reference o on o.param = $3 and o.target_type = 'Encounter' and o.target = e.id join care.resource r on r.rid = o.rid
            where r.method <> 'DELETE'
            """,
            (_, n) => [Key("Encounter.subject"), SyntheticPractice.PatientId(n), Key("Observation.encounter")]),
    ];

    private static int Key(string name) => SearchTable.Key(name);

    private static DateTimeOffset Day(int n) => new(DateTime.SpecifyKind(
        TimeZoneInfo.ConvertTimeToUtc(SyntheticPractice.VisitDay(n).ToDateTime(TimeOnly.MinValue), TimeZoneInfo.FindSystemTimeZoneById("Europe/Helsinki")), DateTimeKind.Utc));
}
