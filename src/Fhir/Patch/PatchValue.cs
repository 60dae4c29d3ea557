using System.Text.Json.Nodes;
using Fhir.Definitions;
using Fhir.Json;
using Fhir.Model;

namespace Fhir.Patch;

/// <summary>Makes the JSON of a value that a patch gives, as value[x] or part by part.</summary>
internal static class PatchValue
{
    /// <summary>The JSON of a parameter's value.</summary>
    /// <param name="part">The parameter with value[x], a resource, or parts that name the properties of the value.</param>
    /// <param name="type">The type that is expected, needed for values given by parts.</param>
    /// <param name="given">The type of the value as given; empty for one given by parts.</param>
    public static JsonNode? Build(Element part, TypeDefinition? type, out string given)
    {
        given = "";
        if ((part.Child("value") ?? part.Child("resource")) is { } value)
        {
            given = value.TypeName;
            return JsonNode.Parse(FhirJson.Write(value));
        }

        var parts = part.ChildrenNamed("part");
        if (parts.Count == 0 || type is null)
        {
            throw new PatchException("the value is given neither as value[x] nor by its parts", true);
        }

        var result = new JsonObject();
        foreach (var inner in parts)
        {
            var name = inner.TextAt("name") ?? "";
            var property = type.Property(name) ?? throw new PatchException($"{type.Path} has no element '{name}'", false);
            var node = Build(inner, property.IsChoice ? null : property.TypeAt(0), out var innerType);
            var jsonName = property.IsChoice ? JsonName(property, innerType) : name;
            if (!property.IsArray)
            {
                result[jsonName] = node;
            }
            else if (result[jsonName] is JsonArray list)
            {
                list.Add(node);
            }
            else
            {
                result[jsonName] = new JsonArray(node);
            }
        }

        return result;
    }

    /// <summary>The JSON name of a choice for a value of a type.</summary>
    public static string JsonName(PropertyDefinition property, string type)
    {
        for (var i = 0; i < property.TypeNames.Count; i++)
        {
            if (property.TypeNames[i] == type)
            {
                return property.JsonNames[i];
            }
        }

        throw new PatchException($"'{property.Name}' may not be a {type}", false);
    }
}
