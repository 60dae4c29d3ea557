using System.Text;
using System.Text.Json.Nodes;
using Fhir.Validation;
using Shouldly;

namespace Fhir.Tests.Validation;

/// <summary>The verb <c>care validate</c>.</summary>
public sealed class ValidateCommandTests
{
    private const string Own = """{"resourceType":"StructureDefinition","url":"http://p/s","name":"S","status":"active","kind":"resource","abstract":false,"type":"Basic","baseDefinition":"http://hl7.org/fhir/StructureDefinition/Basic","derivation":"constraint","differential":{"element":[{"id":"Basic","path":"Basic"},{"id":"Basic.subject","path":"Basic.subject","min":1}]}}""";

    [Fact]
    public void Json_IsOneLineAFile()
    {
        var (code, lines, _) = Run("--json", "good.json", "bad.json", "missing.json");
        code.ShouldBe(1);
        lines.Length.ShouldBe(3);
        lines[0].ShouldBe("""{"file":"good.json","valid":true,"resources":1,"issues":[]}""");
        var bad = JsonNode.Parse(lines[1])!;
        bad["valid"]!.GetValue<bool>().ShouldBeFalse();
        var issue = bad["issues"]!.AsArray().Single()!;
        issue["severity"]!.GetValue<string>().ShouldBe("error");
        issue["rule"]!.GetValue<string>().ShouldBe("binding-required");
        issue["fhirpath"]!.GetValue<string>().ShouldBe("Patient.gender");
        issue["line"]!.GetValue<int>().ShouldBe(4);
        issue["column"]!.GetValue<int>().ShouldBe(12);
        issue["text"]!.GetValue<string>().ShouldContain("administrative-gender");
        lines[2].ShouldStartWith("""{"file":"missing.json","valid":false,"resources":0,"issues":[{"severity":"error","rule":"file",""");
    }

    [Fact]
    public void Text_NamesFileLineAndRule()
    {
        var (code, lines, _) = Run("bad.json", "good.json");
        code.ShouldBe(1);
        lines[0].ShouldBe("bad.json: invalid, 1 error");
        lines[1].ShouldStartWith("  4:12 error binding-required at Patient.gender: ");
        lines[2].ShouldBe("good.json: valid");
    }

    [Theory]
    [InlineData("good.json", 0)]
    [InlineData("bad.json", 1)]
    [InlineData("good.xml", 0)]
    [InlineData("bad.xml", 1)]
    [InlineData("good.ndjson", 0)]
    [InlineData("bad.ndjson", 1)]
    [InlineData("bundle.json", 1)]
    [InlineData("missing.json", 1)]
    [InlineData("empty.json", 1)]
    [InlineData("words.json", 1)]
    [InlineData("", 1)]
    public void ExitCode_SaysWhetherAllIsValid(string file, int expected)
    {
        Run("--json", file).Code.ShouldBe(expected);
        Run(file).Code.ShouldBe(expected);
    }

    [Fact]
    public void Ndjson_IsJudgedLineByLine()
    {
        var issues = JsonNode.Parse(Run("--json", "bad.ndjson").Lines.Single())!;
        issues["resources"]!.GetValue<int>().ShouldBe(3);
        issues["issues"]!.AsArray().Select(i => (i!["line"]!.GetValue<int>(), i["rule"]!.GetValue<string>())).ShouldBe([(2, "binding-required"), (4, "json-syntax")]);
    }

    [Fact]
    public void Xml_HasLines()
    {
        var issue = JsonNode.Parse(Run("--json", "bad.xml").Lines.Single())!["issues"]!.AsArray().Single()!;
        issue["line"]!.GetValue<int>().ShouldBe(2);
        issue["rule"]!.GetValue<string>().ShouldBe("binding-required");
    }

    [Fact]
    public void Profile_IsDemandedOfEachResource()
    {
        Run("--profile", "http://hl7.org/fhir/StructureDefinition/bp", "good.json").Code.ShouldBe(1);
        JsonNode.Parse(Run("--json", "--profile=http://no.such/profile", "good.json").Lines.Single())!["issues"]![0]!["rule"]!.GetValue<string>().ShouldBe("profile-unknown");
    }

    [Fact]
    public void Package_BringsItsProfiles()
    {
        Run("--profile", "http://p/s", "basic.json").Code.ShouldBe(1);
        JsonNode.Parse(Run("--json", "--profile", "http://p/s", "--package", "own", "basic.json").Lines.Single())!["issues"]!.AsArray().Single()!["rule"]!.GetValue<string>().ShouldBe("cardinality");
        var missing = Run("--package", "missing", "basic.json");
        missing.Code.ShouldBe(2);
        missing.Errors.ShouldContain("package");
    }

    [Theory]
    [InlineData("--json")]
    [InlineData("--profile")]
    [InlineData("--nothing", "good.json")]
    [InlineData("--profile", "http://a", "--profile", "http://b", "good.json")]
    public void WrongUsage_Is64(params string[] arguments)
    {
        var (code, lines, errors) = Run(arguments);
        code.ShouldBe(64);
        lines.ShouldBeEmpty();
        errors.ShouldContain("usage: care validate");
    }

    [Fact]
    public void ManyHints_DoNotHideAnError()
    {
        var extensions = string.Join(',', Enumerable.Range(0, 1500).Select(i => $$"""{"url":"http://unknown/{{i}}","valueString":"x"}"""));
        var issues = FhirValidator.Default.Validate(Encoding.UTF8.GetBytes($$"""{"resourceType":"Patient","extension":[{{extensions}}],"gender":"woman"}"""));
        issues.ShouldContain(i => i.Rule == "binding-required");
    }

    private static (int Code, string[] Lines, string Errors) Run(params string[] arguments)
    {
        const string Good = """{"resourceType":"Patient","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">x</div>"},"active":true}""";
        const string Bad = """{"resourceType":"Patient","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">x</div>"},"gender":"woman"}""";
        using var output = new StringWriter { NewLine = "\n" };
        using var errors = new StringWriter { NewLine = "\n" };
        var code = new ValidateCommand(
            path => new MemoryStream(Encoding.UTF8.GetBytes(path switch
            {
                "good.json" => Good,
                "bad.json" => Bad.Replace(",", ",\n  ", StringComparison.Ordinal),
                "good.xml" => "<?xml version=\"1.0\"?><Patient xmlns=\"http://hl7.org/fhir\"><text><status value=\"generated\"/><div xmlns=\"http://www.w3.org/1999/xhtml\">x</div></text></Patient>",
                "bad.xml" => "<Patient xmlns=\"http://hl7.org/fhir\"><text><status value=\"generated\"/><div xmlns=\"http://www.w3.org/1999/xhtml\">x</div></text>\n  <gender value=\"woman\"/>\n</Patient>",
                "good.ndjson" => $"\uFEFF{Good}\r\n{Good}\r\n",
                "bad.ndjson" => $"{Good}\n{Bad}\n\n{{\"resourceType\":\n",
                "bundle.json" => $$"""{"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"urn:uuid:3d2a8a6c-4a1b-4a0d-9f3c-000000000001","resource":{{Bad}}}]}""",
                "basic.json" => """{"resourceType":"Basic","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">x</div>"},"code":{"text":"x"}}""",
                "empty.json" => "",
                "words.json" => "These are no resources.",
                "" => throw new ArgumentException("The path is empty."),
                _ => throw new FileNotFoundException("no such file"),
            })),
            folder => folder == "own" ? [Encoding.UTF8.GetBytes(Own), Encoding.UTF8.GetBytes("""{"name":"a package","version":"1.0.0"}""")] : throw new DirectoryNotFoundException("no such folder"))
            .Run(arguments, output, errors);
        return (code, output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries), errors.ToString());
    }
}
