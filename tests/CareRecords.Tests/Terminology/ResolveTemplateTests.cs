using CareRecords.Terminology;
using CareRecords.Treatments;
using Shouldly;
using Xunit;

namespace CareRecords.Tests.Terminology;

public class ResolveTemplateTests
{
    private const string Views = "1.2.246.537.6.12.2002";
    private const string Headings = "1.2.246.537.6.14.2006";
    private static readonly DateOnly Day = new(2026, 3, 2);

    private static NoteTemplate Physiotherapy => NoteTemplates.All.Single(t => t.Id == "physiotherapy");

    private static CodeRow Row(string system, string code, string name, DateOnly? from = null, DateOnly? until = null) =>
        new(system, code, name, null, null, null, null, from, until);

    private static NoteTemplate On(params CodeRow[] rows) =>
        ResolveTemplate.On(Physiotherapy, system => rows.Where(row => row.System == system).ToArray() is { Length: > 0 } found ? found : null, Day);

    [Fact]
    public void On_NothingImported_IsTheDemonstration() => On().View.Code.ShouldBe("DEMO-FYST");

    [Fact]
    public void On_ImportedViews_TakesTheCodeOfThatName() => On(Row(Views, "100", "RTG"), Row(Views, "777", "fyst")).View.ShouldBe(new NoteCode("777", Views, "fyst"));

    [Fact]
    public void On_ImportedHeadings_KeepsOnlyThoseThatAreThere()
    {
        var template = On(Row(Headings, "53", "Tutkimukset"), Row(Headings, "900", "Hoidon syy"));
        template.Headings.Select(h => h.Heading.Code).ShouldBe(["900", "53"]);
        template.Headings.ShouldAllBe(h => h.Heading.Verified);
    }

    [Theory]
    [InlineData("2026-03-03", null, false)]
    [InlineData("2026-03-02", "2026-03-02", true)]
    [InlineData(null, "2026-03-01", false)]
    public void On_Validity_CountsOnTheDayOfCare(string? from, string? until, bool valid)
    {
        var row = Row(Headings, "53", "Tutkimukset", from is null ? null : DateOnly.Parse(from, null), until is null ? null : DateOnly.Parse(until, null));
        On(row).Headings.Any(h => h.Heading.Code == "53").ShouldBe(valid);
    }
}
