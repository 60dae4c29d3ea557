using System.Text;

namespace KantaConnector.Documents;

/// <summary>
/// What an invalidation says inside the message's clinicalDocument: what is invalidated and, in the role MIT of prescriptions, by whom. The real
/// message is not public; this is the form that docs/simulator-wire.md section 7 reads.
/// </summary>
internal static class InvalidationContent
{
    public static byte[] OfDocument(string oid, Author by, string timeZone) => Fragment(xml =>
    {
        xml.Oid("id"u8, oid);
        CdaBody.EntryAuthor(xml, by, TimeZoneInfo.FindSystemTimeZoneById(timeZone));
    });

    public static byte[] OfServiceEvent(string oid, Author by, string timeZone) => Fragment(xml =>
    {
        CdaBody.EntryAuthor(xml, by, TimeZoneInfo.FindSystemTimeZoneById(timeZone));
        xml.Start("componentOf"u8).Start("encounterEvent"u8).Oid("id"u8, oid).End().End();
    });

    private static byte[] Fragment(Action<CanonicalXmlWriter> children)
    {
        var xml = new CanonicalXmlWriter(1024);
        xml.Start("clinicalDocument"u8, Ns.Hl7V3);
        var start = xml.Position;
        children(xml);
        return xml.Written[start..].ToArray();
    }
}
