using KantaConnector.Documents;
using Shouldly;

namespace KantaConnector.Tests.Documents;

public class DocumentProblemsTests
{
    [Fact]
    public void Of_GoodDocuments_FindsNothing()
    {
        DocumentProblems.Of(Some.ServiceEventDocument()).ShouldBeEmpty();
        DocumentProblems.Of(Some.CareDocument()).ShouldBeEmpty();
        DocumentProblems.Of(Some.Correction()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("1.2.246", true)]
    [InlineData("2.16.840.1.113883", true)]
    [InlineData("1.2.0.3", true)]
    [InlineData("3.1", false)]
    [InlineData("1.02.3", false)]
    [InlineData("1..3", false)]
    [InlineData("1.2.", false)]
    [InlineData("1.2.a", false)]
    [InlineData("", false)]
    [InlineData("1.2.3.4444444444444444444444444444444444444444444444444444444444444", false)]
    public void Oid_IsValid(string text, bool valid) => Oid.IsValid(text).ShouldBe(valid);

    public static TheoryData<string, string> Broken => new()
    {
        { "bad oid", "oid" }, { "version without parent", "replaces" }, { "set id", "setId" }, { "end first", "serviceEvent.end" },
        { "no entries", "entries" }, { "control character", "entries[0].stages[0].headings[0].paragraphs" },
        { "empty heading", "entries[0].stages[0].headings[0]" }, { "no maker", "entries[0].authors" }, { "guardian", "guardianDisclosure" },
        { "no given name", "patient.name" }, { "spaces in code", "register" },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void Of_BrokenFact_NamesItsPlace(string what, string path)
    {
        var good = Some.CareDocument();
        var facts = good.Facts;
        var entry = good.Entries[0];
        var broken = what switch
        {
            "bad oid" => good with { Facts = facts with { Oid = "x", SetId = "x" } },
            "version without parent" => Some.Correction() with { Facts = Some.Correction().Facts with { Replaces = null } },
            "set id" => good with { Facts = facts with { SetId = Some.Facts(9).Oid } },
            "end first" => good with { Facts = facts with { ServiceEvent = Some.ServiceEvent() with { End = Some.ServiceEvent().Start.AddMinutes(-1) } } },
            "no entries" => good with { Entries = [] },
            "control character" => Some.CareDocument("a\u0001b"),
            "empty heading" => good with { Entries = [entry with { Stages = [entry.Stages[0] with { Headings = [Some.Heading()] }] }] },
            "no maker" => good with { Entries = [entry with { Authors = [Some.Maker(AuthorRole.KIR)] }] },
            "guardian" => good with { GuardianDisclosure = new GuardianDisclosure(new Coded("5", CodeSets.GuardianDisclosure), new Coded("DEMO", "1.2.3"), null) },
            "no given name" => good with { Facts = facts with { Patient = facts.Patient with { Name = facts.Patient.Name with { Given = [] } } } },
            _ => good with { Facts = facts with { Register = facts.Register with { Code = "1 0" } } },
        };
        DocumentProblems.Of(broken).ShouldContain(problem => problem.Path == path);
    }

    [Fact]
    public void Reason_ADemonstrationCode_StopsADocumentForTheRealArchiveOnly()
    {
        var fitness = new KantaConnector.Records.DocumentFitness(Microsoft.Extensions.Options.Options.Create(new KantaOptions()));
        var built = CdaBuilder.Build(Some.Everything());
        fitness.Reason([], built, CareRecords.Practice.KantaEnvironment.Production).ShouldBe("not fit for the archive: settings: Kanta:CareFunctionCode is a demonstration code; codes: a demonstration code stands where a national one belongs");
        fitness.Reason([], built, CareRecords.Practice.KantaEnvironment.Test).ShouldBeNull();
        fitness.Reason([], CdaBuilder.Build(Some.ServiceEventDocument()), CareRecords.Practice.KantaEnvironment.Production).ShouldBeNull();
    }
}
