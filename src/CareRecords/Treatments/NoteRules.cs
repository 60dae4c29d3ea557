using System.Globalization;

namespace CareRecords.Treatments;

/// <summary>What must hold before a note can be signed; each refusal names the field it concerns.</summary>
public static class NoteRules
{
    /// <summary>Characters of text under one heading.</summary>
    public const int LongestText = 20_000;

    /// <summary>All that is wrong with the content; empty when it may be signed.</summary>
    /// <param name="template">Its template as of the day of care; null when there is none any more.</param>
    /// <param name="isReason">Whether an imported table has this reason for care or diagnosis on the day of care.</param>
    public static List<Refusal> Check(NoteContent content, NoteTemplate? template, Func<NoteCode, bool>? isReason = null)
    {
        var refusals = new List<Refusal>();
        if (template is null)
        {
            return [new(nameof(content.TemplateId), "Care.Note.TemplateUnknown")];
        }

        if (content.Device is { } device && (device.Length > 200 || device.Any(char.IsControl) || HasLoneSurrogate(device)))
        {
            refusals.Add(new(nameof(content.Device), "Care.Note.DeviceTooLong"));
        }

        if (content.Headings.All(h => h.IsEmpty))
        {
            refusals.Add(new("", "Care.Note.Empty"));
        }

        for (var i = 0; i < content.Headings.Count; i++)
        {
            var heading = content.Headings[i];
            var field = $"Headings[{i}].Text";
            if (template.Headings.FirstOrDefault(h => h.Heading.Code == heading.Heading.Code && h.Stage.Code == heading.Stage.Code) is not { } known)
            {
                refusals.Add(new(field, "Care.Note.HeadingUnknown", heading.Heading.Display));
                continue;
            }

            if (heading.Text.Length > LongestText)
            {
                refusals.Add(new(field, "Care.Note.TooLong", LongestText.ToString(CultureInfo.InvariantCulture)));
            }

            if (!IsStorable(heading.Text))
            {
                refusals.Add(new(field, "Care.Note.ControlCharacters"));
            }

            for (var f = 0; f < heading.Facts.Count; f++)
            {
                CheckFact(heading.Facts[f], known, isReason, $"Headings[{i}].Facts[{f}].Value", refusals);
            }
        }

        return refusals;
    }

    private static void CheckFact(StructuredFact fact, TemplateHeading heading, Func<NoteCode, bool>? isReason, string field, List<Refusal> refusals)
    {
        if (fact.Kind == StructuredKind.Condition && heading.TakesReasons && isReason?.Invoke(fact.Code) == true)
        {
            return;
        }

        if (heading.Facts.FirstOrDefault(o => o.Kind == fact.Kind && o.Code.Code == fact.Code.Code && o.Code.System == fact.Code.System) is not { } offered)
        {
            refusals.Add(new(field, "Care.Note.FactUnknown", fact.Code.Display));
            return;
        }

        if (fact.Kind != StructuredKind.Measurement)
        {
            return;
        }

        if (!decimal.TryParse(fact.Value, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            || value < offered.Min || value > offered.Max || fact.Unit != offered.Unit)
        {
            refusals.Add(new(field, "Care.Note.OutOfBounds", $"{fact.Code.Display}: {offered.Min}–{offered.Max} {offered.Unit}"));
        }
    }

    /// <summary>False for characters that XML 1.0 and PostgreSQL cannot hold: controls other than line ends and tabs, halves of surrogate pairs.</summary>
    public static bool IsStorable(string text) => !text.Any(c => (char.IsControl(c) && c is not ('\n' or '\r' or '\t')) || c is '\ufffe' or '\uffff') && !HasLoneSurrogate(text);

    private static bool HasLoneSurrogate(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogate(text[i]) && !(char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[++i])))
            {
                return true;
            }
        }

        return false;
    }
}
