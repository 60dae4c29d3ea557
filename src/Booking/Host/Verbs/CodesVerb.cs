using System.Text.Json;
using CareRecords;
using CareRecords.Access;
using CareRecords.Database;
using CareRecords.Terminology;
using CareRecords.Treatments;

namespace Booking.Host.Verbs;

internal static class CodesVerb
{
    public static Verb Verb { get; } = new(
        "codes",
        "codes list | codes import FILE --system OID [--name NAME] [--language fi|sv|en] | codes show OID [CODE] | codes templates FILE",
        "Code sets: imports a table of the national code server, or note templates; shows what is in use.",
        RunAsync);

    private static async Task<int> RunAsync(VerbContext context)
    {
        var positional = context.Arguments.Positional;
        var command = positional.FirstOrDefault();
        if (command is not ("list" or "import" or "show" or "templates") || (command != "list" && positional.Count < 2))
        {
            throw new UsageException("codes needs list, import FILE --system OID, show OID or templates FILE.");
        }
        // The file is read before a database is started for it.
        var bytes = command is "import" or "templates" ? await ReadAsync(positional[1], context.Cancel) : [];
        await using var open = await context.OpenAsync(migrate: false);
        await using var scope = open.Services.CreateAsyncScope();
        var work = scope.ServiceProvider.GetRequiredService<UnitOfWork>();
        scope.ServiceProvider.GetRequiredService<CurrentUser>().Become(null, $"care codes {command}", UserRole.System);
        switch (command)
        {
            case "list":
                return await ListAsync(context, work);
            case "show":
                return await ShowAsync(context, work, positional[1], positional.ElementAtOrDefault(2));
            case "templates":
                return await TemplatesAsync(context, work, scope.ServiceProvider, bytes);
            default:
                return await ImportAsync(context, work, scope.ServiceProvider, bytes);
        }
    }

    private static async Task<byte[]> ReadAsync(string file, CancellationToken cancel)
    {
        try
        {
            return await File.ReadAllBytesAsync(file, cancel);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{file} cannot be read: {error.Message}");
        }
    }

    private static async Task<int> ImportAsync(VerbContext context, UnitOfWork work, IServiceProvider services, byte[] bytes)
    {
        var oid = context.Arguments.Required("system");
        var language = context.Arguments.Value("language") ?? "fi";
        if (!oid.StartsWith("1.", StringComparison.Ordinal) && !oid.StartsWith("2.", StringComparison.Ordinal))
        {
            throw new UsageException("--system is the OID of the code set, such as 1.2.246.537.6.12.2002.");
        }
        if (language is not ("fi" or "sv" or "en"))
        {
            throw new UsageException("--language is fi, sv or en.");
        }
        try
        {
            var import = await ImportCodes.HandleAsync(
                work, services.GetRequiredService<CurrentUser>(), services.GetRequiredService<AccessLog>(),
                new ImportCodes.Request
                {
                    Oid = oid,
                    Name = context.Arguments.Value("name") ?? oid,
                    Language = language,
                    Source = Path.GetFileName(context.Arguments.Positional[1]),
                    Codes = CodeFile.Read(bytes),
                },
                context.Cancel);
            await work.CommitAsync(context.Cancel);
            await context.ReportAsync(import, $"{import.Oid} {import.Name}: {import.Codes} codes, {import.Added} new, {import.Changed} changed, {import.Removed} removed");
            return ExitCode.Ok;
        }
        catch (CodeFileException bad)
        {
            await context.Error.WriteLineAsync("Nothing was imported.");
            await context.Error.WriteLineAsync(bad.Message);
            return ExitCode.No;
        }
    }

    private static async Task<int> TemplatesAsync(VerbContext context, UnitOfWork work, IServiceProvider services, byte[] bytes)
    {
        List<NoteTemplate> templates;
        try
        {
            using var stream = new MemoryStream(bytes);
            templates = NoteTemplates.Parse(stream);
        }
        catch (Exception bad) when (bad is JsonException or ArgumentException)
        {
            await context.Error.WriteLineAsync($"Nothing was imported. {bad.Message}");
            return ExitCode.No;
        }
        await ImportTemplates.HandleAsync(work, services.GetRequiredService<AccessLog>(), templates, context.Cancel);
        await work.CommitAsync(context.Cancel);
        await context.ReportAsync(new { templates = templates.Select(t => t.Id) }, $"{templates.Count} templates: {string.Join(", ", templates.Select(t => t.Id))}");
        return ExitCode.Ok;
    }

    private static async Task<int> ListAsync(VerbContext context, UnitOfWork work)
    {
        var sets = await ImportCodes.SetsAsync(work, context.Cancel);
        await context.ReportAsync(
            new { imported = sets, demonstration = NoteTemplates.All.Select(t => t.Id) },
            sets.Count == 0
                ? "No code set has been imported: the built-in demonstration subset is in use; its codes begin with DEMO-."
                : string.Join(Environment.NewLine, sets.Select(set => $"{set.Oid} {set.Name}: {set.Codes} codes, imported {set.ImportedAt:yyyy-MM-dd} from {set.Source}")));
        return ExitCode.Ok;
    }

    private static async Task<int> ShowAsync(VerbContext context, UnitOfWork work, string oid, string? code)
    {
        var rows = await ImportCodes.CodesAsync(work, oid, code, context.Cancel);
        await context.ReportAsync(rows, string.Join(Environment.NewLine, rows.Select(row => $"{row.Code} {row.Fi} {row.From:yyyy-MM-dd}–{row.Until:yyyy-MM-dd}".TrimEnd('–', ' '))));
        return rows.Count > 0 ? ExitCode.Ok : ExitCode.No;
    }
}
