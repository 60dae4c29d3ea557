using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Nodes;
using Distil;

if (args.Length != 3)
{
    Console.Error.WriteLine("usage: Distil R4-DEFINITIONS-ZIP PACKAGES-FOLDER FHIR-PROFILES-FOLDER");
    return 2;
}

string[] untrusted = ["ResearchStudy", "EvidenceVariable", "DeviceDefinition", "MeasureReport"];

using var zip = ZipFile.OpenRead(args[0]);
JsonObject[] Bundle(string name)
{
    using var stream = zip.GetEntry(name)!.Open();
    return [.. JsonNode.Parse(stream)!["entry"]!.AsArray().Select(e => e!["resource"]!.AsObject())];
}

string KindOf(JsonObject resource) => (string)resource["resourceType"]!;

var r4 = Fresh("r4");
JsonObject[] definitions = [.. Bundle("profiles-types.json"), .. Bundle("profiles-resources.json"), .. Bundle("profiles-others.json"), .. Bundle("extension-definitions.json")];
JsonObject[] structures = [.. definitions.Where(d => KindOf(d) == "StructureDefinition" && !untrusted.Contains((string)d["type"]!)).Select(Facts.Structure)];
foreach (var structure in structures)
{
    r4.Artefact(structure);
}

var (fi, fiStructures, fiTerms) = Packages(args[1]);
var terms = new Terminology([.. Bundle("valuesets.json"), .. Bundle("v3-codesystems.json"), .. Bundle("v2-tables.json")]);
foreach (var artefact in terms.Needed([.. structures, .. fiStructures], fiTerms))
{
    r4.Artefact(artefact);
}

foreach (var compartment in definitions.Where(d => KindOf(d) == "CompartmentDefinition"))
{
    r4.Artefact(Facts.Compartment(compartment));
}

r4.Lines("SearchParameter.ndjson", Bundle("search-parameters.json")
    .Where(p => p["base"]?.AsArray().All(b => untrusted.Contains((string)b!)) != true).Select(Facts.SearchParameter));
r4.WriteIndex();
fi.WriteIndex();
Console.WriteLine($"r4: {r4.Count} artefacts, fi: {fi.Count} artefacts");
return 0;

Output Fresh(string name)
{
    var folder = Path.Combine(args[2], name);
    if (Directory.Exists(folder))
    {
        Directory.Delete(folder, recursive: true);
    }

    Directory.CreateDirectory(folder);
    return new Output(folder);
}

(Output Output, List<JsonObject> Structures, List<JsonObject> Terms) Packages(string root)
{
    var output = Fresh("fi");
    List<JsonObject> found = [];
    List<JsonObject> vocabularies = [];
    foreach (var file in Directory.EnumerateDirectories(root).Order(StringComparer.Ordinal).SelectMany(d => Directory.EnumerateFiles(d, "*.json").Order(StringComparer.Ordinal)))
    {
        var resource = JsonNode.Parse(File.ReadAllText(file))!.AsObject();
        JsonObject? facts = (string?)resource["resourceType"] switch
        {
            "StructureDefinition" => Facts.Structure(resource),
            "ValueSet" => Facts.ValueSet(resource),
            "CodeSystem" => Facts.CodeSystem(resource),
            _ => null,
        };
        if (facts is not null)
        {
            output.Artefact(facts);
            (KindOf(facts) == "StructureDefinition" ? found : vocabularies).Add(facts);
        }
    }

    return (output, found, vocabularies);
}
