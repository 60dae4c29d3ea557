using System.Text.Json;
using Fhir.FhirPath.Values;
using Fhir.Json;
using Fhir.Model;
using Fhir.Xml;

namespace Fhir.FhirPath;

/// <summary>
/// The verb <c>care fhirpath [--json] EXPRESSION FILE</c> and <c>care fhirpath --batch</c>. Pure: files come through <paramref name="readFile"/>, which throws
/// <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/> where there is nothing to read.
/// </summary>
/// <param name="readFile">Gives the bytes of a resource, JSON or XML, by the path that the user wrote.</param>
public sealed class FhirPathCommand(Func<string, byte[]> readFile)
{
    private const int MaxResources = 64;
    private const int WrongUsage = 64;
    private const string Usage = "usage: care fhirpath [--json] EXPRESSION FILE | care fhirpath --batch   (FILE may be '-' for no resource)";

    private readonly Dictionary<string, Element> _resources = new(StringComparer.Ordinal);

    /// <summary>Runs the verb with the arguments behind its name. Exit code 0: evaluated (in a batch: all lines answered); 1: the expression or resource is wrong; 64: wrong usage.</summary>
    public int Run(IReadOnlyList<string> arguments, TextReader input, TextWriter output, TextWriter errors)
    {
        var words = arguments.Where(a => a is not ("--json" or "--batch")).ToList();
        if (arguments.Contains("--batch"))
        {
            if (words.Count > 0)
            {
                errors.WriteLine(Usage);
                return WrongUsage;
            }

            return Batch(input, output);
        }

        if (words.Count != 2)
        {
            errors.WriteLine(Usage);
            return WrongUsage;
        }

        return One(words[0], words[1], arguments.Contains("--json"), output, errors);
    }

    /// <summary>Evaluates one expression on the resource in a file ("-": on nothing) and prints its items, or one JSON line. Exit codes as for <see cref="Run"/>.</summary>
    public int One(string expression, string path, bool json, TextWriter output, TextWriter errors)
    {
        var answer = Answer(expression, path == "-" ? null : path);
        if (json)
        {
            output.WriteLine(FhirPathAnswers.Write(answer));
        }
        else
        {
            foreach (var item in answer.Items)
            {
                output.WriteLine(item.IsElement ? FhirPathAnswers.Text(item.AsElement) : item.ToString());
            }
        }

        if (answer.Error is { } error)
        {
            errors.WriteLine($"{error.Kind.ToString().ToLowerInvariant()} error: {error.Message}");
            return 1;
        }

        return 0;
    }

    /// <summary>Answers each line <c>{"resource": PATH or null, "expression": …}</c> with one line; gives exit code 0.</summary>
    public int Batch(TextReader input, TextWriter output)
    {
        while (input.ReadLine() is { } line)
        {
            if (line.Length > 0)
            {
                output.WriteLine(FhirPathAnswers.Write(AnswerLine(line)));
                output.Flush();
            }
        }

        return 0;
    }

    private FhirPathAnswer AnswerLine(string line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            var expression = json.RootElement.GetProperty("expression").GetString() ?? throw new JsonException();
            return json.RootElement.TryGetProperty("resource", out var path) && path.ValueKind is not (JsonValueKind.Null or JsonValueKind.String)
                ? throw new JsonException() : Answer(expression, path.ValueKind == JsonValueKind.String ? path.GetString() : null);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return new FhirPathAnswer([], FhirPathException.Syntax("""the line is not {"resource": PATH or null, "expression": TEXT}""", -1));
        }
    }

    private FhirPathAnswer Answer(string expression, string? path)
    {
        try
        {
            var resource = path is null ? null : Resource(path);
            return new FhirPathAnswer(FhirPathExpression.Compile(expression, resource?.TypeName).Evaluate(resource), null);
        }
        catch (FhirPathException e)
        {
            return new FhirPathAnswer([], e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException or FormatException)
        {
            return new FhirPathAnswer([], FhirPathException.Execution($"{path}: {e.Message}"));
        }
    }

    private Element Resource(string path)
    {
        if (_resources.TryGetValue(path, out var known))
        {
            return known;
        }

        var bytes = readFile(path);
        var isXml = FhirXml.IsXml(bytes);
        var read = isXml ? FhirXml.Read(bytes) : FhirJson.Read(bytes);
        var resource = read.Root is { } root && (!isXml || read.Issues.Count == 0) ? root : throw new FhirFormatException(read.Issues);
        if (_resources.Count >= MaxResources)
        {
            _resources.Clear();
        }

        return _resources[path] = resource;
    }
}

/// <summary>The items, or the error.</summary>
internal sealed record FhirPathAnswer(IReadOnlyList<PathValue> Items, FhirPathException? Error);
