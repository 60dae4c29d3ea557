using System.Text;

namespace KantaConnector.Documents;

/// <summary>
/// A document's content before its signature. <see cref="Cda"/> is UTF-8 with an XML declaration; the signature collection is spliced in at
/// <see cref="SignatureAt"/>, and the body that is digested lies at <see cref="BodyStart"/>. The wrapper parts are the children of the
/// message's clinicalDocument before and after its payload, so that a message says what the document says.
/// </summary>
internal sealed record BuiltDocument
{
    public required byte[] Cda { get; init; }
    public required int SignatureAt { get; init; }
    public required int BodyStart { get; init; }
    public required int BodyLength { get; init; }
    public required byte[] WrapperBefore { get; init; }
    public required byte[] WrapperAfter { get; init; }
}

/// <summary>Builds CDA R2 documents; pure. The input must have passed <see cref="DocumentProblems"/>.</summary>
internal static class CdaBuilder
{
    public static BuiltDocument Build(ServiceEventDocument document) =>
        Build(document.Facts, document.Authors, [], DocumentKind.ServiceEvent, (xml, _) => CdaBody.WriteServiceEvent(xml, document.Facts));

    public static BuiltDocument Build(CareDocument document)
    {
        var authors = document.Entries.SelectMany(entry => entry.Authors).ToArray();
        var views = document.Entries.Select(entry => entry.View).DistinctBy(view => (view.System, view.Code)).ToArray();
        return Build(document.Facts, authors, views, DocumentKind.Care, (xml, zone) => CdaBody.WriteCare(xml, document, zone));
    }

    public static BuiltDocument Build(InformationDocument document) =>
        Build(document.Facts, [], [document.Form], DocumentKind.Information, (xml, zone) => CdaForm.Write(xml, document, zone));

    private static BuiltDocument Build(
        DocumentFacts facts, IReadOnlyList<Author> authors, IReadOnlyList<Coded> views, DocumentKind kind, Action<CanonicalXmlWriter, TimeZoneInfo> body)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(facts.TimeZone);
        var xml = new CanonicalXmlWriter();
        xml.Verbatim("<?xml version=\"1.0\" encoding=\"UTF-8\"?>"u8);
        xml.Start("ClinicalDocument"u8, Ns.Hl7V3);
        CdaHeader.Write(xml, facts, authors, kind, zone);
        var signatureAt = LocalHeader.Write(xml, facts, views, kind, inWrapper: false);
        xml.Start("component"u8);
        var bodyStart = xml.Position;
        body(xml, zone);
        var bodyLength = xml.Position - bodyStart;
        xml.End().End();
        var (before, after) = MessageMetadata.Write(facts, authors, views, kind, zone);
        return new BuiltDocument
        {
            Cda = xml.ToArray(),
            SignatureAt = signatureAt,
            BodyStart = bodyStart,
            BodyLength = bodyLength,
            WrapperBefore = before,
            WrapperAfter = after,
        };
    }
}
