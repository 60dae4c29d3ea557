namespace KantaConnector.Documents;

/// <summary>The clinicalDocument of a Medical Records message: what the document's header says, once more.</summary>
internal static class MessageMetadata
{
    /// <returns>The children before and after the payload (<c>text</c>), in namespace urn:hl7-org:v3.</returns>
    public static (byte[] Before, byte[] After) Write(
        DocumentFacts facts, IReadOnlyList<Author> authors, IReadOnlyList<Coded> views, DocumentKind kind, TimeZoneInfo zone)
    {
        var before = Fragment(xml => xml.Oid("id"u8, facts.Oid).Coded("code"u8, facts.Register));
        var after = Fragment(xml =>
        {
            xml.Code("statusCode"u8, "completed")
                .Time("effectiveTime"u8, facts.CreatedAt, zone)
                .Coded("confidentialityCode"u8, CodeSets.Confidential)
                .Coded("reasonCode"u8, facts.Replaces is null ? null : facts.ReplacementReason)
                .Code("languageCode"u8, "fi")
                .Oid("setId"u8, facts.SetId)
                .Number("versionNumber"u8, facts.Version)
                .Coded("completionCode"u8, CodeSets.LegallyAuthenticated)
                .Coded("storageCode"u8, CodeSets.Active);
            xml.Start("recordTarget"u8).Start("patient"u8).Id("id"u8, facts.Patient.Id).Code("statusCode"u8, "active").Start("patientPerson"u8);
            CdaHeader.Person(xml, facts.Patient);
            xml.End().End().End();
            CdaHeader.HeaderAuthors(xml, authors, kind);
            xml.Start("custodian"u8).Start("assignedCustodian"u8).Organisation("representedOrganization"u8, facts.Custodian).End().End();
            if (facts.Replaces is { } previous)
            {
                xml.Start("relatedDocument"u8).Attribute("typeCode"u8, "RPLC")
                    .Start("parentDocument"u8).Attribute("classCode"u8, "DOCCLIN").Attribute("moodCode"u8, "EVN");
                CdaHeader.Parent(xml, facts, previous);
                xml.End().End();
            }
            Encounter(xml, facts.ServiceEvent, kind, zone);
            LocalHeader.Write(xml, facts, views, kind, inWrapper: true);
        });
        return (before, after);
    }

    private static void Encounter(CanonicalXmlWriter xml, ServiceEvent serviceEvent, DocumentKind kind, TimeZoneInfo zone)
    {
        xml.Start("componentOf"u8).Start("encounterEvent"u8).Oid("id"u8, kind == DocumentKind.Information ? null : serviceEvent.Oid);
        if (kind == DocumentKind.ServiceEvent)
        {
            xml.Interval("effectiveTime"u8, serviceEvent.Start, serviceEvent.End, zone);
        }
        else
        {
            xml.Null("effectiveTime"u8, "NA");
        }
        if (kind != DocumentKind.Care)
        {
            xml.Start("encounterPerformer"u8).Attribute("typeCode"u8, "PRF")
                .Interval("time"u8, serviceEvent.Start, serviceEvent.End, zone)
                .Start("assignedPerson"u8).Null("id"u8, "NI").Organisation("representedOrganization"u8, serviceEvent.ServiceUnit).End().End();
            xml.Start("location"u8).Start("healthCareFacility"u8).Oid("id"u8, serviceEvent.Producer.Oid)
                .Start("location"u8).Element("name"u8, serviceEvent.Producer.Name).End().End().End();
        }
        xml.End().End();
    }

    /// <summary>Writes inside a clinicalDocument, whose own tags are then cut off, so that the fragment carries no namespace of its own.</summary>
    private static byte[] Fragment(Action<CanonicalXmlWriter> children)
    {
        var xml = new CanonicalXmlWriter();
        xml.Start("clinicalDocument"u8, Ns.Hl7V3);
        var start = xml.Position;
        children(xml);
        return xml.Written[start..].ToArray();
    }
}
