using System.Text;
using System.Xml;
using System.Xml.Linq;
using System.Xml.Schema;
using FsCheck;
using KantaConnector.Documents;
using Shouldly;

namespace KantaConnector.Tests.Documents;

public class CdaBuilderTests
{
    private static readonly XNamespace Hl7 = "urn:hl7-org:v3";
    private static readonly XNamespace Fi = "urn:hl7finland";

    public static TheoryData<string> Kinds => ["service event", "open service event", "care", "correction", "everything", "guardian as section", "form"];

    internal static BuiltDocument Build(string kind) => kind switch
    {
        "service event" => CdaBuilder.Build(Some.ServiceEventDocument()),
        "open service event" => CdaBuilder.Build(Some.ServiceEventDocument(ended: false)),
        "care" => CdaBuilder.Build(Some.CareDocument()),
        "correction" => CdaBuilder.Build(Some.Correction()),
        "form" => CdaBuilder.Build(Some.Form()),
        "guardian as section" => CdaBuilder.Build(Some.Everything(guardianAsSection: true)),
        _ => CdaBuilder.Build(Some.Everything()),
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Build_EveryKind_ValidatesAgainstTheFinnishSchema(string kind)
    {
        var schemas = new CdaSchemas(OutsideMaterial.Kanta("schemas"));
        using var certificate = Some.Certificate();
        var built = Build(kind);
        schemas.Problems(built.Cda).ShouldBeEmpty();
        schemas.Problems(Some.Signed(built, certificate)).ShouldBeEmpty();
    }

    [Fact]
    public void Schemas_MisplacedElement_IsFound()
    {
        var schemas = new CdaSchemas(OutsideMaterial.Kanta("schemas"));
        var text = Encoding.UTF8.GetString(Build("care").Cda).Replace("<title>Fysioterapia</title>", "", StringComparison.Ordinal)
            .Replace("<languageCode", "<title>Fysioterapia</title><languageCode", StringComparison.Ordinal);
        schemas.Problems(Encoding.UTF8.GetBytes(text)).ShouldNotBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Build_EveryKind_PassesOurOwnChecks(string kind) => CdaChecks.Problems(SafeXml.Linq(Build(kind).Cda)).ShouldBeEmpty();

    [Fact]
    public void Build_ServiceEvent_SaysWhatTheModelSays()
    {
        var root = SafeXml.Linq(Build("service event").Cda).Root!;
        root.Element(Hl7 + "id")!.Attribute("root")!.Value.ShouldBe(Some.Facts().Oid);
        var encounter = root.Element(Hl7 + "componentOf")!.Element(Hl7 + "encompassingEncounter")!;
        encounter.Element(Hl7 + "effectiveTime")!.Element(Hl7 + "low")!.Attribute("value")!.Value.ShouldBe("20260302080000");
        encounter.Element(Hl7 + "effectiveTime")!.Element(Hl7 + "high")!.Attribute("value")!.Value.ShouldBe("20260302084500");
        encounter.Element(Hl7 + "encounterParticipant")!.Descendants(Hl7 + "name").Single().Value.ShouldBe("Hoitohuone Harju");
        var local = root.Element(Fi + "localHeader")!;
        local.Element(Fi + "documentType")!.Attribute("code")!.Value.ShouldBe("4");
        local.Element(Fi + "encompassingEncounterMasterCode")!.Attribute("code")!.Value.ShouldBe("1");
        local.Element(Fi + "patientHomeMunicipality")!.Attribute("code")!.Value.ShouldBe("092");
        var section = root.Descendants(Hl7 + "section").Single();
        section.Element(Hl7 + "id")!.Attribute("root")!.Value.ShouldBe(Some.ServiceEvent().Oid);
    }

    [Fact]
    public void Build_OpenServiceEvent_HasNoEnd() =>
        SafeXml.Linq(Build("open service event").Cda).Descendants(Hl7 + "high").ShouldBeEmpty();

    [Fact]
    public void Build_CreatedAt_IsWrittenAsWallTimeOfItsZone() =>
        SafeXml.Linq(Build("care").Cda).Root!.Element(Hl7 + "effectiveTime")!.Attribute("value")!.Value.ShouldBe("20260302093000");

    [Fact]
    public void Build_Care_NestsViewStageHeadingAndKeepsLines()
    {
        var root = SafeXml.Linq(Build("care").Cda).Root!;
        var entry = root.Descendants(Hl7 + "structuredBody").Single().Element(Hl7 + "component")!.Element(Hl7 + "section")!;
        entry.Element(Hl7 + "code")!.Attribute("codeSystem")!.Value.ShouldBe(CodeSets.View);
        entry.Elements(Hl7 + "author").Select(a => a.Element(Hl7 + "functionCode")!.Attribute("code")!.Value).ShouldBe(["MER", "KIR"]);
        var heading = entry.Element(Hl7 + "component")!.Element(Hl7 + "section")!.Element(Hl7 + "component")!.Element(Hl7 + "section")!;
        var content = heading.Descendants(Hl7 + "content").Single();
        content.Nodes().Select(n => n is XText t ? t.Value : "|").ShouldBe(["Selkä parempi.", "|", "Jatketaan <harjoitteita> & seurataan."]);
        root.Elements(Hl7 + "author").Count().ShouldBe(1);
    }

    [Fact]
    public void Build_StructuredEntries_ReferenceTheirNarrative()
    {
        var root = SafeXml.Linq(Build("care").Cda).Root!;
        var entries = root.Descendants(Hl7 + "entry").ToArray();
        entries.Length.ShouldBe(3);
        foreach (var (entry, wording) in entries.Zip(["L03 Alaselän oire", "6/10", "Manuaalinen terapia"]))
        {
            var target = entry.Descendants(Hl7 + "reference").Single().Attribute("value")!.Value[1..];
            root.Descendants(Hl7 + "content").Single(c => (string?)c.Attribute("ID") == target).Value.ShouldBe(wording);
        }
    }

    [Fact]
    public void Build_Correction_NamesTheVersionItReplacesInDocumentAndWrapper()
    {
        var built = Build("correction");
        var parent = SafeXml.Linq(built.Cda).Root!.Element(Hl7 + "relatedDocument")!.Element(Hl7 + "parentDocument")!;
        parent.Element(Hl7 + "id")!.Attribute("root")!.Value.ShouldBe(Some.Facts(2).Oid);
        parent.Element(Hl7 + "versionNumber")!.Attribute("value")!.Value.ShouldBe("1");
        var wrapper = Encoding.UTF8.GetString(built.WrapperAfter);
        wrapper.ShouldContain("<reasonCode code=\"1\" codeSystem=\"1.2.246.537.5.40178.2008\"");
        wrapper.ShouldContain($"<parentDocument classCode=\"DOCCLIN\" moodCode=\"EVN\"><id root=\"{Some.Facts(2).Oid}\">");
    }

    [Fact]
    public void Build_NonDisclosure_LeavesOutTheHomeMunicipality()
    {
        var document = Some.ServiceEventDocument();
        var masked = CdaBuilder.Build(document with { Facts = document.Facts with { Patient = document.Facts.Patient with { NonDisclosure = true } } });
        foreach (var bytes in new[] { masked.Cda, masked.WrapperBefore, masked.WrapperAfter })
        {
            Encoding.UTF8.GetString(bytes).ShouldNotContain("Vantaa");
            Encoding.UTF8.GetString(bytes).ShouldNotContain("unicipality");
        }
    }

    [Fact]
    public void Build_GuardianAsSection_ReferencesItsNarrative()
    {
        var root = SafeXml.Linq(Build("guardian as section").Cda).Root!;
        var observation = root.Descendants(Hl7 + "observation").Single(o => o.Element(Hl7 + "value")?.Attribute("codeSystem")?.Value == CodeSets.GuardianDisclosure);
        var target = observation.Descendants(Hl7 + "reference").Single().Attribute("value")!.Value[1..];
        root.Descendants(Hl7 + "content").Single(c => (string?)c.Attribute("ID") == target).Value.ShouldBe("3");
    }

    [Fact]
    public void Build_Everything_NamesEachAuthorInHerRole() =>
        SafeXml.Linq(Build("everything").Cda).Descendants(Hl7 + "section").Elements(Hl7 + "author").Select(a => a.Element(Hl7 + "functionCode")!.Attribute("code")!.Value)
            .ShouldBe(["MER", "KIR", "MER", "KOR", "OHJ"]);

    [Fact]
    public void Build_Everything_CarriesReleaseDateOutsourcingGuardianAndDevice()
    {
        var root = SafeXml.Linq(Build("everything").Cda).Root!;
        var local = root.Element(Fi + "localHeader")!;
        local.Element(Fi + "releaseDateForPatientViewing")!.Attribute("value")!.Value.ShouldBe("20260401");
        local.Element(Fi + "outsourcingServiceCustomerName")!.Value.ShouldBe("Tilaaja");
        root.Descendants(Hl7 + "value").First(v => (string?)v.Attribute("codeSystem") == CodeSets.GuardianDisclosure).Attribute("code")!.Value.ShouldBe("3");
        root.Descendants(Hl7 + "softwareName").Single().Value.ShouldBe("Mittari 2");
        root.Descendants(Hl7 + "relatedSubject").Single().Element(Hl7 + "code")!.Attribute("codeSystem")!.Value.ShouldBe($"{Some.Root}.22.2026");
    }
}

public class CdaBuilderPropertyTests
{
    [Fact]
    public void Build_AnyFreeText_IsRefusedByTheRulesOrReadsBackAndVerifies()
    {
        using var certificate = Some.Certificate();
        FsCheck.Fluent.Prop.ForAll<string, string>((text, title) =>
        {
            var good = Some.CareDocument(text ?? "");
            var document = good with { Facts = good.Facts with { Title = title ?? "" } };
            if (DocumentProblems.Of(document).Count > 0)
            {
                return;
            }
            var signed = Some.Signed(CdaBuilder.Build(document), certificate);
            CdaChecks.Problems(SafeXml.Linq(signed)).ShouldBeEmpty();
            KantaConnector.Signing.SignatureVerifier.Verify(signed).Problems.ShouldBeEmpty();
            SafeXml.Linq(signed).Root!.Element(XName.Get("title", "urn:hl7-org:v3"))!.Value.ShouldBe(title);
        }).QuickCheckThrowOnFailure();
    }
}
