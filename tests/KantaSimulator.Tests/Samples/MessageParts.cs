using System.Security;
using System.Text;
using System.Text.RegularExpressions;

namespace KantaSimulator.Tests.Samples;

/// <summary>
/// A message in three texts, so that each can be bent by itself: the wrapper with {{MIME}} in it, the MIME message with {{BASE64}} in it, and the
/// document (own samples: with the signature's placeholders until it is signed).
/// </summary>
internal sealed partial record MessageParts(string Wrapper, string Mime, string Document)
{
    [GeneratedRegex(@"(<text mediaType=""multipart/related"">)(.*?)(</text>)", RegexOptions.Singleline)]
    private static partial Regex Text();

    [GeneratedRegex(@"(\n[ \t]*\n)([A-Za-z0-9+/=\s]{200,}?)(\n\s*--)", RegexOptions.Singleline)]
    private static partial Regex Base64();

    private static int running = Random.Shared.Next(1_000_000, 9_000_000);

    /// <summary>Takes a published sample message apart.</summary>
    public static MessageParts FromFile(string path)
    {
        var message = File.ReadAllText(path);
        var mime = System.Net.WebUtility.HtmlDecode(Text().Match(message).Groups[2].Value);
        var encoded = Base64().Match(mime).Groups[2].Value;
        return new MessageParts(Text().Replace(message, "$1{{MIME}}$3", 1), mime.Replace(encoded, "{{BASE64}}", StringComparison.Ordinal),
            Encoding.UTF8.GetString(Convert.FromBase64String(Regex.Replace(encoded, @"\s", ""))));
    }

    /// <summary>The message as a whole, with a message id of its own.</summary>
    public string Compose()
    {
        var mime = Mime.Replace("{{BASE64}}", Convert.ToBase64String(Encoding.UTF8.GetBytes(Document), Base64FormattingOptions.InsertLineBreaks), StringComparison.Ordinal);
        return Regex.Replace(Wrapper, @"(<id root=""[0-9.]+?)\.[0-9]+""/>(\s*<creationTime)", $"$1.{Interlocked.Increment(ref running)}\"/>$2")
            .Replace("{{MIME}}", SecurityElement.Escape(mime), StringComparison.Ordinal);
    }

    public static string Envelope(string message) =>
        $"<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body>{message}</soap:Body></soap:Envelope>";
}
