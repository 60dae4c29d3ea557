using Booking.Texts;
using CareRecords.Terminology;
using CareRecords.Treatments;

namespace Booking.Treatments;

/// <summary>A note's title, headings and entries in the reader's language, as far as its template names them in it; what is stored is Finnish.</summary>
internal sealed class NoteWords(CodeTables codes, TimeProvider clock, Translator texts)
{
    public async ValueTask<string> TitleAsync(NoteContent content) =>
        await TemplateAsync(content) is { } template && template.Title == content.Title ? template.TitleIn(texts.Language) : content.Title;

    public async ValueTask<Func<NoteCode, string>> OfAsync(NoteContent content)
    {
        var names = new Dictionary<(string, string), string>();
        if (await TemplateAsync(content) is { } template)
        {
            foreach (var heading in template.Headings)
            {
                names[(heading.Stage.System, heading.Stage.Code)] = heading.Stage.Name(texts.Language);
                names[(heading.Heading.System, heading.Heading.Code)] = heading.Heading.Name(texts.Language);
                foreach (var fact in heading.Facts)
                {
                    names[(fact.Code.System, fact.Code.Code)] = fact.Name(texts.Language);
                }
            }
        }

        return code => names.GetValueOrDefault((code.System, code.Code)) ?? code.Display;
    }

    // In Finnish a note stands as it was signed, whatever its template says by now.
    private async ValueTask<NoteTemplate?> TemplateAsync(NoteContent content) => texts.Language == "fi"
        ? null
        : await codes.TemplateAsync(content.TemplateId, DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime));
}
