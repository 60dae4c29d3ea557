using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using Fhir.FhirPath.Nodes;
using Fhir.FhirPath.Values;

namespace Fhir.FhirPath.Functions;

/// <summary>encode, decode, escape, unescape (FHIRPath STU, additional string functions). An unknown format gives nothing.</summary>
internal static class EncodingFunctions
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    internal static PathValue Encode(Evaluation e, in PathValue input, ReadOnlySpan<PathValue> a, CallNode call)
    {
        var text = StringFunctions.Text(input, call);
        var bytes = Encoding.UTF8.GetBytes(text);
        return StringFunctions.Text(a[0], call) switch
        {
            "hex" => PathValue.From(Convert.ToHexStringLower(bytes)),
            "base64" => PathValue.From(Convert.ToBase64String(bytes)),
            "urlbase64" => PathValue.From(Convert.ToBase64String(bytes).Replace('+', '-').Replace('/', '_')),
            "ascii" => PathValue.From(Encoding.ASCII.GetString(Encoding.ASCII.GetBytes(text))),
            _ => default,
        };
    }

    internal static PathValue Decode(Evaluation e, in PathValue input, ReadOnlySpan<PathValue> a, CallNode call)
    {
        var text = StringFunctions.Text(input, call);
        try
        {
            return StringFunctions.Text(a[0], call) switch
            {
                "hex" => PathValue.From(StrictUtf8.GetString(Convert.FromHexString(text))),
                "base64" => PathValue.From(StrictUtf8.GetString(Convert.FromBase64String(text))),
                "urlbase64" => PathValue.From(StrictUtf8.GetString(Convert.FromBase64String(Padded(text.Replace('-', '+').Replace('_', '/'))))),
                _ => default,
            };
        }
        catch (Exception error) when (error is FormatException or DecoderFallbackException)
        {
            return default;
        }
    }

    internal static PathValue Escape(Evaluation e, in PathValue input, ReadOnlySpan<PathValue> a, CallNode call)
    {
        var text = StringFunctions.Text(input, call);
        return StringFunctions.Text(a[0], call) switch
        {
            "html" => PathValue.From(WebUtility.HtmlEncode(text)),
            "json" => PathValue.From(JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text)),
            _ => default,
        };
    }

    internal static PathValue Unescape(Evaluation e, in PathValue input, ReadOnlySpan<PathValue> a, CallNode call)
    {
        var text = StringFunctions.Text(input, call);
        return StringFunctions.Text(a[0], call) switch
        {
            "html" => PathValue.From(WebUtility.HtmlDecode(text)),
            "json" => FromJson(text),
            _ => default,
        };
    }

    /// <summary>Undoes JSON's escapes; what is no escape stays as it is, so that a quote need not have been escaped.</summary>
    private static PathValue FromJson(string text)
    {
        var plain = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\' || i + 1 == text.Length)
            {
                plain.Append(text[i]);
                continue;
            }

            var escape = text[++i];
            if (escape == 'u' && i + 4 < text.Length && ushort.TryParse(text.AsSpan(i + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit))
            {
                plain.Append((char)unit);
                i += 4;
                continue;
            }

            plain.Append(escape switch { 'n' => '\n', 'r' => '\r', 't' => '\t', 'f' => '\f', 'b' => '\b', _ => escape });
        }

        return PathValue.From(plain.ToString());
    }

    private static string Padded(string base64) => base64.PadRight((base64.Length + 3) / 4 * 4, '=');
}
