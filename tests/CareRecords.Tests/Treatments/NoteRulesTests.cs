using CareRecords.Treatments;
using Shouldly;
using Xunit;

namespace CareRecords.Tests.Treatments;

public class NoteRulesTests
{
    [Fact]
    public void Check_TextUnderOneHeading_IsFine() => Check(Note("Kipu helpottanut.")).ShouldBeEmpty();

    [Theory]
    [InlineData("", "Care.Note.Empty", "")]
    [InlineData("a\u0007b", "Care.Note.ControlCharacters", "Headings[0].Text")]
    public void Check_BadText_NamesTheField(string text, string key, string field)
    {
        var refusal = Check(Note(text)).ShouldHaveSingleItem();
        refusal.TextKey.ShouldBe(key);
        refusal.Field.ShouldBe(field);
    }

    // Not an InlineData: attributes are stored as UTF-8, which has no lone surrogates.
    [Fact]
    public void Check_LoneSurrogate_IsRefused() =>
        Check(Note("a" + (char)0xd800 + "b")).ShouldHaveSingleItem().TextKey.ShouldBe("Care.Note.ControlCharacters");

    [Fact]
    public void Check_TooLong_IsRefused() =>
        Check(Note(new string('a', NoteRules.LongestText + 1))).ShouldHaveSingleItem().TextKey.ShouldBe("Care.Note.TooLong");

    [Theory]
    [InlineData("4", true)]
    [InlineData("10", true)]
    [InlineData("11", false)]
    [InlineData("-1", false)]
    [InlineData("4,5", false)]
    [InlineData("paljon", false)]
    public void Check_Measurement_MustBeANumberWithinItsBounds(string value, bool fine)
    {
        var heading = Template.Headings.Select((h, i) => (h, i)).First(x => x.h.Facts.Any(f => f.Unit == "{score}"));
        var offered = heading.h.Facts.First(f => f.Unit == "{score}");
        var note = Note("x");
        var headings = note.Headings.ToList();
        headings[heading.i] = headings[heading.i] with { Facts = [new StructuredFact(offered.Kind, offered.Code, value, offered.Unit)] };
        var refusals = Check(note with { Headings = headings });
        refusals.Count.ShouldBe(fine ? 0 : 1);
        refusals.ShouldAllBe(r => r.TextKey == "Care.Note.OutOfBounds" && r.Field == $"Headings[{heading.i}].Facts[0].Value");
    }

    [Fact]
    public void Check_HeadingOfAnotherTemplate_IsRefused()
    {
        var note = Note("x");
        var foreign = note.Headings[0] with { Heading = new NoteCode("DEMO-NOWHERE", "1.2.246.537.6.14.2006", "Muualta") };
        Check(note with { Headings = [foreign, .. note.Headings.Skip(1)] }).ShouldHaveSingleItem().TextKey.ShouldBe("Care.Note.HeadingUnknown");
    }

    [Fact]
    public void Templates_NoUnverifiedCodePretendsToBeNational()
    {
        foreach (var heading in NoteTemplates.All.SelectMany(t => t.Headings))
        {
            (heading.Heading.Verified || heading.Heading.Code.StartsWith("DEMO-", StringComparison.Ordinal)).ShouldBeTrue(heading.Heading.Code);
        }

        NoteTemplates.All.ShouldAllBe(t => t.View.Code.StartsWith("DEMO-"));
    }

    private static NoteTemplate Template => NoteTemplates.All.Single(t => t.Id == "physiotherapy");

    private static List<Refusal> Check(NoteContent content) => NoteRules.Check(content, Template);

    private static NoteContent Note(string text) => new()
    {
        TemplateId = Template.Id,
        View = Template.View,
        Title = Template.Title,
        Headings = [.. Template.Headings.Select((h, i) => new NoteHeading { Stage = h.Stage.ToNoteCode(), Heading = h.Heading.ToNoteCode(), Text = i == 0 ? text : "" })],
    };
}
