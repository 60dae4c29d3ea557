using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fhir.Json;
using Fhir.Model;

namespace Fhir.Patch;

/// <summary>JSON Patch (https://www.rfc-editor.org/rfc/rfc6902) on resources: all operations or none.</summary>
public static class JsonPatch
{
    private const int MostOperations = 1000;

    /// <summary>Applies a patch document (UTF-8 JSON, an array of operations). The resource is left as it is; the result is a new one.</summary>
    public static PatchResult Apply(Element resource, ReadOnlySpan<byte> patch)
    {
        JsonArray operations;
        try
        {
            if (JsonNode.Parse(patch, documentOptions: new JsonDocumentOptions { MaxDepth = FhirJson.MaxDepth }) is not JsonArray array || array.Count > MostOperations)
            {
                return PatchResult.Malformed($"A JSON Patch is an array of at most {MostOperations} operations.");
            }

            operations = array;
        }
        catch (JsonException e)
        {
            return PatchResult.Malformed($"The patch is not JSON: {e.Message}");
        }

        JsonNode? document = JsonNode.Parse(FhirJson.Write(resource));
        for (var i = 0; i < operations.Count; i++)
        {
            try
            {
                document = Step(document, operations[i]);
            }
            catch (PatchException e)
            {
                var message = $"Operation {i}: {e.Message}";
                return e.IsMalformed ? PatchResult.Malformed(message) : PatchResult.Refused(message);
            }
        }

        return document is null ? PatchResult.Refused("The patch removes the whole resource.") : PatchResult.From(JsonSerializer.SerializeToUtf8Bytes(document), resource);
    }

    private static JsonNode? Step(JsonNode? document, JsonNode? operation)
    {
        if (operation is not JsonObject step)
        {
            throw new PatchException("is not an object", true);
        }

        var path = Pointer(step, "path");
        switch (Text(step, "op"))
        {
            case "add":
                return Add(document, path, Value(step));
            case "remove":
                Remove(document, path, out document);
                return document;
            case "replace":
                var replacement = Value(step);
                if (path.Length == 0)
                {
                    return replacement;
                }

                Set(document, path, replacement);
                return document;
            case "move":
                var from = Pointer(step, "from");
                if (path.Length > from.Length && path.AsSpan(0, from.Length).SequenceEqual(from))
                {
                    throw new PatchException("cannot move a value into itself", false);
                }

                var moved = Remove(document, from, out document);
                return Add(document, path, moved);
            case "copy":
                return Add(document, path, Find(document, Pointer(step, "from"))?.DeepClone());
            case "test":
                return Same(Find(document, path), Value(step)) ? document : throw new PatchException($"the value at {Text(step, "path")} is not the one that is tested for", false);
            case var op:
                throw new PatchException($"'{op}' is not an operation: use add, remove, replace, move, copy or test", true);
        }
    }

    private static JsonNode? Add(JsonNode? document, string[] path, JsonNode? value)
    {
        if (path.Length == 0)
        {
            return value;
        }

        switch (Find(document, path[..^1]))
        {
            case JsonObject owner:
                owner[path[^1]] = value;
                break;
            case JsonArray list:
                list.Insert(path[^1] == "-" ? list.Count : Index(path[^1], list.Count), value);
                break;
            default:
                throw Missing(path);
        }

        return document;
    }

    private static JsonNode? Remove(JsonNode? document, string[] path, out JsonNode? rest)
    {
        rest = document;
        if (path.Length == 0)
        {
            rest = null;
            return document;
        }

        var found = Find(document, path);
        switch (Find(document, path[..^1]))
        {
            case JsonObject owner:
                owner.Remove(path[^1]);
                break;
            case JsonArray list:
                list.RemoveAt(Index(path[^1], list.Count - 1));
                break;
        }

        return found;
    }

    private static void Set(JsonNode? document, string[] path, JsonNode? value)
    {
        _ = Find(document, path);
        switch (Find(document, path[..^1]))
        {
            case JsonObject owner:
                owner[path[^1]] = value;
                break;
            case JsonArray list:
                list[Index(path[^1], list.Count - 1)] = value;
                break;
        }
    }

    private static JsonNode? Find(JsonNode? document, string[] path)
    {
        var at = document;
        foreach (var step in path)
        {
            at = at switch
            {
                JsonObject owner when owner.TryGetPropertyValue(step, out var value) => value,
                JsonArray list => list[Index(step, list.Count - 1)],
                _ => throw Missing(path),
            };
        }

        return at;
    }

    private static int Index(string text, int most)
    {
        var isNumber = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && (text.Length == 1 || text[0] != '0');
        return isNumber && index <= most ? index : throw new PatchException($"'{text}' is not a position in the array", false);
    }

    private static PatchException Missing(string[] path) => new($"there is nothing at /{string.Join('/', path)}", false);

    private static JsonNode? Value(JsonObject step) => step.TryGetPropertyValue("value", out var value) ? value?.DeepClone() : throw new PatchException("has no 'value'", true);

    private static string Text(JsonObject step, string name) =>
        step[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : throw new PatchException($"has no text '{name}'", true);

    private static string[] Pointer(JsonObject step, string name)
    {
        var text = Text(step, name);
        if (text.Length == 0)
        {
            return [];
        }

        return text[0] == '/' ? [.. text[1..].Split('/').Select(p => p.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))]
            : throw new PatchException($"'{name}' does not begin with '/'", true);
    }

    // RFC 6902 section 4.6: numbers are equal by value, objects whatever the order.
    private static bool Same(JsonNode? one, JsonNode? other) => JsonNode.DeepEquals(one, other)
        || (one is JsonValue a && other is JsonValue b && a.GetValueKind() == JsonValueKind.Number && b.GetValueKind() == JsonValueKind.Number
            && decimal.TryParse(a.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var x)
            && decimal.TryParse(b.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var y) && x == y);
}

/// <summary>Ends one patch with a reason; does not leave this namespace.</summary>
internal sealed class PatchException(string message, bool isMalformed) : Exception(message)
{
    public bool IsMalformed { get; } = isMalformed;
}
