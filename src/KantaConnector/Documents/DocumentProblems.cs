namespace KantaConnector.Documents;

/// <summary>One thing wrong with the facts of a document: where (a path of names) and what (a short reason in English, without the value).</summary>
internal sealed record DocumentProblem(string Path, string Reason);

/// <summary>What must hold before a document is built; a signing use case refuses with these problems at the fields they concern.</summary>
internal static class DocumentProblems
{
    private const int MaxText = 200_000;

    public static IReadOnlyList<DocumentProblem> Of(ServiceEventDocument document)
    {
        var found = new Finder();
        Facts(found, document.Facts);
        Authors(found, "authors", document.Authors);
        return found.Problems;
    }

    public static IReadOnlyList<DocumentProblem> Of(CareDocument document)
    {
        var found = new Finder();
        Facts(found, document.Facts);
        found.Require(document.Entries.Count > 0, "entries", "a care document needs an entry");
        for (var i = 0; i < document.Entries.Count; i++)
        {
            Entry(found, $"entries[{i}]", document.Entries[i]);
        }
        if (document.GuardianDisclosure is { } guardian)
        {
            found.Require(guardian.Value.Code is "1" or "2" or "3" or "4", "guardianDisclosure", "only 1 to 4");
            found.Code("guardianDisclosure.field", guardian.Field);
        }
        return found.Problems;
    }

    public static IReadOnlyList<DocumentProblem> Of(InformationDocument document)
    {
        var found = new Finder();
        Facts(found, document.Facts);
        found.Code("form", document.Form);
        found.Require(document.Fields.Count > 0, "fields", "a form needs a field");
        foreach (var field in document.Fields)
        {
            found.Code("fields", field.Code);
            found.Text("fields.title", field.Title);
            if (field.Wording.Length > 0 || field.Value is not null)
            {
                found.Text("fields.wording", field.Wording, MaxText);
            }
        }
        return found.Problems;
    }

    private static void Facts(Finder found, DocumentFacts facts)
    {
        found.Oid("oid", facts.Oid);
        found.Oid("setId", facts.SetId);
        found.Require(facts.Version >= 1, "version", "starts at 1");
        if (facts.Version == 1)
        {
            found.Require(facts.Replaces is null, "replaces", "a first version replaces nothing");
            found.Require(facts.SetId == facts.Oid, "setId", "is the id of the first version");
        }
        else
        {
            found.Require(facts.Replaces is { } previous && previous.Version == facts.Version - 1, "replaces", "names the version before");
            found.Require(facts.Replaces?.Oid != facts.Oid && facts.SetId != facts.Oid, "oid", "each version has its own");
            found.Oid("replaces.oid", facts.Replaces?.Oid);
            found.Require(facts.ReplacementReason is not null, "replacementReason", "a replacement says why");
        }
        found.Require(facts.TemplateOids.Count > 0, "templateOids", "at least one specification");
        foreach (var template in facts.TemplateOids)
        {
            found.Oid("templateOids", template);
        }
        found.Code("register", facts.Register);
        found.Text("title", facts.Title);
        found.Code("custodianType", facts.CustodianType);
        found.Organisation("custodian", facts.Custodian);
        found.Code("function", facts.Function);
        found.Code("retentionClass", facts.RetentionClass);
        if (facts.OutsourcingCustomer is { } customer)
        {
            found.Organisation("outsourcingCustomer", customer);
        }
        found.Text("software", facts.Software.Maker + facts.Software.Product + facts.Software.Version);
        found.Require(TimeZoneInfo.TryFindSystemTimeZoneById(facts.TimeZone, out _), "timeZone", "unknown");
        Patient(found, facts.Patient);
        ServiceEvent(found, facts.ServiceEvent);
    }

    private static void Patient(Finder found, Patient patient)
    {
        found.Oid("patient.id", patient.Id.Root);
        found.Text("patient.id", patient.Id.Extension, 32);
        found.Name("patient.name", patient.Name);
        found.Code("patient.gender", patient.Gender, optional: true);
        found.Code("patient.homeMunicipality", patient.HomeMunicipality, optional: true);
    }

    private static void ServiceEvent(Finder found, ServiceEvent serviceEvent)
    {
        found.Oid("serviceEvent.oid", serviceEvent.Oid);
        found.Require(serviceEvent.End is not { } end || end >= serviceEvent.Start, "serviceEvent.end", "not before its start");
        found.Organisation("serviceEvent.producer", serviceEvent.Producer);
        found.Organisation("serviceEvent.serviceUnit", serviceEvent.ServiceUnit);
        found.Code("serviceEvent.kind", serviceEvent.Kind);
    }

    private static void Entry(Finder found, string path, ViewEntry entry)
    {
        found.Code($"{path}.view", entry.View);
        found.Organisation($"{path}.serviceUnit", entry.ServiceUnit);
        Authors(found, $"{path}.authors", entry.Authors);
        found.Require(entry.Stages.Count > 0, $"{path}.stages", "an entry needs a process stage");
        for (var j = 0; j < entry.Stages.Count; j++)
        {
            found.Code($"{path}.stages[{j}]", entry.Stages[j].Stage);
            found.Require(entry.Stages[j].Headings.Count > 0, $"{path}.stages[{j}]", "a stage needs a heading");
            for (var k = 0; k < entry.Stages[j].Headings.Count; k++)
            {
                Heading(found, $"{path}.stages[{j}].headings[{k}]", entry.Stages[j].Headings[k]);
            }
        }
    }

    private static void Heading(Finder found, string path, HeadingSection heading)
    {
        found.Code(path, heading.Heading);
        found.Text($"{path}.title", heading.Title ?? heading.Heading.Code);
        found.Require(heading.Paragraphs.Count + heading.Structured.Count > 0, path, "a heading needs content");
        foreach (var paragraph in heading.Paragraphs)
        {
            found.Text($"{path}.paragraphs", paragraph, MaxText);
        }
        foreach (var structured in heading.Structured)
        {
            found.Text($"{path}.structured", structured.Label);
            found.Text($"{path}.structured", structured.Wording, MaxText);
            found.Code($"{path}.structured.code", structured.Code);
            if (structured.TemplateOid is not null)
            {
                found.Oid($"{path}.structured.template", structured.TemplateOid);
            }
            if (structured is CodedFinding finding)
            {
                found.Code($"{path}.structured.value", finding.Value, optional: true);
            }
            else if (structured is Measurement measurement)
            {
                found.Text($"{path}.structured.unit", measurement.Unit, 40);
                found.Require(!measurement.Unit.Any(char.IsWhiteSpace), $"{path}.structured.unit", "no spaces");
            }
        }
    }

    private static void Authors(Finder found, string path, IReadOnlyList<Author> authors)
    {
        found.Require(authors.Any(author => author.Role == AuthorRole.MER), path, "somebody made the entry (MER)");
        foreach (var author in authors)
        {
            found.Require(author.Id is not null || author.Role == AuthorRole.OHJ, $"{path}.id", "empty");
            if (author.Id is { } id)
            {
                found.Oid($"{path}.id", id.Root);
            }
            found.Require(author.Role == AuthorRole.OHJ ? author.Device is not null : author.Name is not null, path, "a person's name, or a device for OHJ");
            if (author.Name is { } name)
            {
                found.Name($"{path}.name", name);
            }
            if (author.Device is { } device)
            {
                found.Text($"{path}.device", device.Model + device.Software);
            }
            if (author.Organisation is { } organisation)
            {
                found.Organisation($"{path}.organisation", organisation);
            }
        }
    }

    private sealed class Finder
    {
        private readonly List<DocumentProblem> problems = [];

        public IReadOnlyList<DocumentProblem> Problems => problems;

        public void Require(bool holds, string path, string reason)
        {
            if (!holds)
            {
                problems.Add(new DocumentProblem(path, reason));
            }
        }

        public void Oid(string path, string? oid) => Require(Documents.Oid.IsValid(oid), path, "not an OID");

        public void Text(string path, string? text, int max = 1000)
        {
            Require(!string.IsNullOrWhiteSpace(text), path, "empty");
            Require((text?.Length ?? 0) <= max, path, $"longer than {max} characters");
            Require(CanonicalXmlWriter.IsWritable(text), path, "holds a character that XML cannot carry");
        }

        /// <summary>Codes are of HL7's type cs: no white space (datatypes-base.xsd).</summary>
        public void Code(string path, Coded? code, bool optional = false)
        {
            if (code is null)
            {
                Require(optional, path, "empty");
                return;
            }
            Text(path, code.Code, 200);
            Require(!code.Code.Any(char.IsWhiteSpace), path, "a code holds no spaces");
            Oid(path, code.System);
            Require(CanonicalXmlWriter.IsWritable(code.Display) && CanonicalXmlWriter.IsWritable(code.SystemName), path, "unwritable name");
        }

        public void Name(string path, PersonName name)
        {
            Text(path, name.Family, 200);
            Require(name.Given.Count > 0, path, "a given name is missing");
            foreach (var given in name.Given.Append(name.CallName).Append(name.Title).Where(part => part is not null))
            {
                Text(path, given, 200);
            }
        }

        public void Organisation(string path, Organisation organisation)
        {
            Oid(path, organisation.Oid);
            Text(path, organisation.Name, 500);
        }
    }
}
