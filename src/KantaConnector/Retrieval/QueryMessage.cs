using KantaConnector.Documents;
using KantaConnector.Messages;

namespace KantaConnector.Retrieval;

/// <summary>
/// A question to the archive. The transmission wrapper is that of the published messages; <c>queryByParameter</c> is HL7 V3's query act with
/// parameters named as docs/simulator-wire.md section 7 names them, since Kanta's own are not public.
/// </summary>
internal static class QueryMessage
{
    public static byte[] Write(MessageHeader header, ArchiveCriteria criteria) => MedicalRecordsMessage.WriteQuery(header, xml =>
    {
        xml.Start("queryByParameter"u8)
            .Oid("queryId"u8, header.MessageId)
            .Code("statusCode"u8, "new")
            .Start("parameterList"u8);
        Parameter(xml, "documentId"u8, criteria.DocumentOid);
        Parameter(xml, "setId"u8, criteria.SetId);
        Parameter(xml, "serviceEventId"u8, criteria.ServiceEventOid);
        if (criteria.Patient is { } patient)
        {
            xml.Start("patientId"u8).Id("value"u8, new InstanceId(patient.Root, patient.Extension)).End();
        }
        xml.End().End();
    });

    private static void Parameter(CanonicalXmlWriter xml, ReadOnlySpan<byte> name, string? oid)
    {
        if (oid is not null)
        {
            xml.Start(name).Oid("value"u8, oid).End();
        }
    }
}
