using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fhir.Definitions;
using Fhir.Json;
using Fhir.Validation;
using Fhir.Xml;
using Shouldly;

namespace Fhir.Tests.Validation;

/// <summary>Whatever comes in, reading and validating answer with issues: no exception, no hang; and every definition that we hold can be used.</summary>
public class HostileInputTests
{
    private const int Mutations = 20_000;

    [Fact]
    public void Validate_MutatedResources_NeverThrows()
    {
        var random = new Random(20261123);
        var examples = Directory.EnumerateFiles(Folder(), "*.json").Order(StringComparer.Ordinal).Select(File.ReadAllBytes).ToArray();
        var refused = 0;
        for (var i = 0; i < Mutations; i++)
        {
            var mutated = random.Next(3) == 0 ? Bytes(examples[random.Next(examples.Length)], random) : Tree(examples[random.Next(examples.Length)], random);
            var issues = FhirValidator.Default.Validate(mutated);
            refused += issues.Any(issue => issue.Severity == IssueSeverity.Error) ? 1 : 0;
            issues.ShouldAllBe(issue => issue.Line > 0 && issue.Place.Length > 0);
        }

        refused.ShouldBeInRange(Mutations / 4, Mutations - 1);
    }

    [Fact]
    public void Read_MutatedXml_NeverThrows()
    {
        var random = new Random(20261123);
        var examples = Directory.EnumerateFiles(Folder(), "*.json").Order(StringComparer.Ordinal).Select(f => FhirXml.Write(FhirJson.Parse(File.ReadAllBytes(f)))).ToArray();
        for (var i = 0; i < Mutations / 10; i++)
        {
            var result = FhirXml.Read(Bytes(examples[random.Next(examples.Length)], random));
            (result.Root is not null || result.Issues.Count > 0).ShouldBeTrue();
        }
    }

    [Fact]
    public void EveryProfileAndExtension_Compiles()
    {
        foreach (var entry in Packages.R4.Entries.Concat(Packages.Finnish.Entries).Where(e => e is { Kind: "StructureDefinition", StructureKind: "resource" or "complex-type" }))
        {
            if (!FhirTypes.WithoutDefinition.Contains(entry.Type))
            {
                FhirValidator.Default.Profile(entry.Url).ShouldNotBeNull(entry.Url);
            }
        }
    }

    [Fact]
    public void EveryValueSetThatIsRequired_CanBeAsked()
    {
        List<string> open = [];
        foreach (var set in FhirTypes.ResourceNames.SelectMany(n => FhirTypes.Get(n).Structure.Elements).Where(e => e.Binding is { Strength: "required" }).Select(e => e.Binding!.ValueSet!).Distinct())
        {
            if (DefinitionLibrary.Default.Terminology.Contains(set, null, "no-such-code") is null)
            {
                open.Add(set);
            }
        }

        // The one is LOINC's own answer list, the other R4B's: neither is in R4's package, so a code bound to them is not judged.
        open.Except(["http://loinc.org/vs/LL379-9|4.0.1", "http://hl7.org/fhir/ValueSet/subscription-notification-type|4.3.0"]).ShouldBeEmpty();
    }

    private static byte[] Bytes(byte[] source, Random random)
    {
        var copy = new List<byte>(source);
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            var at = random.Next(copy.Count);
            switch (random.Next(4))
            {
                case 0:
                    copy.RemoveRange(at, Math.Min(random.Next(1, 20), copy.Count - at));
                    break;
                case 1:
                    copy.InsertRange(at, copy.GetRange(at, Math.Min(random.Next(1, 20), copy.Count - at)));
                    break;
                case 2:
                    copy[at] = (byte)random.Next(256);
                    break;
                default:
                    copy.Insert(at, (byte)"{}[]\",:\\<>&0"[random.Next(12)]);
                    break;
            }

            if (copy.Count == 0)
            {
                copy.Add((byte)' ');
            }
        }

        return [.. copy];
    }

    private static byte[] Tree(byte[] source, Random random)
    {
        var root = JsonNode.Parse(source)!.AsObject();
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            var objects = Objects(root).ToArray();
            var owner = objects[random.Next(objects.Length)];
            if (owner.Count == 0)
            {
                continue;
            }

            var (name, value) = owner.ToArray()[random.Next(owner.Count)];
            switch (random.Next(6))
            {
                case 0:
                    owner.Remove(name);
                    break;
                case 1:
                    owner[name] = Other(random);
                    break;
                case 2:
                    owner[name + "x"] = value?.DeepClone();
                    break;
                case 3:
                    owner[name] = new JsonArray(value?.DeepClone(), value?.DeepClone());
                    break;
                case 4:
                    objects[random.Next(objects.Length)][name] = value?.DeepClone();
                    break;
                default:
                    owner["_" + name] = new JsonObject { ["extension"] = new JsonArray(new JsonObject { ["url"] = "https://example.org/e", ["valueString"] = "x" }) };
                    break;
            }
        }

        return JsonSerializer.SerializeToUtf8Bytes(root);
    }

    private static IEnumerable<JsonObject> Objects(JsonNode? node) => node switch
    {
        JsonObject owner => owner.SelectMany(p => Objects(p.Value)).Prepend(owner),
        JsonArray list => list.SelectMany(Objects),
        _ => [],
    };

    private static JsonNode? Other(Random random) => random.Next(9) switch
    {
        0 => null,
        1 => true,
        2 => -1,
        3 => 1e30,
        4 => new string('x', 5000),
        5 => "http://hl7.org/fhir/StructureDefinition/bp",
        6 => new JsonObject(),
        7 => new JsonArray("2020-02-30"),
        _ => "#x",
    };

    private static string Folder([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../../fhir-profiles/examples/good"));
}
