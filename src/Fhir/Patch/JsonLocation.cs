using System.Text.Json.Nodes;
using Fhir.Model;

namespace Fhir.Patch;

/// <summary>Finds and changes, in a resource's JSON, the place that an element was read from. A primitive's "_name" part moves along with its value.</summary>
internal static class JsonLocation
{
    /// <summary>The JSON object of a complex element.</summary>
    public static JsonObject Object(JsonObject root, Element element)
    {
        if (element.Parent is null)
        {
            return root;
        }

        var owner = Object(root, element.Parent);
        var name = element.IsPrimitive ? "_" + element.JsonName : element.JsonName;
        if (element.IsPrimitive && owner[name] is null)
        {
            owner[name] = element.Property!.IsArray ? new JsonArray() : new JsonObject();
        }

        var value = owner[name];
        if (value is not JsonArray list)
        {
            return value!.AsObject();
        }

        while (list.Count <= element.Index)
        {
            list.Add(null);
        }

        return (list[element.Index] ??= new JsonObject()).AsObject();
    }

    /// <summary>Puts a value at a position of a repeating property.</summary>
    public static void Insert(JsonObject owner, string name, int index, JsonNode? value)
    {
        var list = owner[name] as JsonArray;
        if (list is null)
        {
            owner[name] = list = [];
        }

        if (owner["_" + name] is JsonArray extras)
        {
            while (list.Count < extras.Count && list.Count < index)
            {
                list.Add(null);
            }

            if (index < extras.Count)
            {
                extras.Insert(index, null);
            }
        }

        list.Insert(index, value);
    }

    /// <summary>Takes an element out, and what it leaves empty.</summary>
    public static void Remove(JsonObject root, Element element)
    {
        var owner = Object(root, element.Parent!);
        foreach (var name in new[] { element.JsonName, "_" + element.JsonName })
        {
            if (owner[name] is JsonArray list)
            {
                if (element.Index < list.Count)
                {
                    list.RemoveAt(element.Index);
                }

                if (list.All(v => v is null))
                {
                    owner.Remove(name);
                }
            }
            else
            {
                owner.Remove(name);
            }
        }

        if (owner.Count == 0 && element.Parent!.Parent is not null)
        {
            Remove(root, element.Parent);
        }
    }

    /// <summary>Writes a value in the place of an element.</summary>
    public static void Replace(JsonObject root, Element element, string jsonName, JsonNode? value)
    {
        var owner = Object(root, element.Parent!);
        if (owner[element.JsonName] is JsonArray list)
        {
            while (list.Count <= element.Index)
            {
                list.Add(null);
            }

            list[element.Index] = value;
            if (owner["_" + element.JsonName] is JsonArray extras && element.Index < extras.Count)
            {
                extras[element.Index] = null;
                if (extras.All(v => v is null))
                {
                    owner.Remove("_" + element.JsonName);
                }
            }

            return;
        }

        owner.Remove(element.JsonName);
        owner.Remove("_" + element.JsonName);
        owner[jsonName] = value;
    }
}
