using System.Xml;
using KantaSimulator.Message;
using KantaSimulator.Rules;
using KantaSimulator.Xml;

namespace KantaSimulator.Checks;

/// <summary>
/// Code sets by element and the values of the few sets that are verified whole (SIM-C02 to C04, C15 to C18), OIDs, and rules between codes.
/// Other sets' values come from koodistopalvelu and are not judged here.
/// </summary>
internal static class CodeChecks
{
    private const string KelaCustodian = "1.2.246.10.2462460.19.1";
    private const string InformationManagementRegister = "12";

    private static readonly (string Path, string System, string[]? Values)[] Sets =
    [
        ("code", "1.2.246.537.5.40150.2009", ["1", "2", "3", "4", "6", "7", "8", "10", "11", "12", "13"]),
        ("confidentialityCode", "1.2.246.777.5.99902.2006", null),
        ("localHeader/tableOfContents/contentsCode", BodyChecks.Views, null),
        ("localHeader/fileFormat", "1.2.246.537.5.40179.2008", ["1"]),
        ("localHeader/documentType", "1.2.246.537.5.5001.2011", ["1", "2", "3", "4"]),
        ("localHeader/functionCode", "1.2.246.537.6.300.2010", null),
        ("localHeader/recordStatus", "1.2.246.537.5.40154.2008", null),
        ("localHeader/custodianTypeCode", "1.2.246.537.5.40172.2008", ["1", "2"]),
        ("localHeader/encompassingEncounterCode", "1.2.246.537.5.40156.2008", null),
        ("localHeader/encompassingEncounterMasterCode", "1.2.246.537.5.40180.2008", ["1", "2"]),
        ("localHeader/retentionPeriodClass", "1.2.246.537.5.40158.2008", null),
        ("localHeader/patientHomeMunicipality", "1.2.246.537.6.21.2003", null),
    ];

    private static readonly string[] NamedOids =
    [
        "id", "setId", "custodian/assignedCustodian/representedCustodianOrganization/id", "componentOf/encompassingEncounter/id",
        "relatedDocument/parentDocument/id", "relatedDocument/parentDocument/setId",
    ];

    public static void Run(XmlElement document, Metadata metadata, Findings findings)
    {
        foreach (var (path, system, values) in Sets)
            if (document.At(path) is { } element)
            {
                findings.AddUnless(element.Attr("codeSystem") == system, Rulebook.CodeSystem, element, $"{element.Attr("codeSystem")}, expected {system}");
                findings.AddUnless(values is null || values.Contains(element.Attr("code")), Rulebook.CodeUnknown, element, element.Attr("code") ?? "none");
            }

        foreach (var role in document.DescendantElements().Where(e => e.LocalName == "functionCode" && e.NamespaceURI == XmlNav.Hl7))
            findings.AddUnless(role.Attr("codeSystem") == "1.2.246.537.5.40006.2003", Rulebook.CodeSystem, role, role.Attr("codeSystem") ?? "none");
        if (document.At("recordTarget/patientRole/patient/administrativeGenderCode") is { } gender)
        {
            findings.AddUnless(gender.Attr("codeSystem") == "1.2.246.537.5.1.1997", Rulebook.CodeSystem, gender, gender.Attr("codeSystem") ?? "none");
            findings.AddUnless(gender.Attr("code") is "1" or "2", Rulebook.GenderUnknown, gender, gender.Attr("code") ?? "none");
        }

        var local = document.At("localHeader");
        findings.AddUnless(local.AttrAt("recordStatus", "code") == "3", Rulebook.RecordStatus, local.At("recordStatus") ?? local ?? document,
            local.AttrAt("recordStatus", "code") ?? "none");
        findings.AddUnless(metadata.Language is "fi" or "sv", Rulebook.Language, document.At("languageCode") ?? document, metadata.Language);
        Between(document, local, metadata, findings);
        foreach (var id in OidPlaces(document))
            findings.AddUnless(Values.IsOid(id.Attr("root")), Rulebook.OidMalformed, id, id.Attr("root") ?? "no root");
    }

    private static void Between(XmlElement document, XmlElement? local, Metadata metadata, Findings findings)
    {
        var function = local.AttrAt("functionCode", "code") ?? "";
        if (metadata.IsServiceEventDocument)
        {
            findings.AddUnless(function == "06.00", Rulebook.FunctionCode, local.At("functionCode") ?? local, function);
            findings.AddUnless(metadata.Master == "1", Rulebook.MasterCode, local.At("encompassingEncounterMasterCode") ?? local, metadata.Master);
        }
        else if (metadata.DocumentType == "1" && function == "06.00")
        {
            findings.Add(Rulebook.FunctionCode, local.At("functionCode"), function);
        }

        findings.AddUnless(metadata.Register.Code == InformationManagementRegister == (metadata.Custodian == KelaCustodian), Rulebook.RegisterCustodian,
            document.At("custodian") ?? document, $"register {metadata.Register.Code}, custodian {metadata.Custodian}");
        var time = document.At("componentOf/encompassingEncounter/effectiveTime");
        if (Values.ReadTime(time.AttrAt("low", "value")) is { } low && Values.ReadTime(time.AttrAt("high", "value")) is { } high && high < low)
            findings.Add(Rulebook.EncounterTimes, time, $"{low:s} – {high:s}");
    }

    private static IEnumerable<XmlElement> OidPlaces(XmlElement document)
    {
        var named = NamedOids.Select(document.At).OfType<XmlElement>();
        var organisations = document.DescendantElements().Where(e => e is { LocalName: "id", ParentNode.LocalName: "representedOrganization" });
        return named.Concat(organisations).Where(e => e.Attr("nullFlavor") is null);
    }
}
