using System.Xml;
using KantaSimulator.Message;
using KantaSimulator.Rules;
using KantaSimulator.Xml;

namespace KantaSimulator.Checks;

/// <summary>Structure of the structuredBody: sections, the three levels of a note, authors, narrative, and the body of a service-event document.</summary>
internal static class BodyChecks
{
    public const string Views = "1.2.246.537.6.12.2002";
    public const string Stages = "1.2.246.537.6.13.2006";
    public const string Headings = "1.2.246.537.6.14.2006";

    private static readonly string[] Roles = ["MER", "KIR", "KOR", "MIT", "OHJ"];

    public static void Run(XmlElement document, Metadata metadata, Findings findings)
    {
        var body = document.At("component/structuredBody");
        if (body?.Attr("ID") is not { Length: > 0 })
        {
            findings.Add(Rulebook.BodyMissing, body ?? document, body is null ? "structuredBody" : "ID");
            if (body is null)
                return;
        }

        foreach (var part in body.DescendantElements().Prepend(body))
            if (Shapes.Body.TryGetValue(part.LocalName, out var shape) && part.NamespaceURI == XmlNav.Hl7)
                foreach (var (where, what) in shape.Check(part))
                    findings.Add(Rulebook.SectionStructure, where, what);
        foreach (var text in body.DescendantElements().Where(e => e is { LocalName: "text", ParentNode.LocalName: "section" }))
            foreach (var stranger in text.DescendantElements().Where(e => !Shapes.Narrative.Contains(e.LocalName) || e.NamespaceURI != XmlNav.Hl7))
                findings.Add(Rulebook.NarrativeElement, stranger, stranger.LocalName);

        var entries = body.Elements("component").SelectMany(c => c.Elements("section")).ToList();
        Authors(body, findings);
        Subjects(entries, metadata, findings);
        if (metadata.IsServiceEventDocument)
            ServiceEventBody(entries, metadata, findings);
        else if (metadata.DocumentType == "1")
            Notes(document, entries, metadata, findings);
    }

    private static void Notes(XmlElement document, List<XmlElement> entries, Metadata metadata, Findings findings)
    {
        foreach (var entry in entries)
        {
            var stages = Children(entry);
            if (System(entry) != Views || stages.Count == 0)
                findings.Add(Rulebook.Nesting, entry, $"code set {System(entry)}, {stages.Count} process stages");
            var authors = entry.Elements("author").ToList();
            if (!authors.Exists(a => a.At("functionCode") is not null && a.AttrAt("time", "value") is not null && a.AttrAt("assignedAuthor/id", "root") is not null))
                findings.Add(Rulebook.EntryAuthor, entry);
            foreach (var maker in authors.Where(a => a.AttrAt("functionCode", "code") == "MER").Select(AuthorId))
                findings.AddUnless(document.Elements("author").Any(a => AuthorId(a) == maker), Rulebook.MakerNotAuthor, entry, maker);
            foreach (var stage in stages)
            {
                var headings = Children(stage);
                if (System(stage) != Stages || headings.Count == 0)
                    findings.Add(Rulebook.Nesting, stage, $"code set {System(stage)}, {headings.Count} headings");
                foreach (var heading in headings)
                {
                    if (System(heading) != Headings)
                        findings.Add(Rulebook.Nesting, heading, $"code set {System(heading)}");
                    findings.AddUnless(heading.DescendantElements().Any(e => e.LocalName == "text" && e.Squeezed().Length > 0), Rulebook.EmptyNarrative, heading);
                }
            }
        }

        var listed = document.At("localHeader/tableOfContents").Elements("contentsCode").Select(c => c.Attr("code") ?? "").ToHashSet();
        var used = entries.Select(e => e.AttrAt("code", "code") ?? "").ToHashSet();
        findings.AddUnless(listed.SetEquals(used), Rulebook.ViewNotListed, document.At("localHeader/tableOfContents") ?? document,
            $"listed {string.Join(", ", listed.Order())}; used {string.Join(", ", used.Order())}");
        findings.AddUnless(metadata.Master == "2", Rulebook.MasterCode, document.At("localHeader/encompassingEncounterMasterCode") ?? document, metadata.Master);
    }

    private static void ServiceEventBody(List<XmlElement> entries, Metadata metadata, Findings findings)
    {
        if (entries is not [var section] || section.At("subject/relatedSubject") is null)
        {
            findings.Add(Rulebook.ServiceEventBody, entries.FirstOrDefault(), $"{entries.Count} sections");
            return;
        }

        findings.AddUnless(section.AttrAt("id", "root") == metadata.ServiceEvent, Rulebook.SectionServiceEvent, section, section.AttrAt("id", "root") ?? "no id");
    }

    private static void Authors(XmlElement body, Findings findings)
    {
        foreach (var role in body.DescendantElements().Where(e => e is { LocalName: "functionCode", ParentNode.LocalName: "author" }))
            findings.AddUnless(Roles.Contains(role.Attr("code")), Rulebook.AuthorRole, role, role.Attr("code") ?? "");
    }

    private static void Subjects(List<XmlElement> entries, Metadata metadata, Findings findings)
    {
        if (metadata.DocumentType is "1" && entries.FirstOrDefault() is { } first && first.At("subject/relatedSubject") is null)
            findings.Add(Rulebook.SubjectMissing, first);
        foreach (var subject in entries.Elements("subject/relatedSubject"))
        {
            var code = subject.At("code");
            findings.AddUnless(code.Attr("code") == metadata.Patient.Extension && code.Attr("codeSystem") == metadata.Patient.Root, Rulebook.SubjectIdDiffers,
                code ?? subject, $"{code.Attr("code")}, header {metadata.Patient.Extension}");
            var name = MetadataReader.PersonName(subject.At("subject/name"));
            findings.AddUnless(name == metadata.PatientName, Rulebook.SubjectNameDiffers, subject, $"{name}; header {metadata.PatientName}");
        }
    }

    private static IEnumerable<XmlElement> Elements(this List<XmlElement> entries, string path) => entries.Select(e => e.At(path)).OfType<XmlElement>();

    private static List<XmlElement> Children(XmlElement section) => [.. section.Elements("component").SelectMany(c => c.Elements("section"))];

    private static string System(XmlElement section) => section.AttrAt("code", "codeSystem") ?? "none";

    private static string AuthorId(XmlElement author) => $"{author.AttrAt("assignedAuthor/id", "root")} {author.AttrAt("assignedAuthor/id", "extension")}";
}
