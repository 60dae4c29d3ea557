using System.Text;
using System.Xml;

namespace KantaSimulator.Xml;

/// <summary>Why some bytes were not read as XML.</summary>
internal enum XmlFault { NotWellFormed, Dtd, TooDeep, Encoding }

/// <summary>A document, or the reason why there is none.</summary>
internal readonly record struct XmlLoad(XmlDocument? Document, XmlFault Fault, string Detail);

/// <summary>
/// Reads foreign XML: UTF-8 only, no DTD, no entities, at most <see cref="MaxDepth"/> levels and <see cref="MaxNodes"/> nodes.
/// Whitespace is kept, since digests are taken over what was read.
/// </summary>
internal static class SafeXml
{
    public const int MaxDepth = 100;
    public const int MaxNodes = 500_000;
    public const int MaxCharacters = 20_000_000;

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    public static XmlLoad Load(ReadOnlySpan<byte> bytes)
    {
        string text;
        try
        {
            if (bytes.StartsWith(Encoding.UTF8.Preamble))
                bytes = bytes[Encoding.UTF8.Preamble.Length..];
            if (bytes.Length > 1 && (bytes[0] is 0 or 0xFE or 0xFF || bytes[1] is 0))
                return new XmlLoad(null, XmlFault.Encoding, "byte order mark or pattern of UTF-16 or UTF-32");
            text = StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException e)
        {
            return new XmlLoad(null, XmlFault.Encoding, $"byte {e.Index} is not UTF-8");
        }

        return Load(text);
    }

    public static XmlLoad Load(string text)
    {
        if (text.Length > MaxCharacters)
            return new XmlLoad(null, XmlFault.TooDeep, $"{text.Length} characters");
        try
        {
            if (Scan(text) is { } fault)
                return fault;
            var document = new XmlDocument { PreserveWhitespace = true, XmlResolver = null };
            using var reader = Open(text);
            document.Load(reader);
            return new XmlLoad(document, default, "");
        }
        catch (XmlException e) when (e.Message.Contains("DTD", StringComparison.Ordinal))
        {
            return new XmlLoad(null, XmlFault.Dtd, $"line {e.LineNumber}");
        }
        catch (XmlException e)
        {
            return new XmlLoad(null, XmlFault.NotWellFormed, $"line {e.LineNumber}, column {e.LinePosition}");
        }
    }

    // XmlDocument has no depth limit of its own and is quadratic in it, so the limits are met by a first, streaming pass.
    private static XmlLoad? Scan(string text)
    {
        using var reader = Open(text);
        var nodes = 0;
        while (reader.Read())
        {
            nodes += 1 + (reader.NodeType == XmlNodeType.Element ? reader.AttributeCount : 0);
            if (reader.Depth > MaxDepth)
                return new XmlLoad(null, XmlFault.TooDeep, $"more than {MaxDepth} levels");
            if (nodes > MaxNodes)
                return new XmlLoad(null, XmlFault.TooDeep, $"more than {MaxNodes} nodes");
            if (reader.NodeType == XmlNodeType.XmlDeclaration && reader.GetAttribute("encoding") is { } encoding
                && !encoding.Equals("UTF-8", StringComparison.OrdinalIgnoreCase))
                return new XmlLoad(null, XmlFault.Encoding, $"declared as {encoding}");
        }

        return null;
    }

    private static XmlReader Open(string text) => XmlReader.Create(new StringReader(text), new XmlReaderSettings
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersInDocument = MaxCharacters,
        CloseInput = true,
    });
}
