using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Fhir.Definitions;

namespace Fhir.Search;

/// <summary>A search parameter of R4 as it applies to one resource type.</summary>
/// <param name="Code">Name in a query: "birthdate", "_tag".</param>
/// <param name="Type">token, string, date, number, quantity, reference, uri, composite or special.</param>
/// <param name="Expression">FHIRPath from the resource, reduced to the alternatives for this type; empty where there is none.</param>
/// <param name="Targets">Types that a reference may point to; empty: any.</param>
/// <param name="Components">For a composite: address of each component's definition and its FHIRPath from where <paramref name="Expression"/> leads.</param>
public sealed record SearchParameter(
    string Code, string Type, string Expression, string Url, IReadOnlyList<string> Targets, IReadOnlyList<(string Definition, string Expression)> Components);

/// <summary>The search parameters of R4 (4.0.1), read once at first use. Safe for concurrent use.</summary>
public static class SearchParameters
{
    private static readonly Lazy<List<(SearchParameter Parameter, string[] Bases)>> All = new(Read);
    private static readonly ConcurrentDictionary<string, IReadOnlyList<SearchParameter>> ByType = new(StringComparer.Ordinal);

    /// <summary>The parameters of a resource type, those of every resource included.</summary>
    public static IReadOnlyList<SearchParameter> Of(string type) => ByType.GetOrAdd(type, static t =>
    [
        .. All.Value.Where(p => p.Bases.Contains(t) || p.Bases.Contains("Resource") || p.Bases.Contains("DomainResource"))
            .Select(p => p.Parameter with { Expression = Reduce(p.Parameter.Expression, t) }),
    ]);

    /// <summary>The definition with this canonical address, with its whole expression.</summary>
    public static SearchParameter? ByUrl(string url) => All.Value.FirstOrDefault(p => p.Parameter.Url == url).Parameter;

    /// <summary>The alternatives of a shared expression that begin with the type (or with Resource or DomainResource).</summary>
    private static string Reduce(string expression, string type)
    {
        var parts = TopLevel(expression).Where(part =>
        {
            var text = part.TrimStart('(', ' ');
            var end = 0;
            while (end < text.Length && char.IsAsciiLetterOrDigit(text[end]))
            {
                end++;
            }

            return text[..end] == type || text[..end] is "Resource" or "DomainResource";
        });
        return string.Join(" | ", parts);
    }

    private static List<string> TopLevel(string expression)
    {
        var parts = new List<string>();
        var (depth, quoted, start) = (0, false, 0);
        for (var i = 0; i < expression.Length; i++)
        {
            switch (expression[i])
            {
                case '\'':
                    quoted = !quoted;
                    break;
                case '(' when !quoted:
                    depth++;
                    break;
                case ')' when !quoted:
                    depth--;
                    break;
                case '|' when !quoted && depth == 0:
                    parts.Add(expression[start..i].Trim());
                    start = i + 1;
                    break;
            }
        }

        parts.Add(expression[start..].Trim());
        return parts;
    }

    private static List<(SearchParameter, string[])> Read()
    {
        var lines = Encoding.UTF8.GetString(Packages.R4.Read("SearchParameter.ndjson")!).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var parameters = new List<(SearchParameter, string[])>(lines.Length);
        foreach (var line in lines)
        {
            using var json = JsonDocument.Parse(line);
            var root = json.RootElement;
            parameters.Add((
                new SearchParameter(
                    Text(root, "code"), Text(root, "type"), Text(root, "expression"), Text(root, "url"), Texts(root, "target"),
                    root.TryGetProperty("component", out var components)
                        ? [.. components.EnumerateArray().Select(c => (Text(c, "definition"), Text(c, "expression")))]
                        : []),
                Texts(root, "base")));
        }

        return parameters;
    }

    private static string Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString()! : "";

    private static string[] Texts(JsonElement json, string name) =>
        json.TryGetProperty(name, out var values) ? [.. values.EnumerateArray().Select(v => v.GetString()!)] : [];
}
