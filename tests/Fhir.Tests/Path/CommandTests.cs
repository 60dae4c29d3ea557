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
    public void WrongExpression_IsExitCodeOne_WrongUsage64()
    {
        var wrong = Run(["name.", "p.json"], "");
        Assert.Equal(1, wrong.Code);
        Assert.StartsWith("syntax error: ", wrong.Errors, StringComparison.Ordinal);
        Assert.Equal(64, Run(["name"], "").Code);
        Assert.Equal(64, Run(["--batch", "x"], "").Code);
    }

    [Theory]
    [InlineData("name.given", "Aino\nMaria\n")]
    [InlineData("name.given.extension.value", "x\n")]
    [InlineData("name.given[0].id", "g1\n")]
    [InlineData("deceased is dateTime and active", "true\n")]
    [InlineData("contained.name & text.div.exists().toString()", "Hoitolatrue\n")]
    [InlineData("multipleBirth + 1", "3\n")]
    public void Xml_IsReadByTheDefinitions(string expression, string expected) => Assert.Equal((0, expected, ""), Run([expression, "p.xml"], ""));

    [Theory]
    [InlineData("broken.xml")]
    [InlineData("unknown.xml")]
    [InlineData("entity.xml")]
    public void BadXml_IsAnError(string file) => Assert.Equal(1, Run(["id", file], "").Code);

    private static (int Code, string Output, string Errors) Run(string[] arguments, string input)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var errors = new StringWriter { NewLine = "\n" };
        using var lines = new StringReader(input);
        var command = new FhirPathCommand(path => Encoding.UTF8.GetBytes(path switch
        {
            "p.json" => Samples.Patient,
            "p.xml" => Samples.PatientXml,
            "broken.xml" => "<Patient xmlns=\"http://hl7.org/fhir\"><id value=\"a\"/>",
            "unknown.xml" => "<Patient xmlns=\"http://hl7.org/fhir\"><nick value=\"a\"/></Patient>",
            "entity.xml" => "<!DOCTYPE Patient [<!ENTITY a \"b\">]><Patient xmlns=\"http://hl7.org/fhir\"><id value=\"&a;\"/></Patient>",
            _ => throw new FileNotFoundException("no such file"),
        }));
        return (command.Run(arguments, lines, output, errors), output.ToString(), errors.ToString());
    }
}
