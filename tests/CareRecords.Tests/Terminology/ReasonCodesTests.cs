using CareRecords.Terminology;
using CareRecords.Treatments;
using Shouldly;
using Xunit;

namespace CareRecords.Tests.Terminology;

public class ReasonCodesTests
{
    private const string Icpc = "http://hl7.org/fhir/sid/icpc-2";
    private const string Icd = "http://hl7.org/fhir/sid/icd-10";
    private static readonly DateOnly Day = new(2026, 3, 2);

    private static readonly CodeSnapshot Tables = new("", new[]
    {
        Row(Icpc, "L03", "Alaselän oire/vaiva", sv: "Ländryggssymtom"), Row(Icpc, "L84", "Selkäsyndrooma ilman säteilykipua"), Row(Icpc, "L01", "Niskan oire"),
        Row(Icpc, "L99", "Päättynyt selkä", until: new DateOnly(2025, 12, 31)),
        Row(Icd, "M54.5", "Lanneselän kipu", en: "Low back pain"), Row(Icd, "L03", "Selluliitti"),
    }.GroupBy(row => row.System).ToDictionary(group => group.Key, group => group.ToDictionary(row => row.Code)), []);

    [Theory]
    [InlineData("L03", "icpc-2 L03", "icd-10 L03")]
    [InlineData("l0", "icpc-2 L01", "icpc-2 L03", "icd-10 L03")]
    [InlineData("selkä", "icpc-2 L84")]
    [InlineData("OIRE alas", "icpc-2 L03")]
    [InlineData("länd", "icpc-2 L03")]
    [InlineData("back low", "icd-10 M54.5")]
    [InlineData("elkä")]
    [InlineData("  ")]
    public void Search_ByBeginningsOfCodesAndWords_FindsWhatIsValidThatDay(string term, params string[] expected)
    {
        var (found, more) = ReasonCodes.Search(Tables, term, Day, 20);
        found.Select(code => $"{(code.System == Icd ? "icd-10" : "icpc-2")} {code.Code}").ShouldBe(expected, ignoreOrder: true);
        more.ShouldBeFalse();
    }

    [Fact]
    public void Search_MoreThanTheLimit_SaysSo() => ReasonCodes.Search(Tables, "L", Day, 2).ShouldSatisfyAllConditions(
        answer => answer.Found.Count.ShouldBe(2), answer => answer.More.ShouldBeTrue());

    [Fact]
    public void Find_AnEndedOrForeignCode_IsNone()
    {
        ReasonCodes.Find(Tables, Icpc, "L84", Day).ShouldBe(new NoteCode("L84", Icpc, "Selkäsyndrooma ilman säteilykipua"));
        ReasonCodes.Find(Tables, Icpc, "L99", Day).ShouldBeNull();
        ReasonCodes.Find(Tables, "http://loinc.org", "L84", Day).ShouldBeNull();
    }

    private static CodeRow Row(string system, string code, string fi, string? sv = null, string? en = null, DateOnly? until = null) =>
        new(ReasonCodes.TableOf(system), code, fi, null, sv, en, null, null, until);
}
