using System.Text.Json;

namespace CareRecords.Treatments;

/// <summary>A code table's row with its names; <see cref="Verified"/> says whether the code was seen in published material.</summary>
public sealed record TableCode(string Code, string System, string Fi, string Sv, string En, bool Verified)
{
    public NoteCode ToNoteCode() => new(Code, System, Fi);

    public string Name(string language) => language switch { "sv" => Sv, "en" => En, _ => Fi };
}

/// <summary>A structured fact that a heading offers; unit and bounds for measurements.</summary>
public sealed record OfferedFact(StructuredKind Kind, NoteCode Code, string? Unit, decimal? Min, decimal? Max);

/// <summary>A heading of a template with what may be recorded beneath it.</summary>
public sealed record TemplateHeading(TableCode Stage, TableCode Heading, IReadOnlyList<OfferedFact> Facts);

/// <summary>A note template of a profession: view → process stage → heading.</summary>
public sealed record NoteTemplate(
    string Id, NoteCode View, string Title, IReadOnlyDictionary<string, string> Names, IReadOnlyList<TemplateHeading> Headings)
{
    public string Name(string language) => Names.TryGetValue(language, out var name) ? name : Names["fi"];
}

/// <summary>The templates in use. The built-in ones are a demonstration subset of the national code sets and named so.</summary>
public static class NoteTemplates
{
    private static readonly Lazy<IReadOnlyList<NoteTemplate>> BuiltIn = new(Read);

    public static IReadOnlyList<NoteTemplate> All => BuiltIn.Value;

    /// <summary>Null when there is no template with this id.</summary>
    public static NoteTemplate? Find(string id) => All.FirstOrDefault(t => t.Id == id);

    private static List<NoteTemplate> Read()
    {
        using var stream = typeof(NoteTemplates).Assembly.GetManifestResourceStream("demo-note-templates.json")
            ?? throw new InvalidOperationException("The note templates are not in the program.");
        var file = JsonSerializer.Deserialize<TemplateFile>(stream, JsonSerializerOptions.Web)
            ?? throw new JsonException("The note templates are empty.");
        var stages = file.Stages.ToDictionary(s => s.Code);
        var headings = file.Headings.ToDictionary(h => h.Code);
        return [.. file.Templates.Select(t => new NoteTemplate(
            t.Id, t.View, t.Title, t.Names,
            [.. t.Headings.Select(h => new TemplateHeading(stages[h.Stage], headings[h.Heading], [.. h.Facts.SelectMany(k => Offered(file, k))]))]))];
    }

    private static IEnumerable<OfferedFact> Offered(TemplateFile file, string kind) => file.Facts[kind].Select(f => new OfferedFact(
        Enum.Parse<StructuredKind>(kind, ignoreCase: true), new NoteCode(f.Code, f.System, f.Display), f.Unit, f.Min, f.Max));

    private sealed record TemplateFile(
        TableCode[] Stages, TableCode[] Headings, Dictionary<string, FactRow[]> Facts, TemplateRow[] Templates);

    private sealed record FactRow(string Code, string System, string Display, string? Unit, decimal? Min, decimal? Max);

    private sealed record TemplateRow(string Id, NoteCode View, string Title, Dictionary<string, string> Names, HeadingRow[] Headings);

    private sealed record HeadingRow(string Stage, string Heading, string[] Facts);
}
