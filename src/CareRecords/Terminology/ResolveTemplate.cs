using CareRecords.Treatments;

namespace CareRecords.Terminology;

/// <summary>
/// Gives a template's view, stages, headings and offered facts the codes of the imported sets: by code, or by Finnish name where the template only
/// knows a demonstration code. Pure. A code that the imported set has ended, or never had, stays out of the template.
/// </summary>
public static class ResolveTemplate
{
    /// <param name="lookup">All codes of an imported set; null where the set was not imported.</param>
    public static NoteTemplate On(NoteTemplate template, Func<string, IReadOnlyCollection<CodeRow>?> lookup, DateOnly on) => template with
    {
        View = View(template.View, lookup, on),
        Headings =
        [
            .. template.Headings.Select(heading => Heading(heading, lookup, on)).OfType<TemplateHeading>(),
        ],
    };

    // A view that is not among the imported ones keeps its demonstration code: the note can be written, and the archive's checks name the code.
    private static NoteCode View(NoteCode view, Func<string, IReadOnlyCollection<CodeRow>?> lookup, DateOnly on) =>
        lookup(view.System) is { } rows && Match(rows, view.Code, view.Display, on) is { } row ? new NoteCode(row.Code, row.System, row.Fi) : view;

    private static TemplateHeading? Heading(TemplateHeading heading, Func<string, IReadOnlyCollection<CodeRow>?> lookup, DateOnly on) =>
        Code(heading.Stage, lookup, on) is { } stage && Code(heading.Heading, lookup, on) is { } code
            ? heading with { Stage = stage, Heading = code, TakesReasons = heading.Facts.Any(fact => fact.Kind == StructuredKind.Condition), Facts = [.. heading.Facts.Select(fact => Fact(fact, lookup, on)).OfType<OfferedFact>()] }
            : null;

    private static TableCode? Code(TableCode code, Func<string, IReadOnlyCollection<CodeRow>?> lookup, DateOnly on) =>
        lookup(code.System) is not { } rows ? code
        : Match(rows, code.Code, code.Fi, on) is { } row ? new TableCode(row.Code, row.System, row.Fi, row.Sv ?? code.Sv, row.En ?? code.En, Verified: true)
        : null;

    private static OfferedFact? Fact(OfferedFact fact, Func<string, IReadOnlyCollection<CodeRow>?> lookup, DateOnly on) =>
        lookup(ReasonCodes.TableOf(fact.Code.System)) is not { } rows ? fact
        : Match(rows, fact.Code.Code, fact.Code.Display, on) is { } row ? fact with { Code = new NoteCode(row.Code, fact.Code.System, row.LongFi ?? row.Fi) }
        : null;

    private static CodeRow? Match(IReadOnlyCollection<CodeRow> rows, string code, string name, DateOnly on) =>
        rows.FirstOrDefault(row => row.Code == code && row.IsValidOn(on))
        ?? rows.FirstOrDefault(row => row.IsValidOn(on) && (Same(row.Fi, name) || Same(row.LongFi, name)));

    private static bool Same(string? a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);
}
