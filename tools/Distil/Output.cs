using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Distil;

/// <summary>Writes one package's folder: a file per artefact (one line per element, so that a change reads well) and the index that finds them by canonical address.</summary>
internal sealed class Output(string folder)
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly SortedDictionary<string, string> _index = new(StringComparer.Ordinal);

    /// <summary>Number of artefacts written so far.</summary>
    public int Count => _index.Count;

    public void Artefact(JsonObject resource)
    {
        var kind = (string)resource["resourceType"]!;
        var id = (string)resource["id"]!;
        Directory.CreateDirectory(Path.Combine(folder, kind));
        File.WriteAllText(Path.Combine(folder, kind, id + ".json"), Render(resource));
        var type = (string?)resource["type"] ?? "";
        _index[$"{(string)resource["url"]!}\t{kind}"] =
            string.Join('\t', id, type, (string?)resource["kind"] ?? "", (string?)resource["derivation"] ?? "", (string?)resource["version"] ?? "");
    }

    /// <summary>Many small artefacts of one kind in one file, one a line.</summary>
    public void Lines(string name, IEnumerable<JsonObject> resources) =>
        File.WriteAllText(Path.Combine(folder, name), string.Join('\n', resources.Select(r => r.ToJsonString(Plain))) + "\n");

    public void WriteIndex() =>
        File.WriteAllText(Path.Combine(folder, "index.tsv"), string.Concat(_index.Select(e => $"{e.Key}\t{e.Value}\n")));

    private static string Render(JsonObject resource)
    {
        var text = new StringBuilder();
        Write(text, resource);
        return text.Append('\n').ToString();
    }

    private static void Write(StringBuilder text, JsonObject resource)
    {
        text.Append('{');
        var first = true;
        foreach (var (key, value) in resource)
        {
            text.Append(first ? "" : ",").Append(JsonSerializer.Serialize(key, Plain)).Append(':');
            first = false;
            switch (value)
            {
                case JsonObject view when key is "snapshot" or "differential" or "compose":
                    Write(text, view);
                    break;
                case JsonArray list when key is "element" or "concept" or "resource" or "include":
                    text.Append("[\n").AppendJoin(",\n", list.Select(i => i!.ToJsonString(Plain))).Append(']');
                    break;
                default:
                    text.Append(value!.ToJsonString(Plain));
                    break;
            }
        }

        text.Append('}');
    }
}
