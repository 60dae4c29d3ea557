using System.Text.Json;
using Fhir.FhirPath;
using Fhir.FhirPath.Values;
using Fhir.Json;
using Fhir.Model;
using Fhir.Xml;
using Xunit;

namespace Fhir.Tests.FhirPath;

/// <summary>HL7's FHIRPath suite for R4, as far as it lies beside the repository. Cases that contradict a clause stand in docs/conformance.md and in <see cref="Disputed"/>.</summary>
public sealed class Hl7Suite
{
    private const string Folder = "fhirpath";

    /// <summary>Cases whose expectation contradicts the specification; docs/conformance.md names the clause of each.</summary>
    private static readonly HashSet<string> Disputed =
    [
        "testPlusDate19",
        "HighBoundaryDateTimeMillisecond1",
        "HighBoundaryDateTimeMillisecond3",
        "testFHIRPathIsFunction9",
    ];

    public static TheoryData<string, string> Cases()
    {
        var data = new TheoryData<string, string>();
        if (SharedData.Folder is not { } shared)
        {
            data.Add("absent", "");
            return data;
        }

        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(shared, Folder, "r4-tests.json")));
        foreach (var test in document.RootElement.EnumerateArray())
        {
            data.Add(test.GetProperty("name").GetString()!, test.GetRawText());
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Case_OfHl7sSuite_GivesWhatIsExpected(string name, string json)
    {
        SharedData.Require(Folder);
        var test = JsonSerializer.Deserialize<SuiteCase>(json, JsonSerializerOptions.Web)!;
        var matches = Outcome(test) is var outcome && outcome == Expected(test);
        if (Disputed.Contains(name))
        {
            Assert.False(matches, $"{name} is listed as disputed, but agrees");
            return;
        }

        Assert.True(matches, $"{test.Expression}\n  expected {Expected(test)}\n  answered {outcome}");
    }

    private static string Expected(SuiteCase test) => test.Invalid is { } kind ? $"error {kind}" : string.Join(" ; ", test.Outputs.Select(o => o.Value.TrimStart('@')));

    private static string Outcome(SuiteCase test)
    {
        try
        {
            var input = test.Inputfile is { } file ? Resource(file) : null;
            var result = FhirPathExpression.Compile(test.Expression, input?.TypeName).Evaluate(input);
            var typed = test.Outputs.Count == result.Count && test.Outputs.Zip(result).All(p => p.First.Type is not { } type || type == TypeOf(p.Second));
            return string.Join(" ; ", result.Select(r => r.IsElement ? r.AsElement.Text ?? "" : r.ToString())) + (typed || test.Outputs.Count != result.Count ? "" : " of other types");
        }
        catch (FhirPathException error)
        {
            return $"error {error.Kind.ToString().ToLowerInvariant()}";
        }
    }

    private static string TypeOf(PathValue value)
    {
        var name = value.IsElement ? value.AsElement.TypeName : value.Kind.ToString();
        return value.IsElement ? name : char.ToLowerInvariant(name[0]) + name[1..];
    }

    private static Element Resource(string file)
    {
        var bytes = File.ReadAllBytes(SharedData.Require($"{Folder}/{file}"));
        return FhirXml.IsXml(bytes) ? FhirXml.Parse(bytes) : FhirJson.Read(bytes).Root!;
    }

    private sealed record SuiteCase(string Expression, string? Inputfile, string? Invalid, List<SuiteOutput> Outputs);

    private sealed record SuiteOutput(string? Type, string Value);
}
