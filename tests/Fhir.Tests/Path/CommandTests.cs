using System.Text;
using Fhir.FhirPath;

namespace Fhir.Tests.FhirPath;

/// <summary>The verb <c>care fhirpath</c>.</summary>
public sealed class CommandTests
{
    [Fact]
    public void Batch_AnswersLineByLine()
    {
        var (code, output, errors) = Run(["--batch"], """
            {"resource": "p.json", "expression": "name.given.first()"}
            {"resource": null, "expression": "1 + 1.50"}
            {"expression": "@2026 | true | 2 days"}
            {"resource": "p.json", "expression": "name[1].period"}
            {"resource": "p.json", "expression": "name.nick"}
            {"resource": "missing.json", "expression": "name"}
            {"resource": null, "expression": "1 +"}
            {"resource": null, "expression": "(1|2).single()"}
            nonsense
            {"expression": null}
            [1]
            """);
        Assert.Equal(0, code);
        Assert.Equal("", errors);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("""{"result":[{"type":"string","value":"Aino"}]}""", lines[0]);
        Assert.Equal("""{"result":[{"type":"decimal","value":2.50}]}""", lines[1]);
        Assert.Equal("""{"result":[{"type":"date","value":"2026"},{"type":"boolean","value":true},{"type":"Quantity","value":"2 days"}]}""", lines[2]);
        Assert.Equal("""{"result":[{"type":"Period","value":{"start":"1990-01-01","end":"2015"}}]}""", lines[3]);
        Assert.StartsWith("""{"error":{"kind":"semantic","message":"HumanName has no property 'nick'""", lines[4], StringComparison.Ordinal);
        Assert.StartsWith("""{"error":{"kind":"execution","message":"missing.json: """, lines[5], StringComparison.Ordinal);
        Assert.StartsWith("""{"error":{"kind":"syntax",""", lines[6], StringComparison.Ordinal);
        Assert.StartsWith("""{"error":{"kind":"execution",""", lines[7], StringComparison.Ordinal);
        Assert.All(lines[8..], line => Assert.StartsWith("""{"error":{"kind":"syntax",""", line, StringComparison.Ordinal));
        Assert.Equal(11, lines.Length);
    }

    [Fact]
    public void OneExpression_PrintsItsItems()
    {
        Assert.Equal((0, "Aino\nMaria\nAino\n", ""), Run(["name.given", "p.json"], ""));
        Assert.Equal((0, "{\"result\":[{\"type\":\"integer\",\"value\":2}]}\n", ""), Run(["--json", "1 + 1", "-"], ""));
    }

    [Fact]
    public void WrongExpression_IsExitCodeOne_WrongUsageTwo()
    {
        var wrong = Run(["name.", "p.json"], "");
        Assert.Equal(1, wrong.Code);
        Assert.StartsWith("syntax error: ", wrong.Errors, StringComparison.Ordinal);
        Assert.Equal(2, Run(["name"], "").Code);
        Assert.Equal(2, Run(["--batch", "x"], "").Code);
    }

    private static (int Code, string Output, string Errors) Run(string[] arguments, string input)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var errors = new StringWriter { NewLine = "\n" };
        using var lines = new StringReader(input);
        var command = new FhirPathCommand(path => path == "p.json" ? Encoding.UTF8.GetBytes(Samples.Patient) : throw new FileNotFoundException("no such file"));
        return (command.Run(arguments, lines, output, errors), output.ToString(), errors.ToString());
    }
}
