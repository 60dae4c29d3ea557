using System.Text.Json;

namespace CareRecords.Treatments;

/// <summary>A code table's row with its names; <see cref="Verified"/> says whether the code was seen in published material.</summary>
public sealed record TableCode(string Code, string System, string Fi, string Sv, string En, bool Verified)
{
    public NoteCode ToNoteCode() => new(Code, System, Fi);

    public string Name(string language) => language switch { "sv" => Sv, "en" => En, _ => Fi };
}

/// <summary>A structured fact that a heading offers; unit and bounds for measurements. Its code's own name is the Finnish one.</summary>
public sealed record OfferedFact(StructuredKind Kind, NoteCode Code, string? Unit, decimal? Min, decimal? Max, string? Sv = null, string? En = null)
{
    public string Name(string language) => (language switch { "sv" => Sv, "en" => En, _ => null }) ?? Code.Display;
}

/// <summary>A heading of a template with what may be recorded beneath it.</summary>
/// <param name="TakesReasons">Any reason for care or diagnosis of the imported tables may stand here, beside those that are offered.</param>
public sealed record TemplateHeading(TableCode Stage, TableCode Heading, IReadOnlyList<OfferedFact> Facts, bool TakesReasons = false);

/// <summary>A note template of a profession: view → process stage → heading.</summary>
/// <param name="Title">Of the notes written from it, in Finnish; <paramref name="Titles"/> holds it in other languages.</param>
/// <param name="RetentionClass">Säilytysaikaluokka, 1.2.246.537.5.40158.2008; null for the usual one, from the patient's death.</param>
public sealed record NoteTemplate(
    string Id, NoteCode View, string Title, IReadOnlyDictionary<string, string> Names, IReadOnlyList<TemplateHeading> Headings, string? RetentionClass = null,
    IReadOnlyDictionary<string, string>? Titles = null)
{
    public string TitleIn(string language) => Titles?.GetValueOrDefault(language) ?? Title;

    public string Name(string language) => Names.TryGetValue(language, out var name) ? name : Names["fi"];
}

/// <summary>The templates in use. The built-in ones are a demonstration subset of the national code sets and named so.</summary>
public static class NoteTemplates
{
    private static readonly Lazy<IReadOnlyList<NoteTemplate>> BuiltIn = new(Read);

    public static IReadOnlyList<NoteTemplate> All => BuiltIn.Value;

    private static List<NoteTemplate> Read()
    {
        using var stream = typeof(NoteTemplates).Assembly.GetManifestResourceStream("demo-note-templates.json")
            ?? throw new InvalidOperationException("The note templates are not in the program.");
        return Parse(stream);
    }

    /// <summary>Reads a file of templates in the form of the built-in one (fhir-profiles/terminology/demo-note-templates.json).</summary>
    /// <exception cref="JsonException">It is not such a file; the message says what is missing.</exception>
    public static List<NoteTemplate> Parse(Stream json)
    {
        var file = JsonSerializer.Deserialize<TemplateFile>(json, JsonSerializerOptions.Web) ?? throw new JsonException("The note templates are empty.");
        if (file.Stages is null || file.Headings is null || file.Templates is null || file.Facts is null)
        {
            throw new JsonException("A file of note templates has stages, headings, facts and templates.");
        }
        var stages = file.Stages.ToDictionary(s => s.Code);
        var headings = file.Headings.ToDictionary(h => h.Code);
        return [.. file.Templates.Select(t => new NoteTemplate(
            t.Id, t.View, t.Title, t.Names is { } names && names.ContainsKey("fi") ? names : throw new JsonException($"Template {t.Id} has no Finnish name."),
            [.. t.Headings.Select(h => new TemplateHeading(
                Named(stages, h.Stage, t.Id), Named(headings, h.Heading, t.Id), [.. h.Facts.SelectMany(k => Offered(file, k))]))],
            t.RetentionClass, t.Titles))];
    }

    private static TableCode Named(Dictionary<string, TableCode> codes, string code, string template) =>
        codes.TryGetValue(code, out var known) ? known : throw new JsonException($"Template {template} uses {code}, which the file does not define.");

    private static IEnumerable<OfferedFact> Offered(TemplateFile file, string kind) => (file.Facts.TryGetValue(kind, out var rows) ? rows : throw new JsonException($"The file defines no facts {kind}.")).Select(f => new OfferedFact(
        Enum.Parse<StructuredKind>(kind, ignoreCase: true), new NoteCode(f.Code, f.System, f.Display), f.Unit, f.Min, f.Max, f.Sv, f.En));

    private sealed record TemplateFile(
        TableCode[] Stages, TableCode[] Headings, Dictionary<string, FactRow[]> Facts, TemplateRow[] Templates);

    private sealed record FactRow(string Code, string System, string Display, string? Unit, decimal? Min, decimal? Max, string? Sv = null, string? En = null);

    private sealed record TemplateRow(
        string Id, NoteCode View, string Title, Dictionary<string, string> Names, HeadingRow[] Headings, string? RetentionClass = null,
        Dictionary<string, string>? Titles = null);

    private sealed record HeadingRow(string Stage, string Heading, string[] Facts);
}
