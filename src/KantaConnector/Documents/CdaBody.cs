using System.Globalization;

namespace KantaConnector.Documents;

/// <summary>
/// The signed part of a document. Element ids follow from the document's OID and the place alone: entry <c>.1.i</c>, stage <c>.1.i.j</c>,
/// heading <c>.1.i.j.k</c>, piece of narrative <c>.1.i.j.k.p</c>, with <c>.0</c> for the text block of a section.
/// </summary>
internal static class CdaBody
{
    public static void WriteServiceEvent(CanonicalXmlWriter xml, DocumentFacts facts)
    {
        xml.Start("structuredBody"u8).Attribute("ID"u8, BodyId(facts.Oid)).Start("component"u8).Start("section"u8)
            .Oid("id"u8, facts.ServiceEvent.Oid);
        Subject(xml, facts.Patient);
        xml.End().End().End();
    }

    public static void WriteCare(CanonicalXmlWriter xml, CareDocument document, TimeZoneInfo zone)
    {
        xml.Start("structuredBody"u8).Attribute("ID"u8, BodyId(document.Facts.Oid));
        for (var i = 0; i < document.Entries.Count; i++)
        {
            Entry(xml, document, i, $"{document.Facts.Oid}.1.{i + 1}", zone);
        }
        xml.End();
    }

    public static string BodyId(string documentOid) => $"OID{documentOid}.0";

    private static void Entry(CanonicalXmlWriter xml, CareDocument document, int index, string oid, TimeZoneInfo zone)
    {
        var entry = document.Entries[index];
        xml.Start("component"u8).Start("section"u8).Attribute("ID"u8, "OID" + oid)
            .Oid("id"u8, oid).Coded("code"u8, entry.View).Element("title"u8, entry.View.Display ?? entry.View.Code);
        xml.Start("text"u8).Attribute("ID"u8, $"OID{oid}.0");
        Line(xml, entry.ServiceUnit.Name);
        foreach (var author in entry.Authors.Where(author => author.Name is not null && author.Role is AuthorRole.MER or AuthorRole.KOR))
        {
            Line(xml, FullName(author.Name!));
        }
        Line(xml, entry.CareDate.ToString("d.M.yyyy", CultureInfo.InvariantCulture));
        xml.End();
        if (index == 0)
        {
            Subject(xml, document.Facts.Patient);
        }
        foreach (var author in entry.Authors)
        {
            EntryAuthor(xml, author, zone);
        }
        var guardian = index == 0 ? document.GuardianDisclosure : null;
        if (guardian is { AsSection: false })
        {
            xml.Start("entry"u8);
            Guardian(xml, guardian, null);
            xml.End();
        }
        for (var j = 0; j < entry.Stages.Count; j++)
        {
            Stage(xml, entry.Stages[j], $"{oid}.{j + 1}", zone, j == 0 && guardian is { AsSection: true } ? guardian : null);
        }
        xml.End().End();
    }

    private static void GuardianSection(CanonicalXmlWriter xml, GuardianDisclosure guardian, string oid)
    {
        xml.Start("component"u8).Start("section"u8).Attribute("ID"u8, "OID" + oid)
            .Coded("code"u8, guardian.Field).Element("title"u8, guardian.Field.Display ?? guardian.Field.Code);
        xml.Start("text"u8).Attribute("ID"u8, $"OID{oid}.0").Start("paragraph"u8);
        Content(xml, guardian.Value.Display ?? guardian.Value.Code, $"OID{oid}.1", null);
        xml.End().End().Start("entry"u8);
        Guardian(xml, guardian, $"{oid}.1");
        xml.End().End().End();
    }

    private static void Guardian(CanonicalXmlWriter xml, GuardianDisclosure guardian, string? narrative)
    {
        xml.Start("observation"u8).Attribute("classCode"u8, "OBS").Attribute("moodCode"u8, "EVN")
            .Oid("templateId"u8, guardian.TemplateOid).Oid("id"u8, narrative).Coded("code"u8, guardian.Field);
        if (narrative is not null)
        {
            xml.Start("text"u8).Value("reference"u8, $"#OID{narrative}").End();
        }
        xml.StartTyped("value"u8).CodedAttributes(guardian.Value).XsiType("CV").End().End();
    }

    private static void Stage(CanonicalXmlWriter xml, StageSection stage, string oid, TimeZoneInfo zone, GuardianDisclosure? guardian)
    {
        xml.Start("component"u8).Start("section"u8).Attribute("ID"u8, "OID" + oid)
            .Coded("code"u8, stage.Stage).Element("title"u8, stage.Stage.Display ?? stage.Stage.Code);
        for (var k = 0; k < stage.Headings.Count; k++)
        {
            Heading(xml, stage.Headings[k], $"{oid}.{k + 1}", zone);
        }
        if (guardian is not null)
        {
            GuardianSection(xml, guardian, $"{oid}.{stage.Headings.Count + 1}");
        }
        xml.End().End();
    }

    private static void Heading(CanonicalXmlWriter xml, HeadingSection heading, string oid, TimeZoneInfo zone)
    {
        xml.Start("component"u8).Start("section"u8).Attribute("ID"u8, "OID" + oid)
            .Coded("code"u8, heading.Heading)
            .Element("title"u8, heading.Title ?? heading.Heading.Display ?? heading.Heading.Code);
        xml.Start("text"u8).Attribute("ID"u8, $"OID{oid}.0");
        var piece = 0;
        foreach (var structured in heading.Structured)
        {
            xml.Start("paragraph"u8).Element("caption"u8, structured.Label);
            Content(xml, structured.Wording, $"OID{oid}.{++piece}", null);
            xml.End();
        }
        foreach (var paragraph in heading.Paragraphs)
        {
            xml.Start("paragraph"u8);
            Content(xml, paragraph, $"OID{oid}.{++piece}", "xUnstructured");
            xml.End();
        }
        xml.End();
        for (var p = 0; p < heading.Structured.Count; p++)
        {
            CdaEntries.Write(xml, heading.Structured[p], $"{oid}.{p + 1}", zone);
        }
        xml.End().End();
    }

    private static void Content(CanonicalXmlWriter xml, string text, string id, string? style)
    {
        xml.Start("content"u8).Attribute("ID"u8, id).Attribute("styleCode"u8, style);
        var first = true;
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            if (!first)
            {
                xml.Start("br"u8).End();
            }
            first = false;
            xml.Text(line);
        }
        xml.End();
    }

    private static void Line(CanonicalXmlWriter xml, string text) =>
        xml.Start("paragraph"u8).Element("content"u8, text).End();

    private static string FullName(PersonName name) =>
        string.Join(' ', new[] { name.Title, name.CallName ?? (name.Given.Count > 0 ? name.Given[0] : null), name.Family }.Where(part => !string.IsNullOrEmpty(part)));

    private static void Subject(CanonicalXmlWriter xml, Patient patient)
    {
        var id = patient.Id;
        var kind = id.Root == CodeSets.PersonalIdentityCode ? "Potilastunniste oikea ht" : "Potilastunniste tilapäinen ht";
        xml.Start("subject"u8).Start("relatedSubject"u8).Attribute("classCode"u8, "PAT")
            .Coded("code"u8, new Coded(id.Extension ?? "", id.Root, kind, id.Extension))
            .Start("subject"u8).Name(patient.Name).End().End().End();
    }

    /// <summary>An author in a role of 1.2.246.537.5.40006.2003, with time and unit.</summary>
    public static void EntryAuthor(CanonicalXmlWriter xml, Author author, TimeZoneInfo zone)
    {
        xml.Start("author"u8).Coded("functionCode"u8, CodeSets.Role(author.Role)).Time("time"u8, author.Time, zone)
            .Start("assignedAuthor"u8).Id("id"u8, author.Id);
        if (author.Name is { } name)
        {
            xml.Start("assignedPerson"u8).Name(name).End();
        }
        else if (author.Device is { } device)
        {
            xml.Start("assignedAuthoringDevice"u8)
                .Element("manufacturerModelName"u8, device.Model).Element("softwareName"u8, device.Software).End();
        }
        xml.Organisation("representedOrganization"u8, author.Organisation).End().End();
    }
}
