using System.Xml.Linq;
using KantaConnector.Documents;
using KantaConnector.Signing;

namespace KantaConnector.Retrieval;

/// <summary>What reconciliation needs to know of a document that came from the archive; its signature was checked.</summary>
internal sealed record ArchivedFacts(bool IsServiceEvent, bool IsInformation, bool EventEnded, DateTimeOffset SignedAt)
{
    private static readonly XNamespace Hl7 = "urn:hl7-org:v3";
    private static readonly XNamespace Fi = "urn:hl7finland";

    /// <exception cref="FormatException">It is no CDA document with a whole signature.</exception>
    public static ArchivedFacts Of(byte[] cda)
    {
        var signature = SignatureVerifier.Verify(cda);
        if (!signature.Intact || signature.SignedAt is not { } signedAt)
        {
            throw new FormatException("The archive's copy carries no whole signature: " + string.Join("; ", signature.Problems));
        }
        var root = SafeXml.Linq(cda).Root!;
        var end = root.Element(Hl7 + "componentOf")?.Element(Hl7 + "encompassingEncounter")?.Element(Hl7 + "effectiveTime")?.Element(Hl7 + "high");
        var type = (string?)root.Element(Fi + "localHeader")?.Element(Fi + "documentType")?.Attribute("code");
        return new ArchivedFacts(
            type == "4", (string?)root.Element(Hl7 + "code")?.Attribute("code") == CodeSets.InformationManagement, end?.Attribute("value") is not null, signedAt);
    }
}
