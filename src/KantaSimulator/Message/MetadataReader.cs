using System.Xml;
using KantaSimulator.Xml;

namespace KantaSimulator.Message;

/// <summary>Reads <see cref="Metadata"/> from the wrapper's clinicalDocument and from a ClinicalDocument.</summary>
internal static class MetadataReader
{
    // Not repeated in the wrapper by either real sender.
    private static readonly string[] OnlyInDocument = ["signatureCollection", "patientHomeMunicipality"];

    public static Metadata FromWrapper(XmlElement wrapper)
    {
        var patient = wrapper.At("recordTarget/patient");
        var encounter = wrapper.At("componentOf/encounterEvent");
        return Read(wrapper, patient.At("id"), patient.At("patientPerson"), wrapper.At("custodian/assignedCustodian/representedOrganization"), encounter,
            encounter.At("encounterPerformer/assignedPerson/representedOrganization"),
            encounter.At("location/healthCareFacility") is { } facility ? (facility.AttrAt("id", "root"), facility.At("location/name").Squeezed()) : ("", ""));
    }

    public static Metadata FromDocument(XmlElement document)
    {
        var role = document.At("recordTarget/patientRole");
        var encounter = document.At("componentOf/encompassingEncounter");
        var producer = encounter.At("responsibleParty/assignedEntity/representedOrganization");
        return Read(document, role.At("id"), role.At("patient"), document.At("custodian/assignedCustodian/representedCustodianOrganization"), encounter,
            encounter.At("encounterParticipant/assignedEntity/representedOrganization"), (producer.AttrAt("id", "root"), producer.At("name").Squeezed()));
    }

    /// <summary>Value of one localHeader child, comparable between wrapper and document: codes without their display names.</summary>
    public static string LocalValue(XmlElement field)
    {
        var coded = field.Elements("contentsCode").Prepend(field).Where(e => e.Attr("code") is not null)
            .Select(e => $"{e.Attr("code")} {e.Attr("codeSystem")}");
        string[] attributes = ["root", "extension", "value", "moderator", "product", "version"];
        var others = attributes.Select(field.Attr).Where(v => v is not null);
        return string.Join(" | ", [.. coded, .. others, field.Squeezed()]).TrimEnd(' ', '|');
    }

    private static Metadata Read(XmlElement root, XmlElement? patientId, XmlElement? person, XmlElement? custodian, XmlElement? encounter,
        XmlElement? unit, (string? Id, string? Name) producer)
    {
        var related = root.At("relatedDocument");
        var parent = related.At("parentDocument");
        var time = encounter.At("effectiveTime");
        return new Metadata
        {
            Id = root.AttrAt("id", "root") ?? "",
            Register = Code(root.At("code")),
            EffectiveTime = root.AttrAt("effectiveTime", "value") ?? "",
            Confidentiality = Code(root.At("confidentialityCode")),
            Language = root.AttrAt("languageCode", "code") ?? "",
            SetId = root.AttrAt("setId", "root") ?? "",
            Version = root.AttrAt("versionNumber", "value") ?? "",
            Patient = new Identifier(patientId.Attr("root") ?? "", patientId.Attr("extension") ?? ""),
            PatientName = PersonName(person.At("name")),
            Gender = Code(person.At("administrativeGenderCode")),
            Birth = person.AttrAt("birthTime", "value") ?? "",
            Authors = [.. root.Elements("author").Select(Author).Order(StringComparer.Ordinal)],
            Custodian = custodian.AttrAt("id", "root") ?? "",
            CustodianName = custodian.At("name").Squeezed(),
            Related = related is null ? "" : string.Join(' ', related.Attr("typeCode"), parent.AttrAt("id", "root"), parent.AttrAt("setId", "root"),
                parent.AttrAt("versionNumber", "value")),
            ParentId = parent.AttrAt("id", "root") ?? "",
            ServiceEvent = encounter.AttrAt("id", "root") ?? "",
            ServiceEventTime = $"{time.AttrAt("low", "value")}/{time.AttrAt("high", "value")}",
            Unit = $"{unit.AttrAt("id", "root")} {unit.At("name").Squeezed()}".Trim(),
            Producer = $"{producer.Id} {producer.Name}".Trim(),
            Local = root.At("localHeader").Elements().Where(e => !OnlyInDocument.Contains(e.LocalName))
                .GroupBy(e => e.LocalName == "custodianTypecode" ? "custodianTypeCode" : e.LocalName)
                .ToDictionary(g => g.Key, g => string.Join(" + ", g.Select(LocalValue))),
        };
    }

    public static string PersonName(XmlElement? name) => string.Join(' ', name.Elements()
        .Select(part => (Key: part.LocalName + (part.Attr("qualifier") is { } q ? $"[{q}]" : ""), Text: part.Squeezed()))
        .OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"{p.Key}={p.Text}"));

    public static string Author(XmlElement author)
    {
        var id = author.At("assignedAuthor/id");
        return $"{id.Attr("root")} {id.Attr("extension")} {PersonName(author.At("assignedAuthor/assignedPerson/name"))}".Trim();
    }

    private static Coded Code(XmlElement? element) => new(element.Attr("code") ?? "", element.Attr("codeSystem") ?? "");
}
