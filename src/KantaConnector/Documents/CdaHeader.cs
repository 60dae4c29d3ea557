namespace KantaConnector.Documents;

/// <summary>The CDA R2 header in the order of POCD_MT000040 with the Finnish extensions.</summary>
internal static class CdaHeader
{
    public static void Write(CanonicalXmlWriter xml, DocumentFacts facts, IReadOnlyList<Author> authors, DocumentKind kind, TimeZoneInfo zone)
    {
        xml.Code("realmCode"u8, "FI");
        xml.Id("typeId"u8, new InstanceId("2.16.840.1.113883.1.3", "POCD_HD000040"));
        foreach (var template in facts.TemplateOids)
        {
            xml.Oid("templateId"u8, template);
        }
        xml.Oid("id"u8, facts.Oid)
            .Coded("code"u8, facts.Register)
            .Element("title"u8, facts.Title)
            .Time("effectiveTime"u8, facts.CreatedAt, zone)
            .Coded("confidentialityCode"u8, CodeSets.Confidential)
            .Code("languageCode"u8, "fi")
            .Oid("setId"u8, facts.SetId)
            .Number("versionNumber"u8, facts.Version);
        xml.Start("recordTarget"u8).Start("patientRole"u8).Id("id"u8, facts.Patient.Id).Start("patient"u8);
        Person(xml, facts.Patient);
        xml.End().End().End();
        HeaderAuthors(xml, authors, kind);
        xml.Start("custodian"u8).Start("assignedCustodian"u8)
            .Organisation("representedCustodianOrganization"u8, facts.Custodian).End().End();
        if (facts.Replaces is { } previous)
        {
            xml.Start("relatedDocument"u8).Attribute("typeCode"u8, "RPLC").Start("parentDocument"u8);
            Parent(xml, facts, previous);
            xml.End().End();
        }
        xml.Start("componentOf"u8).Start("encompassingEncounter"u8).Oid("id"u8, kind == DocumentKind.Information ? null : facts.ServiceEvent.Oid);
        if (kind == DocumentKind.ServiceEvent)
        {
            xml.Interval("effectiveTime"u8, facts.ServiceEvent.Start, facts.ServiceEvent.End, zone);
        }
        else
        {
            xml.Null("effectiveTime"u8, "NA");
        }
        if (kind != DocumentKind.Care)
        {
            Encounter(xml, facts.ServiceEvent, zone, kind == DocumentKind.ServiceEvent ? "NI" : "NA");
        }
        xml.End().End();
    }

    public static void Person(CanonicalXmlWriter xml, Patient patient) => xml
        .Name(patient.Name)
        .Coded("administrativeGenderCode"u8, patient.Gender)
        .Date("birthTime"u8, patient.BirthDate);

    /// <summary>A form names who recorded it in its fields; its header has an author without any name, as the published one does.</summary>
    public static void HeaderAuthors(CanonicalXmlWriter xml, IReadOnlyList<Author> authors, DocumentKind kind)
    {
        if (kind == DocumentKind.Information)
        {
            xml.Start("author"u8).Attribute("nullFlavor"u8, "NA").Null("time"u8, "NA").Start("assignedAuthor"u8).Null("id"u8, "NA").End().End();
        }
        foreach (var author in HeaderAuthors(authors))
        {
            HeaderAuthor(xml, author);
        }
    }

    /// <summary>The people answerable for the document, each once; typists and devices stand only at their entries, as published messages do.</summary>
    private static IEnumerable<Author> HeaderAuthors(IReadOnlyList<Author> authors) => authors
        .Where(author => author.Role is AuthorRole.MER or AuthorRole.KOR or AuthorRole.MIT)
        .DistinctBy(author => author.Id);

    private static void HeaderAuthor(CanonicalXmlWriter xml, Author author)
    {
        xml.Start("author"u8).Null("time"u8, "NA").Start("assignedAuthor"u8).Id("id"u8, author.Id);
        if (author.Name is { } name)
        {
            xml.Start("assignedPerson"u8).Name(name).End();
        }
        xml.End().End();
    }

    public static void Parent(CanonicalXmlWriter xml, DocumentFacts facts, PreviousVersion previous) => xml
        .Oid("id"u8, previous.Oid)
        .Oid("setId"u8, facts.SetId)
        .Number("versionNumber"u8, previous.Version);

    private static void Encounter(CanonicalXmlWriter xml, ServiceEvent serviceEvent, TimeZoneInfo zone, string unknown)
    {
        xml.Start("responsibleParty"u8).Start("assignedEntity"u8).Null("id"u8, "NA")
            .Organisation("representedOrganization"u8, serviceEvent.Producer).End().End();
        xml.Start("encounterParticipant"u8).Attribute("typeCode"u8, "ATND")
            .Interval("time"u8, serviceEvent.Start, serviceEvent.End, zone)
            .Start("assignedEntity"u8).Null("id"u8, unknown)
            .Organisation("representedOrganization"u8, serviceEvent.ServiceUnit).End().End();
    }
}
