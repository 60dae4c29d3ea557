using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml;
using KantaSimulator.Message;
using KantaSimulator.Rules;
using KantaSimulator.Xml;

namespace KantaSimulator.Checks;

/// <summary>Who the document is about and who made it: SIM-C05 to C12, C14 and C19. The identity code is judged here on its own, by nobody else's code.</summary>
internal static partial class IdentityChecks
{
    public const string IdentityCodeRoot = "1.2.246.21";

    private static readonly string[] AuthorRoots = [IdentityCodeRoot, "1.2.246.537.25", "1.2.246.537.26", "1.2.246.537.29"];

    [GeneratedRegex(@"^1\.2\.246(\.[0-9]+)+\.22\.(19|20)[0-9]{2}$", RegexOptions.NonBacktracking)]
    private static partial Regex TemporaryRoot();

    public static void Run(XmlElement document, Metadata metadata, DateTime localNow, Findings findings)
    {
        var role = document.At("recordTarget/patientRole");
        var where = role.At("id") ?? document;
        var birth = Values.ReadTime(metadata.Birth);
        if (birth is null || metadata.Birth.Length != 8 || birth > localNow)
            findings.Add(Rulebook.BirthTime, role.At("patient/birthTime") ?? where, metadata.Birth);
        var name = role.At("patient/name");
        findings.AddUnless(name.At("family").Squeezed().Length > 0 && name.At("given").Squeezed().Length > 0, Rulebook.NameMissing, name ?? where);

        if (metadata.Patient.Root == IdentityCodeRoot)
            Official(metadata.Patient.Extension, birth, where, findings);
        else if (TemporaryRoot().IsMatch(metadata.Patient.Root))
            Temporary(metadata.Patient.Extension, where, findings);
        else
            findings.Add(Rulebook.PatientRoot, where, metadata.Patient.Root);
        Professionals(document, findings);
    }

    /// <summary>The rules for a personal identity code alone, also used by the appointment interface.</summary>
    public static Rule? Judge(string code) => IdentityCode.Read(code) switch
    {
        null => Rulebook.IdentityMalformed,
        { IsTestSeries: false } => Rulebook.IdentityNotTest,
        { CheckHolds: false } => Rulebook.IdentityCheck,
        _ => null,
    };

    private static void Official(string code, DateTime? birth, XmlElement where, Findings findings)
    {
        if (IdentityCode.Read(code) is not { } identity)
        {
            findings.Add(Rulebook.IdentityMalformed, where, code);
            return;
        }

        findings.AddUnless(identity.CheckHolds, Rulebook.IdentityCheck, where, code);
        findings.AddUnless(identity.IsTestSeries, Rulebook.IdentityNotTest, where, $"individual number {identity.Individual:000}");
        if (birth is not null)
            findings.AddUnless(DateOnly.FromDateTime(birth.Value) == identity.Birth, Rulebook.BirthDiffers, where,
                $"{identity.Birth.ToString("yyyyMMdd", CultureInfo.InvariantCulture)} and {birth.Value:yyyyMMdd}");
    }

    private static void Temporary(string code, XmlElement where, Findings findings) =>
        findings.AddUnless(IdentityCode.Read(code) is { IsTestSeries: true }, Rulebook.TemporaryIdMalformed, where, code);

    private static void Professionals(XmlElement document, Findings findings)
    {
        foreach (var id in document.DescendantElements().Where(e => e is { LocalName: "id", ParentNode: { LocalName: "assignedAuthor", ParentNode.LocalName: "author" } }))
        {
            if (id.Attr("nullFlavor") is not null)
                continue;
            findings.AddUnless(AuthorRoots.Contains(id.Attr("root")) && id.Attr("extension") is { Length: > 0 }, Rulebook.AuthorRoot, id, id.Attr("root") ?? "none");
            if (id.Attr("root") == IdentityCodeRoot && IdentityCode.Read(id.Attr("extension")) is not { CheckHolds: true })
                findings.Add(Rulebook.StaffIdentityCheck, id);
        }
    }
}
