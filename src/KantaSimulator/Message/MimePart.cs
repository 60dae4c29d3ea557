using System.Text;
using System.Text.RegularExpressions;
using KantaSimulator.Rules;

namespace KantaSimulator.Message;

/// <summary>
/// The document inside the message's <c>text</c>: a MIME multipart/related message with one base64 part. Real senders differ: header
/// order, a missing MIME-Version, and a boundary parameter on a line of its own that is not indented are all read.
/// </summary>
internal sealed partial record MimePart(byte[] Content, string ContentId)
{
    [GeneratedRegex("boundary\\s*=\\s*(?:\"([^\"\\r\\n]{1,200})\"|([^\\s;\"]{1,200}))", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex Boundary();

    /// <summary>Decodes the part; null after adding the reason to <paramref name="broken"/>.</summary>
    public static MimePart? Read(string text, Action<Rule, string> broken)
    {
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        var match = Boundary().Match(text);
        if (!match.Success)
        {
            broken(Rulebook.MimeBoundary, "no boundary parameter");
            return null;
        }

        var delimiter = "--" + (match.Groups[1].Success ? match.Groups[1].Value : match.Groups[2].Value);
        var starts = Enumerable.Range(0, lines.Length).Where(i => lines[i].Trim() == delimiter).ToList();
        var end = Array.FindLastIndex(lines, l => l.Trim() == delimiter + "--");
        if (starts.Count == 0)
        {
            broken(Rulebook.MimeBoundary, "the boundary does not occur");
            return null;
        }

        if (end < starts[^1])
            broken(Rulebook.MimeTruncated, "");
        if (starts.Count > 1)
        {
            broken(Rulebook.MimeParts, $"{starts.Count} parts");
            return null;
        }

        var stop = end < starts[0] ? lines.Length : end;
        var blank = Array.FindIndex(lines, starts[0] + 1, l => string.IsNullOrWhiteSpace(l));
        if (blank < 0 || blank >= stop)
        {
            broken(Rulebook.MimeParts, "no blank line after the part's headers");
            return null;
        }

        return Decode(Headers(lines[(starts[0] + 1)..blank]), lines[(blank + 1)..stop], broken);
    }

    private static MimePart? Decode(Dictionary<string, string> headers, string[] body, Action<Rule, string> broken)
    {
        var type = headers.GetValueOrDefault("content-type", "");
        if (!type.StartsWith("text/xml", StringComparison.OrdinalIgnoreCase)
            || (type.Contains("charset", StringComparison.OrdinalIgnoreCase) && !type.Contains("utf-8", StringComparison.OrdinalIgnoreCase)))
            broken(Rulebook.MimePartType, type);
        var encoding = headers.GetValueOrDefault("content-transfer-encoding", "");
        if (!encoding.Equals("base64", StringComparison.OrdinalIgnoreCase))
        {
            broken(Rulebook.MimeTransferEncoding, encoding);
            return null;
        }

        var characters = new StringBuilder();
        foreach (var line in body)
            characters.Append(line.Trim());
        var content = new byte[characters.Length];
        if (characters.Length == 0 || !Convert.TryFromBase64String(characters.ToString(), content, out var length))
        {
            broken(Rulebook.Base64Invalid, $"{characters.Length} characters");
            return null;
        }

        return new MimePart(content[..length], headers.GetValueOrDefault("content-id", "").Trim('<', '>', ' '));
    }

    private static Dictionary<string, string> Headers(IEnumerable<string> lines)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var last = "";
        foreach (var line in lines)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0 && line[..colon].All(c => char.IsAsciiLetterOrDigit(c) || c == '-'))
                headers[last = line[..colon]] = line[(colon + 1)..].Trim();
            else if (last.Length > 0)
                headers[last] += " " + line.Trim();
        }

        return headers;
    }
}
