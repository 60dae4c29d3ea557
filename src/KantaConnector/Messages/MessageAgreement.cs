using System.Xml.Linq;

namespace KantaConnector.Messages;

/// <summary>Whether a message's wrapper says what its document says, in every field that stands in both.</summary>
internal static class MessageAgreement
{
    private static readonly XNamespace Hl7 = "urn:hl7-org:v3";
    private static readonly XNamespace Fi = "urn:hl7finland";

    /// <returns>Names of the fields that differ.</returns>
    public static IReadOnlyList<string> Differences(ReadMessage message, XDocument cda)
    {
        var wrapper = message.ClinicalDocument;
        var document = cda.Root!;
        var found = new List<string>();
        Compare("Content-ID", [message.ContentId], Roots(document, "id"));
        foreach (var name in new[] { "id", "code", "effectiveTime", "confidentialityCode", "languageCode", "setId", "versionNumber" })
        {
            Compare(name, wrapper.Elements(Hl7 + name).Select(Key), document.Elements(Hl7 + name).Select(Key));
        }
        var patient = wrapper.Element(Hl7 + "recordTarget")?.Element(Hl7 + "patient");
        var role = document.Element(Hl7 + "recordTarget")?.Element(Hl7 + "patientRole");
        Compare("patient id", patient?.Elements(Hl7 + "id").Select(Key), role?.Elements(Hl7 + "id").Select(Key));
        foreach (var name in new[] { "name", "administrativeGenderCode", "birthTime" })
        {
            Compare("patient " + name, patient?.Element(Hl7 + "patientPerson")?.Elements(Hl7 + name).Select(Key), role?.Element(Hl7 + "patient")?.Elements(Hl7 + name).Select(Key));
        }
        Compare("authors", Authors(wrapper), Authors(document));
        Compare("custodian", Under(wrapper, "custodian", "assignedCustodian", "representedOrganization"), Under(document, "custodian", "assignedCustodian", "representedCustodianOrganization"));
        Compare("replaced version", Under(wrapper, "relatedDocument", "parentDocument"), Under(document, "relatedDocument", "parentDocument"));
        var inner = wrapper.Element(Hl7 + "componentOf")?.Element(Hl7 + "encounterEvent");
        var outer = document.Element(Hl7 + "componentOf")?.Element(Hl7 + "encompassingEncounter");
        Compare("service event", inner?.Elements(Hl7 + "id").Select(Key), outer?.Elements(Hl7 + "id").Select(Key));
        Compare("service event time", inner?.Elements(Hl7 + "effectiveTime").Select(Key), outer?.Elements(Hl7 + "effectiveTime").Select(Key));
        Compare("local header", Local(wrapper), Local(document));
        return found;

        void Compare(string name, IEnumerable<string?>? left, IEnumerable<string?>? right)
        {
            if (!(left ?? []).SequenceEqual(right ?? []))
            {
                found.Add(name);
            }
        }
    }

    private static IEnumerable<string?> Roots(XElement parent, string name) => parent.Elements(Hl7 + name).Select(e => (string?)e.Attribute("root"));

    private static IEnumerable<string> Authors(XElement parent) => parent.Elements(Hl7 + "author")
        .Select(author => string.Join('|', author.Element(Hl7 + "assignedAuthor")?.Elements().Select(Key) ?? []));

    private static IEnumerable<string> Under(XElement parent, params string[] path) =>
        path.Aggregate(new[] { parent }.AsEnumerable(), (at, name) => at.Elements(Hl7 + name)).Elements().Select(Key);

    private static IEnumerable<string> Local(XElement parent) => (parent.Element(Fi + "localHeader")?.Elements() ?? [])
        .Where(e => e.Name.LocalName is not ("signatureCollection" or "patientHomeMunicipality"))
        .Select(e => e.Name.LocalName.Replace("custodianTypecode", "custodianTypeCode", StringComparison.Ordinal) + Key(e));

    /// <summary>What counts of an element: codes and values, without names of code sets, which published senders word differently.</summary>
    private static string Key(XElement element)
    {
        var own = string.Join(',', element.Attributes().Where(a => a.Name.LocalName is "code" or "codeSystem" or "root" or "extension" or "value" or "nullFlavor" or "qualifier")
            .OrderBy(a => a.Name.LocalName, StringComparer.Ordinal).Select(a => $"{a.Name.LocalName}={a.Value}"));
        var children = element.Elements().ToArray();
        var inner = children.Length > 0
            ? string.Concat(children.Select(child => $"<{child.Name.LocalName} {Key(child)}>"))
            : string.Join(' ', element.Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return $"[{own}]{inner}";
    }
}
