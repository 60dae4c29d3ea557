using CareRecords.Database;
using CareRecords.Protection;
using CareRecords.Treatments;
using KantaConnector.Documents;
using KantaConnector.Queue;
using Microsoft.Extensions.Options;

namespace KantaConnector.Records;

/// <summary>
/// Under which id a document names its patient when the identity code was learnt, or corrected, after documents had gone under another id. Whether the
/// archive lets the patient's id change within a chain of versions or a service event is not public, and stored bytes never change: so a service event goes
/// on under the id that it began with, and the next one begins under the identity code (<see cref="KantaOptions.IdentityCodeLearnt"/>). An event that began
/// under a wrong code only ends under it: its notes are invalidated and signed anew in another event (<see cref="RenewServiceEvent"/>).
/// </summary>
internal sealed class ArchivedIdentity(FieldCipher cipher, IOptions<KantaOptions> options)
{
    /// <returns>The person as documents of this service event name her.</returns>
    public async Task<PatientFacts> In(UnitOfWork work, string serviceEventOid, PatientFacts patient, CancellationToken cancel)
    {
        var corrected = await work.ScalarAsync<bool>("select exists (select from care.person where patient_id = $1 and code_corrected_at is not null)", cancel, patient.PatientId);
        if (!corrected && (patient is not { IdentityCode: not null, TemporaryId: not null, TemporaryIdRoot: not null } || options.Value.IdentityCodeLearnt == KantaOptions.AtOnce))
        {
            return patient;
        }
        var first = await work.QueryAsync(
            "select id, body from kanta.document where service_event_oid = $1 and body is not null and state <> 'superseded' order by queued_order limit 1",
            reader => (Id: reader.GetGuid(0), Body: reader.GetFieldValue<byte[]>(1)), cancel, serviceEventOid);
        if (first.Count == 0 || await cipher.DecryptAsync(QueueDocument.Body(first[0].Id), first[0].Body, cancel) is not { } cda || IdOfPatient(cda) is not { } id)
        {
            return patient;
        }
        return id.Root == CodeSets.PersonalIdentityCode ? patient with { IdentityCode = id.Extension }
            : id.Root == patient.TemporaryIdRoot && options.Value.IdentityCodeLearnt != KantaOptions.AtOnce ? patient with { IdentityCode = null }
            : patient;
    }

    private static InstanceId? IdOfPatient(byte[] cda) => SafeXml.Linq(cda).Root!
        .Element(Hl7 + "recordTarget")?.Element(Hl7 + "patientRole")?.Element(Hl7 + "id") is { } id && (string?)id.Attribute("root") is { } root
            ? new InstanceId(root, (string?)id.Attribute("extension")) : null;

    private static readonly System.Xml.Linq.XNamespace Hl7 = "urn:hl7-org:v3";
}
