using System.Xml;
using KantaSimulator.Message;
using KantaSimulator.Rules;
using KantaSimulator.Xml;

namespace KantaSimulator.Checks;

/// <summary>Structure of the document's header, IDs and references, as a schema and the header specification would demand it (SIM-D…).</summary>
internal static class DocumentChecks
{
    private static readonly string[] ArchiveFills = ["copyTime", "declaredTime", "retentionPeriod"];
    private static readonly string[] TimeElements = ["effectiveTime", "time", "low", "high", "birthTime", "releaseDateForPatientViewing", "registratedTime"];

    public static void Run(XmlElement document, Findings findings)
    {
        if (document.LocalName != "ClinicalDocument" || document.NamespaceURI != XmlNav.Hl7)
        {
            findings.Add(Rulebook.NotClinicalDocument, document, $"{document.NamespaceURI} {document.LocalName}");
            return;
        }

        Header(document, findings);
        Ids(document, findings);
        foreach (var element in document.DescendantElements())
            if (TimeElements.Contains(element.LocalName) && element.Attr("value") is { } value && Values.ReadTime(value) is null)
                findings.Add(Rulebook.TimeMalformed, element, value);
    }

    private static void Header(XmlElement document, Findings findings)
    {
        foreach (var part in HeaderElements(document).Prepend(document))
            if (Shapes.Header.TryGetValue(part.LocalName, out var shape))
                foreach (var (where, what) in shape.Check(part))
                    findings.Add(Rulebook.HeaderStructure, where, what);
        findings.AddUnless(document.AttrAt("realmCode", "code") == "FI", Rulebook.RealmCode, document.At("realmCode") ?? document);
        findings.AddUnless(document.AttrAt("typeId", "root") == "2.16.840.1.113883.1.3" && document.AttrAt("typeId", "extension") == "POCD_HD000040",
            Rulebook.TypeId, document.At("typeId") ?? document);
        foreach (var template in document.Elements("templateId"))
            findings.AddUnless(Values.IsOid(template.Attr("root")) && template.Attr("root")!.StartsWith("1.2.246.777.", StringComparison.Ordinal),
                Rulebook.TemplateId, template, template.Attr("root") ?? "");

        var local = document.At("localHeader");
        if (local is null)
            return;
        foreach (var (where, what) in (local.At("custodianTypecode") is null ? Shapes.LocalHeader : Shapes.LocalHeaderOther).Check(local))
            findings.Add(Rulebook.LocalHeaderStructure, where, what);
        var type = local.AttrAt("documentType", "code");
        string[] needed = type == "2" ? ["tableOfContents"] : type == "4" ? ["custodianTypeCode", "encompassingEncounterMasterCode", "encompassingEncounterCode"]
            : ["custodianTypeCode", "encompassingEncounterMasterCode", "tableOfContents"];
        foreach (var name in needed.Where(n => !local.Elements().Any(e => e.LocalName.Equals(n, StringComparison.OrdinalIgnoreCase))))
            findings.Add(Rulebook.LocalHeaderStructure, local, $"{name} is missing");
        foreach (var filled in local.Elements().Concat(document.Elements("copyTime")).Where(e => ArchiveFills.Contains(e.LocalName)))
            findings.Add(Rulebook.FilledByArchive, filled, filled.LocalName);
    }

    private static IEnumerable<XmlElement> HeaderElements(XmlElement document) =>
        document.Elements().Where(e => e.NamespaceURI == XmlNav.Hl7 && e.LocalName != "component").SelectMany(e => e.DescendantElements().Prepend(e));

    private static void Ids(XmlElement document, Findings findings)
    {
        var ids = new HashSet<string>(StringComparer.Ordinal);
        foreach (var element in document.DescendantElements())
            if ((element.Attr("ID") ?? (element.NamespaceURI == XmlNav.Dsig ? element.Attr("Id") : null)) is { } id)
            {
                findings.AddUnless(ids.Add(id), Rulebook.DuplicateId, element, id);
                findings.AddUnless(IsName(id), Rulebook.IdNotName, element, id);
            }

        foreach (var reference in document.DescendantElements().Where(e => e.LocalName == "reference" && e.NamespaceURI == XmlNav.Hl7))
            if (reference.Attr("value") is { } target && target.StartsWith('#') && !ids.Contains(target[1..]))
                findings.Add(Rulebook.DanglingReference, reference, target);
    }

    private static bool IsName(string id)
    {
        try
        {
            return XmlConvert.VerifyNCName(id) == id;
        }
        catch (XmlException)
        {
            return false;
        }
    }
}
