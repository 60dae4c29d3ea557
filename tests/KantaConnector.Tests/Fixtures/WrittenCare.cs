using CareRecords;
using CareRecords.Database;
using CareRecords.Protection;
using CareRecords.Treatments;
using KantaConnector.Documents;
using Microsoft.Extensions.DependencyInjection;

namespace KantaConnector.Tests.Fixtures;

/// <summary>A person, an event with a visit, and a note, as the rows that the use cases of care write; signing calls the connector's port.</summary>
internal sealed record WrittenCare(KantaDatabase Database, Node Node)
{
    public const string PatientId = "pat-1";
    public const string FirstOid = Some.Root + ".11.2026.1.900";
    public const string TemporaryRoot = Some.Root + ".22.2026";

    public Guid Visit { get; init; } = Guid.CreateVersion7();
    public Guid ServiceEvent { get; init; } = Guid.CreateVersion7();
    public Guid Note { get; init; } = Guid.CreateVersion7();
    public Guid Practitioner { get; init; } = Guid.CreateVersion7();

    /// <summary>Ids of the event and of the first version; further ones for a second note beside it.</summary>
    public string EventOid { get; init; } = $"{Some.Root}.16.2026.1.1";
    public string SetId { get; init; } = FirstOid;

    private async Task<byte[]> Sealed(string column, string text) =>
        (await Node.Get<FieldCipher>().EncryptTextAsync(KeyScope.Patient(PatientId), new FieldPlace("care.person." + column, PatientId), text))!;

    public async Task Write(DateTimeOffset began, bool ended = true, string? identityCode = "010594Y9032")
    {
        await Person(identityCode);
        await Event(began, ended);
        await Contact(began, ended);
    }

    /// <param name="identityCode">Null: a temporary id.</param>
    public async Task Person(string? identityCode) => await Database.Execute(
        """
        insert into care.person (patient_id, identity_code, identity_index, temporary_id, temporary_id_root, birth_date, sex, home_municipality, recorded_at, recorded_by)
        values ($1, $2, $3, $4, $5, $6, '2', '092', now(), $7)
        """, PatientId, identityCode is null ? DBNull.Value : await Sealed("identity_code", identityCode), identityCode is null ? DBNull.Value : new byte[] { 1 },
        identityCode is null ? await Sealed("temporary_id", "010594-998F") : DBNull.Value, identityCode is null ? TemporaryRoot : DBNull.Value,
        await Sealed("birth_date", "1994-05-01"), Practitioner);

    public async Task Learns(string identityCode) => await Database.Execute(
        "update care.person set identity_code = $2, identity_index = $3 where patient_id = $1", PatientId, await Sealed("identity_code", identityCode), new byte[] { 1 });

    public async Task Event(DateTimeOffset began, bool ended) => await Database.Execute(
        "insert into care.service_event (id, oid, patient_id, controller_id, practitioner_id, series, title, started_at, ended_at) values ($1, $2, $3, $4, $5, false, 'Fysioterapia', $6, $7)",
        ServiceEvent, EventOid, PatientId, KantaDatabase.ControllerId, Practitioner, began.ToUniversalTime(), End(began, ended));

    /// <summary>A visit of the event and its note.</summary>
    public async Task Contact(DateTimeOffset began, bool ended)
    {
        await Database.Execute(
            """
            insert into care.visit (id, patient_id, service_event_id, controller_id, practitioner_id, service_name, is_care, contact_mode, started_at, ended_at, zone, opened_by)
            values ($1, $2, $3, $4, $5, 'Fysioterapia 45 min', true, 'vastaanotto', $6, $7, 'Europe/Helsinki', $5)
            """, Visit, PatientId, ServiceEvent, KantaDatabase.ControllerId, Practitioner, began.ToUniversalTime(), End(began, ended));
        await Database.Execute("insert into care.note (id, visit_id, service_event_id, patient_id, controller_id, set_id, current_version, status) values ($1, $2, $3, $4, $5, $6, 1, 'final')",
            Note, Visit, ServiceEvent, PatientId, KantaDatabase.ControllerId, SetId);
    }

    public async Task Sign(int version, SignedAct act, string text, Func<NoteContent, NoteContent>? with = null, string? oid = null)
    {
        var content = Content(text);
        content = with?.Invoke(content) ?? content;
        DateTimeOffset written = await Database.Scalar<DateTime>("select started_at from care.visit where id = $1", Visit);
        await using var scope = Node.Services.CreateAsyncScope();
        var work = scope.ServiceProvider.GetRequiredService<UnitOfWork>();
        var bytes = await Node.Get<FieldCipher>().EncryptAsync(KeyScope.Patient(PatientId), new FieldPlace("care.note_version.content", $"{Note:N}/{version}"), content.ToBytes());
        await work.ExecuteAsync("insert into care.note_version values ($1, $2, $3, $4, $5, null, $6, $7, $8, 1)", CancellationToken.None, Note, version,
            oid ?? (version == 1 ? SetId : $"{SetId[..^1]}{version}"), act.ToString().ToLowerInvariant(), bytes, Practitioner, written.AddHours(1), written.AddHours(2));
        var record = new SignedRecord(Note, version, PatientId, KantaDatabase.ControllerId, Visit, ServiceEvent, act);
        foreach (var port in scope.ServiceProvider.GetServices<IRecordSigned>())
        {
            await port.SignedAsync(record, work, CancellationToken.None);
        }
        await work.CommitAsync();
    }

    private static NoteContent Content(string text) => new()
    {
        TemplateId = "demo",
        View = new NoteCode("DEMO-FYST", CodeSets.View, "DEMO-FYST"),
        Title = "Fysioterapia",
        Headings =
        [
            new NoteHeading
            {
                Stage = new NoteCode("14", CodeSets.Stage, "Hoidon suunnittelu"), Heading = new NoteCode("53", CodeSets.Heading, "Tutkimukset"), Text = text,
                Facts =
                [
                    new StructuredFact(StructuredKind.Condition, new NoteCode("L03", "http://hl7.org/fhir/sid/icpc-2", "Alaselän oire")),
                    new StructuredFact(StructuredKind.Condition, new NoteCode("oma-1", "https://example.org/own", "Oma syy")),
                    new StructuredFact(StructuredKind.Measurement, new NoteCode("72514-3", "http://loinc.org", "Kivun voimakkuus 0–10"), "6", "{score}"),
                    new StructuredFact(StructuredKind.Procedure, new NoteCode("DEMO-OHJAUS", "urn:oid:1.2.246.537.6.12.999.2003", "Neuvonta")),
                ],
            },
            new NoteHeading { Stage = new NoteCode("15", CodeSets.Stage, "Hoidon toteutus"), Heading = new NoteCode("53", CodeSets.Heading, "Tutkimukset"), Text = "" },
        ],
    };

    private static object End(DateTimeOffset began, bool ended) => ended ? began.AddMinutes(45).ToUniversalTime() : DBNull.Value;
}
