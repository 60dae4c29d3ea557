namespace KantaConnector.Documents;

/// <summary>
/// hl7fi:localHeader in the order of hl7fi_extensions_cdar2header.xsd. The message wrapper carries the same facts without signatures and
/// home municipality, and spells custodianTypecode differently, as the published messages do.
/// </summary>
internal static class LocalHeader
{
    /// <returns>Where the signature collection belongs, as a byte position.</returns>
    public static int Write(CanonicalXmlWriter xml, DocumentFacts facts, IReadOnlyList<Coded> views, DocumentKind kind, bool inWrapper)
    {
        xml.Start("localHeader"u8, Ns.Hl7Finland);
        if (views.Count > 0)
        {
            xml.Start("tableOfContents"u8);
            foreach (var view in views)
            {
                xml.Coded("contentsCode"u8, view);
            }
            xml.End();
        }
        xml.Coded("fileFormat"u8, CodeSets.FileFormat);
        xml.Start("softwareSupport"u8).Attribute("moderator"u8, facts.Software.Maker)
            .Attribute("product"u8, facts.Software.Product).Attribute("version"u8, facts.Software.Version)
            .Text($"{facts.Software.Maker} {facts.Software.Product} {facts.Software.Version}").End();
        xml.Coded("documentType"u8, kind switch { DocumentKind.ServiceEvent => CodeSets.ServiceEventText, DocumentKind.Care => CodeSets.CareText, _ => CodeSets.Form })
            .Coded("functionCode"u8, facts.Function)
            .Coded("recordStatus"u8, CodeSets.ReadyForArchive);
        var signatureAt = xml.Position;
        if (kind != DocumentKind.Information)
        {
            xml.Coded(inWrapper ? "custodianTypecode"u8 : "custodianTypeCode"u8, facts.CustodianType)
                .Coded("encompassingEncounterCode"u8, kind == DocumentKind.ServiceEvent ? facts.ServiceEvent.Kind : null)
                .Coded("encompassingEncounterMasterCode"u8, kind == DocumentKind.ServiceEvent ? CodeSets.Primary : CodeSets.Secondary);
        }
        if (facts.OutsourcingCustomer is { } customer)
        {
            xml.Oid("outsourcingServiceCustomer"u8, customer.Oid).Element("outsourcingServiceCustomerName"u8, customer.Name);
        }
        xml.Coded("retentionPeriodClass"u8, facts.RetentionClass)
            .Date("releaseDateForPatientViewing"u8, facts.ReleaseToPatient);
        if (!inWrapper && !facts.Patient.NonDisclosure && kind != DocumentKind.Information)
        {
            xml.Coded("patientHomeMunicipality"u8, facts.Patient.HomeMunicipality);
        }
        xml.End();
        return signatureAt;
    }
}
