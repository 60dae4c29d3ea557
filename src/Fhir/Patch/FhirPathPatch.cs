using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fhir.FhirPath;
using Fhir.FhirPath.Values;
using Fhir.Json;
using Fhir.Model;

namespace Fhir.Patch;

/// <summary>FHIRPath Patch (https://hl7.org/fhir/R4/fhirpatch.html): operations in a Parameters resource; all or none.</summary>
public static class FhirPathPatch
{
    private const int MostOperations = 1000;

    /// <summary>Applies a patch. The resource is left as it is; the result is a new one.</summary>
    /// <param name="resource">What is to be changed.</param>
    /// <param name="patch">A Parameters resource of "operation" parameters.</param>
    public static PatchResult Apply(Element resource, Element patch)
    {
        var operations = patch.ChildrenNamed("parameter");
        if (patch.TypeName != "Parameters" || operations.Count is 0 or > MostOperations)
        {
            return PatchResult.Malformed($"A FHIRPath Patch is a Parameters resource of 1 to {MostOperations} operations.");
        }

        var json = JsonNode.Parse(FhirJson.Write(resource))!.AsObject();
        var current = resource;
        for (var i = 0; i < operations.Count; i++)
        {
            try
            {
                Step(json, current, operations[i]);
            }
            catch (PatchException e)
            {
                var message = $"Operation {i}: {e.Message}";
                return e.IsMalformed ? PatchResult.Malformed(message) : PatchResult.Refused(message);
            }
            catch (FhirPathException e)
            {
                return PatchResult.Malformed($"Operation {i}: the path cannot be used: {e.Message}");
            }

            var result = PatchResult.From(JsonSerializer.SerializeToUtf8Bytes(json), resource);
            if (result.Resource is null)
            {
                return result with { Message = $"Operation {i}: {result.Message}" };
            }

            current = result.Resource;
        }

        return new PatchResult(PatchOutcome.Applied, current, null, []);
    }

    private static void Step(JsonObject json, Element current, Element operation)
    {
        if (operation.TextAt("name") != "operation")
        {
            throw new PatchException("its name is not 'operation'", true);
        }

        var parts = new PatchParts(operation);
        var found = Find(current, parts.Required("path"));
        switch (parts.Required("type"))
        {
            case "add":
                Add(json, Single(found), parts);
                break;
            case "insert":
                var list = List(found);
                var at = parts.Position("index", list.Count);
                JsonLocation.Insert(JsonLocation.Object(json, list[0].Parent!), list[0].JsonName, at, PatchValue.Build(parts.Value, list[0].Type, out _));
                break;
            case "delete":
                if (found.Count > 0)
                {
                    JsonLocation.Remove(json, NotRoot(Single(found)));
                }

                break;
            case "replace":
                Replace(json, NotRoot(Single(found)), parts);
                break;
            case "move":
                Move(json, List(found), parts);
                break;
            case var other:
                throw new PatchException($"'{other}' is not a type: use add, insert, delete, replace or move", true);
        }
    }

    private static void Add(JsonObject json, Element parent, PatchParts parts)
    {
        var name = parts.Required("name");
        var property = parent.Type.Property(name) ?? throw new PatchException($"{parent.Type.Path} has no element '{name}'", false);
        var type = property.IsChoice ? null : property.TypeAt(0);
        var value = PatchValue.Build(parts.Value, type, out var given);
        var jsonName = property.IsChoice ? PatchValue.JsonName(property, given) : property.Name;
        var owner = JsonLocation.Object(json, parent);
        if (property.IsArray)
        {
            JsonLocation.Insert(owner, jsonName, parent.ChildrenNamed(name).Count, value);
            return;
        }

        if (parent.Child(name) is not null)
        {
            throw new PatchException($"'{name}' is there already and does not repeat: use replace", false);
        }

        owner[jsonName] = value;
    }

    private static void Replace(JsonObject json, Element element, PatchParts parts)
    {
        var property = element.Property!;
        var value = PatchValue.Build(parts.Value, property.IsChoice ? null : element.Type, out var given);
        JsonLocation.Replace(json, element, property.IsChoice ? PatchValue.JsonName(property, given) : element.JsonName, value);
    }

    private static void Move(JsonObject json, List<Element> list, PatchParts parts)
    {
        var from = parts.Position("source", list.Count - 1);
        var to = parts.Position("destination", list.Count - 1);
        var owner = JsonLocation.Object(json, list[0].Parent!);
        foreach (var name in new[] { list[0].JsonName, "_" + list[0].JsonName })
        {
            if (owner[name] is JsonArray values)
            {
                while (values.Count < list.Count)
                {
                    values.Add(null);
                }

                var moved = values[from];
                values.RemoveAt(from);
                values.Insert(to, moved);
            }
        }
    }

    private static List<Element> Find(Element resource, string path)
    {
        var environment = new FhirPathEnvironment { Resource = resource, RootResource = resource };
        var values = FhirPathExpression.Compile(path, resource.TypeName).Evaluate(resource, environment);
        return values.All(v => v.Kind == PathKind.Element) ? [.. values.Select(v => v.AsElement)] : throw new PatchException("the path does not lead to elements of the resource", false);
    }

    private static Element Single(List<Element> found) =>
        found.Count == 1 ? found[0] : throw new PatchException($"the path must lead to one element, but leads to {found.Count}", false);

    private static Element NotRoot(Element element) => element.Parent is null ? throw new PatchException("the resource itself cannot be replaced or deleted by a patch", false) : element;

    // insert and move concern one whole list: its elements, in order.
    private static List<Element> List(List<Element> found) =>
        found.Count > 0 && found[0].Property is { IsArray: true } && found[0].Parent!.ChildrenNamed(found[0].Name) is var all && all.Count == found.Count && all.SequenceEqual(found)
            ? found : throw new PatchException("the path must lead to all elements of one list", false);
}

/// <summary>The parts of one operation.</summary>
internal sealed class PatchParts(Element operation)
{
    /// <summary>The part "value".</summary>
    public Element Value => Part("value") ?? throw new PatchException("has no part 'value'", true);

    public string Required(string name) => Part(name)?.Child("value")?.Text ?? throw new PatchException($"has no part '{name}'", true);

    public int Position(string name, int most)
    {
        var isNumber = int.TryParse(Required(name), NumberStyles.None, CultureInfo.InvariantCulture, out var position);
        return isNumber && position <= most ? position : throw new PatchException($"{name} is not a position in the list", false);
    }

    private Element? Part(string name) => operation.ChildrenNamed("part").FirstOrDefault(p => p.Child("name")?.Text == name);
}
