using System.Net;
using System.Text.RegularExpressions;

namespace Booking.Host.Check;

/// <summary>A form of one of our own pages as a browser would send it: its fields with the values that the page gave them.</summary>
internal sealed partial class PageForm
{
    private readonly Dictionary<string, string> _fields = new(StringComparer.Ordinal);

    private PageForm(string action) => Action = action;

    /// <summary>Where it is sent; a button's formaction may replace it.</summary>
    public string Action { get; set; }

    /// <summary>get or post.</summary>
    public string Method { get; private init; } = "post";

    /// <summary>Names of the text areas, in order.</summary>
    public List<string> TextAreas { get; } = [];

    /// <summary>The values that a select or a group of radios offers, without the empty one.</summary>
    public Dictionary<string, List<string>> Choices { get; } = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, string> Fields => _fields;

    /// <summary>Fills in a field that the form has; anything else is a defect of the page.</summary>
    public PageForm Set(string name, string value)
    {
        if (!_fields.ContainsKey(name) && !Choices.ContainsKey(name))
        {
            throw new CheckFailedException($"The form {Action} has no field {name}; it has {string.Join(", ", _fields.Keys)}.");
        }

        _fields[name] = value;
        return this;
    }

    /// <summary>All forms of a page.</summary>
    public static List<PageForm> Read(string html, string address) => [.. Form().Matches(html).Select(m => ReadOne(m, address))];

    private static PageForm ReadOne(Match match, string address)
    {
        var form = new PageForm(Attribute(match.Groups[1].Value, "action") is { Length: > 0 } action ? action : address)
        {
            Method = Attribute(match.Groups[1].Value, "method")?.ToLowerInvariant() ?? "get",
        };
        var body = match.Groups[2].Value;
        foreach (var tag in Input().Matches(body).Select(m => m.Value))
        {
            var (name, type, value) = (Attribute(tag, "name"), Attribute(tag, "type") ?? "text", Attribute(tag, "value"));
            if (name is null || type is "submit")
            {
                continue;
            }

            var isChecked = Checked().IsMatch(tag);
            if (type == "radio")
            {
                Offer(form, name, value ?? "on", isChecked);
            }
            else if (type == "checkbox")
            {
                // Razor sends a hidden false beside each box; the box comes first.
                form._fields[name] = isChecked ? value ?? "on" : "false";
            }
            else if (!form._fields.ContainsKey(name))
            {
                form._fields[name] = value ?? "";
            }
        }

        foreach (Match area in TextArea().Matches(body))
        {
            if (Attribute(area.Groups[1].Value, "name") is { } name)
            {
                form._fields[name] = WebUtility.HtmlDecode(area.Groups[2].Value).Trim();
                form.TextAreas.Add(name);
            }
        }

        foreach (Match select in Select().Matches(body))
        {
            if (Attribute(select.Groups[1].Value, "name") is { } name)
            {
                form._fields[name] = "";
                foreach (var option in Option().Matches(select.Groups[2].Value).Select(m => m.Value))
                {
                    Offer(form, name, Attribute(option, "value") ?? "", option.Contains("selected", StringComparison.Ordinal));
                }
            }
        }

        return form;
    }

    private static void Offer(PageForm form, string name, string value, bool chosen)
    {
        var offered = form.Choices.TryGetValue(name, out var list) ? list : form.Choices[name] = [];
        if (value.Length > 0)
        {
            offered.Add(value);
        }

        if (chosen)
        {
            form._fields[name] = value;
        }
    }

    private static string? Attribute(string tag, string name) =>
        Regex.Match(tag, $"\\s{name}=\"([^\"]*)\"", RegexOptions.None, TimeSpan.FromSeconds(1)) is { Success: true } m
            ? WebUtility.HtmlDecode(m.Groups[1].Value)
            : null;

    [GeneratedRegex("<form([^>]*)>(.*?)</form>", RegexOptions.Singleline, matchTimeoutMilliseconds: 2000)]
    private static partial Regex Form();

    [GeneratedRegex("<input[^>]*>", RegexOptions.None, matchTimeoutMilliseconds: 2000)]
    private static partial Regex Input();

    [GeneratedRegex("\\schecked(=\"checked\")?[\\s/>]", RegexOptions.None, matchTimeoutMilliseconds: 2000)]
    private static partial Regex Checked();

    [GeneratedRegex("<textarea([^>]*)>(.*?)</textarea>", RegexOptions.Singleline, matchTimeoutMilliseconds: 2000)]
    private static partial Regex TextArea();

    [GeneratedRegex("<select([^>]*)>(.*?)</select>", RegexOptions.Singleline, matchTimeoutMilliseconds: 2000)]
    private static partial Regex Select();

    [GeneratedRegex("<option[^>]*>", RegexOptions.None, matchTimeoutMilliseconds: 2000)]
    private static partial Regex Option();
}

/// <summary>A step of the main job did not come out as it must.</summary>
internal sealed class CheckFailedException(string message) : Exception(message);
