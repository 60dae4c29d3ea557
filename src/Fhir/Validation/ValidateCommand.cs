using System.Text.Json;
using Fhir.Definitions;
using Fhir.Json;

namespace Fhir.Validation;

/// <summary>
/// The verb <c>care validate [--profile URL] [--package DIR]… [--json] FILE…</c>. Pure: files and packages come through the two functions, which throw <see cref="IOException"/> or
/// <see cref="UnauthorizedAccessException"/> where there is nothing to read.
/// </summary>
/// <param name="open">Opens a file by the path that the user wrote; "-" is standard input.</param>
/// <param name="package">The JSON files of a package's folder.</param>
public sealed class ValidateCommand(Func<string, Stream> open, Func<string, IEnumerable<ReadOnlyMemory<byte>>> package)
{
    private const int No = 1;
    private const int CannotRun = 2;
    private const int WrongUsage = 64;

    /// <summary>The usage line, and what the answers mean.</summary>
    public const string Usage = """
        usage: care validate [--profile URL] [--package DIR]… [--json] FILE…
        A FILE holds a resource or Bundle (JSON or XML) or NDJSON; '-' reads standard input. --profile: a profile that each resource must satisfy besides those
        it claims. --package: the folder of an unpacked FHIR package, before ours; may be repeated. --json: one line a file,
        {"file", "valid", "resources", "issues": [{"severity", "rule", "fhirpath", "line", "column", "text"}]}.
        Exit codes: 0 all valid, 1 a file is invalid or cannot be read, 2 a package cannot be used, 64 wrong usage.
        """;

    /// <summary>Runs the verb with the arguments behind its name. Exit code 0: all files are valid; 1: one is not, or cannot be read; 2: a package cannot be used; 64: wrong usage.</summary>
    public int Run(IReadOnlyList<string> arguments, TextWriter output, TextWriter errors)
    {
        if (Request.Parse(arguments, out var wrong) is not { } request)
        {
            errors.WriteLine(wrong);
            errors.WriteLine(Usage);
            return WrongUsage;
        }

        FhirValidator validator;
        try
        {
            validator = request.Packages.Count == 0 ? FhirValidator.Default : new FhirValidator(DefinitionLibrary.With(request.Packages.SelectMany(package)));
        }
        catch (Exception e) when (IsUnreadable(e) || e is JsonException)
        {
            errors.WriteLine($"A package cannot be used: {e.Message} Give the folder of an unpacked FHIR package.");
            return CannotRun;
        }

        var allValid = true;
        foreach (var file in request.Files)
        {
            var verdict = Judge(validator, file, request.Profile);
            allValid &= verdict.IsValid;
            if (request.Json)
            {
                output.WriteLine(verdict.Json());
            }
            else
            {
                verdict.WriteText(output);
            }

            output.Flush();
        }

        return allValid ? 0 : No;
    }

    private FileVerdict Judge(FhirValidator validator, string file, string? profile)
    {
        var verdict = new FileVerdict(file);
        try
        {
            using var stream = open(file);
            foreach (var (resource, line) in ResourceSource.Read(stream))
            {
                verdict.Add(validator.ValidateText(resource, profile), line);
            }
        }
        catch (Exception e) when (IsUnreadable(e))
        {
            verdict.Add([new ValidationIssue(IssueSeverity.Error, "file", "$this", 0, 0, $"The file cannot be read: {e.Message}")], 0);
        }
        catch (FormatException e)
        {
            verdict.Add([new ValidationIssue(IssueSeverity.Error, "definition", "$this", 0, 0, $"A definition that the check needs cannot be used: {e.Message}")], 0);
        }

        return verdict;
    }

    private static bool IsUnreadable(Exception e) => e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException;

    private sealed record Request(IReadOnlyList<string> Files, IReadOnlyList<string> Packages, string? Profile, bool Json)
    {
        public static Request? Parse(IReadOnlyList<string> arguments, out string wrong)
        {
            List<string> files = [], packages = [], profiles = [];
            var json = false;
            var onlyFiles = false;
            wrong = "";
            for (var i = 0; i < arguments.Count; i++)
            {
                var argument = arguments[i];
                var name = argument.Split('=')[0];
                if (onlyFiles || argument == "-" || !argument.StartsWith("--", StringComparison.Ordinal))
                {
                    files.Add(argument);
                }
                else if (argument is "--")
                {
                    onlyFiles = true;
                }
                else if (argument is "--json")
                {
                    json = true;
                }
                else if (name is "--profile" or "--package")
                {
                    var value = name.Length < argument.Length ? argument[(name.Length + 1)..] : i + 1 < arguments.Count ? arguments[++i] : "";
                    if (value.Length == 0)
                    {
                        wrong = $"{name} needs a value.";
                        return null;
                    }

                    (name == "--profile" ? profiles : packages).Add(value);
                }
                else
                {
                    wrong = $"There is no option {argument}.";
                    return null;
                }
            }

            wrong = files.Count == 0 ? "No file is named." : profiles.Count > 1 ? "--profile may be given once." : "";
            return wrong.Length > 0 ? null : new Request(files, packages, profiles.FirstOrDefault(), json);
        }
    }
}
