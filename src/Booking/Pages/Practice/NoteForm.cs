using System.Globalization;
using System.Text.RegularExpressions;
using CareRecords.Terminology;
using CareRecords.Treatments;

namespace Booking.Pages.Practice;

/// <summary>A draft's headings as fields of the form, and back: text, the facts that the template offers, and reasons from the imported tables.</summary>
/// <param name="day">The day of care: which codes are in force.</param>
internal sealed class NoteForm(NoteTemplate template, Draft draft, CodeSnapshot tables, DateOnly day, CultureInfo culture)
{
    private const int MostFound = 20;

    public sealed class FactInput
    {
        /// <summary>The number of a measurement as typed (comma or point); "on" for what is ticked.</summary>
        public string? Value { get; set; }
    }

    public sealed class HeadingInput
    {
        public string? Text { get; set; }

        /// <summary>One for each fact that the template offers under this heading, in its order.</summary>
        public List<FactInput> Facts { get; set; } = [];

        /// <summary>Reasons from the imported tables that are ticked, each written system|code.</summary>
        public List<string> Reasons { get; set; } = [];

        /// <summary>What reasons are searched by: the beginning of a code, or words.</summary>
        public string? Search { get; set; }
    }

    /// <summary>The ticked reasons under a heading that the template does not offer itself.</summary>
    public IEnumerable<NoteCode> Reasons(HeadingInput input) => input.Reasons.Distinct().Select(ReasonOf).OfType<NoteCode>();

    /// <summary>What is found for the headings that something was searched under, by their place.</summary>
    public Dictionary<int, (IReadOnlyList<NoteCode> Found, bool More)> Search(List<HeadingInput> headings) => Enumerable.Range(0, Math.Min(template.Headings.Count, headings.Count))
        .Where(h => template.Headings[h].TakesReasons && !string.IsNullOrWhiteSpace(headings[h].Search))
        .ToDictionary(h => h, h => ReasonCodes.Search(tables, headings[h].Search!, day, MostFound));

    /// <summary>The fields of a heading as the draft has it.</summary>
    public HeadingInput Read(TemplateHeading heading)
    {
        // By name as well: an import since the last save may have given the heading another code.
        var written = draft.Content.Headings.FirstOrDefault(h => Same(h.Heading, heading.Heading) && Same(h.Stage, heading.Stage));
        return new HeadingInput
        {
            Text = written?.Text,
            Reasons = [.. (written?.Facts ?? []).Where(f => f.Kind == StructuredKind.Condition && !IsOffered(heading, f.Code)).Select(f => $"{f.Code.System}|{f.Code.Code}")],
            Facts = [.. heading.Facts.Select(o => new FactInput
            {
                Value = written?.Facts.FirstOrDefault(f => f.Code == o.Code) is not { } fact ? null
                    : fact.Kind == StructuredKind.Measurement ? fact.Value?.Replace(".", culture.NumberFormat.NumberDecimalSeparator, StringComparison.Ordinal)
                    : "on",
            })],
        };
    }

    /// <summary>The headings as they were filled in; what the form did not send is empty.</summary>
    public IReadOnlyList<NoteHeading> Write(List<HeadingInput> headings) =>
        [.. template.Headings.Select((heading, h) => Write(heading, h < headings.Count ? headings[h] : new HeadingInput()))];

    /// <summary>The form's field of a refused one: of the facts a draft keeps only those that were filled in; the form counts all that the template offers.</summary>
    public string FieldOf(string field)
    {
        if (Regex.Match(field, @"^Headings\[(\d+)\]\.Facts\[(\d+)\]", RegexOptions.None, TimeSpan.FromSeconds(1)) is not { Success: true } place)
        {
            return field;
        }

        var heading = int.Parse(place.Groups[1].Value, CultureInfo.InvariantCulture);
        var code = draft.Content.Headings[heading].Facts[int.Parse(place.Groups[2].Value, CultureInfo.InvariantCulture)].Code;
        var index = template.Headings[heading].Facts.ToList().FindIndex(f => f.Code == code);
        return index < 0
            ? string.Create(CultureInfo.InvariantCulture, $"Headings[{heading}].Search")
            : string.Create(CultureInfo.InvariantCulture, $"Headings[{heading}].Facts[{index}].Value");
    }

    private NoteHeading Write(TemplateHeading heading, HeadingInput input) => new()
    {
        Stage = heading.Stage.ToNoteCode(),
        Heading = heading.Heading.ToNoteCode(),
        Text = (input.Text ?? "").ReplaceLineEndings("\n"),
        Facts =
        [
            .. heading.Facts.Select((o, f) => Fact(o, f < input.Facts.Count ? input.Facts[f] : null)).OfType<StructuredFact>(),
            .. Reasons(input).Where(code => heading.TakesReasons && !IsOffered(heading, code)).Select(code => new StructuredFact(StructuredKind.Condition, code)),
        ],
    };

    // What this input states, or null when it is left empty.
    private static StructuredFact? Fact(OfferedFact offered, FactInput? input) => offered.Kind switch
    {
        _ when string.IsNullOrWhiteSpace(input?.Value) => null,
        StructuredKind.Measurement => new StructuredFact(offered.Kind, offered.Code, input.Value.Trim().Replace(',', '.'), offered.Unit),
        _ => new StructuredFact(offered.Kind, offered.Code),
    };

    // As the table has it on the day of care; what the draft holds already stays, also when an import has ended the code since.
    private NoteCode? ReasonOf(string text) => text.Split('|') is [var system, var code]
        ? ReasonCodes.Find(tables, system, code, day) ?? draft.Content.Headings.SelectMany(h => h.Facts).FirstOrDefault(f => f.Code.System == system && f.Code.Code == code)?.Code
        : null;

    private static bool IsOffered(TemplateHeading heading, NoteCode code) => heading.Facts.Any(o => o.Code.System == code.System && o.Code.Code == code.Code);

    private static bool Same(NoteCode written, TableCode offered) => written.Code == offered.Code || written.Display == offered.Fi;
}
