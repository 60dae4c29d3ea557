using System.Xml.Linq;

namespace KantaConnector.Documents;

/// <summary>
/// The connector's own structural rules for a CDA document, independent of any schema file: order of header and local header, ids unique and
/// references resolved, OIDs well formed, version chain consistent, entries with a maker.
/// </summary>
internal static class CdaChecks
{
    private static readonly XNamespace Hl7 = "urn:hl7-org:v3";
    private static readonly XNamespace Fi = "urn:hl7finland";

    private static readonly string[] HeaderOrder =
    [
        "realmCode", "typeId", "templateId", "id", "code", "title", "effectiveTime", "confidentialityCode", "languageCode", "setId",
        "versionNumber", "copyTime", "recordTarget", "author", "dataEnterer", "informant", "custodian", "informationRecipient",
        "legalAuthenticator", "authenticator", "participant", "inFulfillmentOf", "documentationOf", "relatedDocument", "authorization",
        "componentOf", "localHeader", "component",
    ];

    private static readonly string[] LocalOrder =
    [
        "description", "tableOfContents", "registratedTime", "declaredTime", "typeCode", "fileFormat", "softwareSupport", "documentType",
        "currentLocation", "retentionPeriod", "functionCode", "recordStatus", "auditTrail", "serviceChainLink", "episodeLink", "product",
        "signatureCollection", "sender", "password", "patientRegistrySpecifier", "patientRegistrySpecifierName", "custodianTypeCode",
        "encompassingEncounterCode", "activeCustodian", "activeCustodianName", "encompassingEncounterMasterCode",
        "secondaryEncompassingEncounterId", "outsourcingServiceCustomer", "outsourcingServiceCustomerName", "retentionPeriodClass",
        "extendedRetentionPeriod", "sensitiveDocument", "eprServiceProvider", "eprServiceProviderName", "releaseDateForPatientViewing",
        "patientHomeMunicipality",
    ];

    private static readonly string[] Required =
        ["typeId", "templateId", "id", "code", "effectiveTime", "confidentialityCode", "setId", "versionNumber", "recordTarget", "author", "custodian", "componentOf", "localHeader", "component"];

    private static readonly string[] RequiredLocal =
        ["fileFormat", "softwareSupport", "documentType", "functionCode", "recordStatus", "custodianTypeCode", "encompassingEncounterMasterCode", "retentionPeriodClass"];

    public static IReadOnlyList<string> Problems(XDocument document)
    {
        var root = document.Root!;
        if (root.Name != Hl7 + "ClinicalDocument")
        {
            return [$"the root is {root.Name}, not a ClinicalDocument"];
        }
        var problems = new List<string>();
        Order(problems, root, HeaderOrder);
        problems.AddRange(Required.Where(name => root.Elements().All(e => e.Name.LocalName != name)).Select(name => $"{name} is missing"));
        if (root.Element(Fi + "localHeader") is { } local)
        {
            Order(problems, local, LocalOrder);
            // A form of the information management service belongs to no service event, and its keeper's kind is not said.
            var form = (string?)local.Element(Fi + "documentType")?.Attribute("code") == "2";
            problems.AddRange(RequiredLocal.Where(name => !(form && name is "custodianTypeCode" or "encompassingEncounterMasterCode")).Where(name => local.Element(Fi + name) is null).Select(name => $"localHeader/{name} is missing"));
        }
        Identifiers(problems, root);
        Versions(problems, root);
        Body(problems, root);
        return problems;
    }

    private static void Order(List<string> problems, XElement parent, string[] order)
    {
        var last = 0;
        foreach (var child in parent.Elements())
        {
            var place = Array.IndexOf(order, child.Name.LocalName);
            if (place < 0)
            {
                problems.Add($"{child.Name.LocalName} does not belong into {parent.Name.LocalName}");
            }
            else if (place < last)
            {
                problems.Add($"{child.Name.LocalName} stands after {order[last]}");
            }
            last = Math.Max(last, place);
        }
    }

    private static void Identifiers(List<string> problems, XElement root)
    {
        var ids = root.Descendants().Select(e => (string?)e.Attribute("ID") ?? (string?)e.Attribute("Id")).Where(id => id is not null).ToArray();
        problems.AddRange(ids.GroupBy(id => id).Where(group => group.Count() > 1).Select(group => $"the id {group.Key} occurs {group.Count()} times"));
        var known = ids.ToHashSet();
        problems.AddRange(root.Descendants(Hl7 + "reference").Select(e => (string?)e.Attribute("value"))
            .Where(value => value is not null && value.StartsWith('#') && !known.Contains(value[1..])).Select(value => $"the reference {value} leads nowhere"));
        problems.AddRange(root.DescendantsAndSelf().Attributes("root").Select(a => a.Value).Where(oid => !Oid.IsValid(oid) && !Guid.TryParse(oid, out _))
            .Select(oid => $"{oid} is not an OID"));
    }

    private static void Versions(List<string> problems, XElement root)
    {
        var id = (string?)root.Element(Hl7 + "id")?.Attribute("root");
        var set = (string?)root.Element(Hl7 + "setId")?.Attribute("root");
        var version = (string?)root.Element(Hl7 + "versionNumber")?.Attribute("value");
        var parent = root.Elements(Hl7 + "relatedDocument").FirstOrDefault(e => (string?)e.Attribute("typeCode") == "RPLC")?.Element(Hl7 + "parentDocument");
        if (!int.TryParse(version, out var number) || number < 1)
        {
            problems.Add("the version number is not a number from 1 on");
            return;
        }
        if (number == 1 && (parent is not null || id != set))
        {
            problems.Add("a first version replaces nothing and names itself as its set");
        }
        if (number > 1)
        {
            if (parent is null)
            {
                problems.Add("a later version names the version that it replaces");
            }
            else if ((string?)parent.Element(Hl7 + "setId")?.Attribute("root") != set
                || (string?)parent.Element(Hl7 + "versionNumber")?.Attribute("value") != (number - 1).ToString(System.Globalization.CultureInfo.InvariantCulture)
                || (string?)parent.Element(Hl7 + "id")?.Attribute("root") == id)
            {
                problems.Add("the replaced version is not the one before, of the same set");
            }
        }
    }

    private static void Body(List<string> problems, XElement root)
    {
        var type = (string?)root.Element(Fi + "localHeader")?.Element(Fi + "documentType")?.Attribute("code");
        var body = root.Elements(Hl7 + "component").Elements(Hl7 + "structuredBody").SingleOrDefault();
        if (body?.Attribute("ID") is null)
        {
            problems.Add("the structured body or its ID is missing");
            return;
        }
        var sections = body.Elements(Hl7 + "component").Elements(Hl7 + "section").ToArray();
        var master = (string?)root.Element(Fi + "localHeader")?.Element(Fi + "encompassingEncounterMasterCode")?.Attribute("code");
        if (type == "4")
        {
            var encounter = (string?)root.Descendants(Hl7 + "encompassingEncounter").FirstOrDefault()?.Element(Hl7 + "id")?.Attribute("root");
            Require(sections.Length == 1 && (string?)sections[0].Element(Hl7 + "id")?.Attribute("root") == encounter, "the body of a service-event document names the service event");
            Require(master == "1", "a service-event document is primary");
            return;
        }
        Require(type != "1" || master == "2", "a care document is secondary");
        if (type != "1")
        {
            return;
        }
        foreach (var entry in sections)
        {
            Require(entry.Element(Hl7 + "code") is not null, "an entry without a view");
            Require(entry.Elements(Hl7 + "author").Any(a => (string?)a.Element(Hl7 + "functionCode")?.Attribute("code") == "MER"), "an entry without its maker");
            Require(entry.Elements(Hl7 + "component").Elements(Hl7 + "section").Elements(Hl7 + "component").Elements(Hl7 + "section").Any(), "an entry without stage and heading");
        }

        void Require(bool holds, string problem)
        {
            if (!holds)
            {
                problems.Add(problem);
            }
        }
    }
}
