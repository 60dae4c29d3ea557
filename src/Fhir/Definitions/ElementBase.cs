using System.Globalization;
using System.Text.Json.Nodes;

namespace Fhir.Definitions;

/// <summary>ElementDefinition.base (https://hl7.org/fhir/R4/elementdefinition-definitions.html#ElementDefinition.base): which element of which type an element of a snapshot stands for, found by the types of R4.</summary>
internal static class ElementBase
{
    /// <param name="path">Path of the element, of a profile too.</param>
    /// <param name="element">The element as it stands, for what R4 does not define.</param>
    internal static JsonObject Of(string path, JsonObject element)
    {
        var names = path.Split('.');
        var type = FhirTypes.Find(names[0]);
        PropertyDefinition? property = null;
        for (var i = 1; i < names.Length && type is not null; i++)
        {
            (property, type) = Child(type, names[i]);
        }

        if (property is null)
        {
            return Write(path, (int?)element["min"] ?? 0, (string?)element["max"] ?? "*");
        }

        var declared = Declared(property);
        return Write(declared.Path, declared.Facts.Min ?? 0, declared.Facts.Max is { } max and < int.MaxValue ? max.ToString(CultureInfo.InvariantCulture) : "*");
    }

    private static JsonObject Write(string path, int min, string max) => new() { ["path"] = path, ["min"] = min, ["max"] = max };

    private static (PropertyDefinition? Property, TypeDefinition? Type) Child(TypeDefinition type, string name)
    {
        var plain = name.EndsWith("[x]", StringComparison.Ordinal) ? name[..^3] : name;
        foreach (var property in type.Properties)
        {
            if (property.Name == plain && !property.IsChoice)
            {
                return (property, property.HoldsResource ? null : property.TypeAt(0));
            }

            var at = property.IsChoice ? property.JsonNames.ToList().IndexOf(name) : -1;
            if (at >= 0 || (property.IsChoice && property.Name == plain))
            {
                return (property, at < 0 ? FhirTypes.Find("Element") : property.TypeAt(at));
            }
        }

        return (null, null);
    }

    /// <summary>The property of the most general type that has it.</summary>
    private static PropertyDefinition Declared(PropertyDefinition property)
    {
        var found = property;
        for (var above = property.Owner.IsInline ? property.Owner.Name : property.Owner.BaseName; above is not null;)
        {
            var type = FhirTypes.Get(above);
            found = type.Property(property.Name) ?? found;
            above = type.BaseName;
        }

        return found;
    }
}
