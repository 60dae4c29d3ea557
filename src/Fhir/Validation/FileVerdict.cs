using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Fhir.Validation;

/// <summary>What was found in one file of one or more resources. Keeps the first thousand issues, and counts all.</summary>
internal sealed class FileVerdict(string file)
{
    private const int Most = 1000;
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly List<ValidationIssue> _issues = [];
    private int _resources;
    private int _errors;
    private int _warnings;
    private int _leftOut;

    public bool IsValid => _errors == 0;

    /// <summary>Takes in the issues of one resource that begins on a line of the file (from 1; 0 where nothing could be read).</summary>
    public void Add(IReadOnlyList<ValidationIssue> issues, int line)
    {
        _resources += line > 0 ? 1 : 0;
        foreach (var issue in issues)
        {
            _errors += issue.Severity == IssueSeverity.Error ? 1 : 0;
            _warnings += issue.Severity == IssueSeverity.Warning ? 1 : 0;
            if (_issues.Count < Most)
            {
                _issues.Add(issue.Line > 0 ? issue with { Line = issue.Line + line - 1 } : issue);
            }
            else
            {
                _leftOut++;
            }
        }
    }

    public string Json()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer, Relaxed);
        writer.WriteStartObject();
        writer.WriteString("file", file);
        writer.WriteBoolean("valid", IsValid);
        writer.WriteNumber("resources", _resources);
        if (_leftOut > 0)
        {
            writer.WriteNumber("issuesLeftOut", _leftOut);
        }

        writer.WriteStartArray("issues");
        foreach (var issue in _issues)
        {
            writer.WriteStartObject();
            writer.WriteString("severity", Severity(issue));
            writer.WriteString("rule", issue.Rule);
            writer.WriteString("fhirpath", issue.Place);
            writer.WriteNumber("line", issue.Line);
            writer.WriteNumber("column", issue.Column);
            writer.WriteString("text", issue.Message);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.Flush();
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    public void WriteText(TextWriter output)
    {
        output.WriteLine($"{file}: {(IsValid ? "valid" : "invalid")}{Count(_resources == 1 ? 0 : _resources, "resource")}{Count(_errors, "error")}{Count(_warnings, "warning")}");
        foreach (var issue in _issues)
        {
            output.WriteLine($"  {issue.Line}:{issue.Column} {Severity(issue)} {issue.Rule} at {issue.Place}: {issue.Message}");
        }

        if (_leftOut > 0)
        {
            output.WriteLine($"  … and {_leftOut} more.");
        }
    }

    private static string Count(int number, string what) => number == 0 ? "" : $", {number} {what}{(number == 1 ? "" : "s")}";

    private static string Severity(ValidationIssue issue) => issue.Severity.ToString().ToLowerInvariant();
}
