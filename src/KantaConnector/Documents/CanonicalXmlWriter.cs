using System.Buffers;
using System.Text;
using System.Xml;

namespace KantaConnector.Documents;

/// <summary>The namespaces that the connector writes, each as a default namespace.</summary>
internal enum Ns
{
    None,
    Hl7V3,
    Hl7Finland,
    XmlDsig,
    Soap,
}

/// <summary>
/// Writes XML whose bytes already are in exclusive canonical form (https://www.w3.org/TR/xml-exc-c14n/), so that a digest is taken
/// over a slice of what was written. The caller gives attributes in canonical order; the writer refuses any other.
/// Errors: <see cref="InvalidOperationException"/> for a wrong order, <see cref="XmlException"/> for a character that XML 1.0 forbids.
/// </summary>
internal sealed class CanonicalXmlWriter(int capacity = 16 * 1024)
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private static readonly SearchValues<char> InText = SearchValues.Create(Forbidden + "\r&<>");
    private static readonly SearchValues<char> InAttribute = SearchValues.Create(Forbidden + "\t\n\r&<\"");
    private readonly Stack<(int NameAt, int NameLength, Ns Ns)> open = new();
    private byte[] buffer = new byte[capacity];
    private int lastAttributeAt;
    private int lastAttributeLength;
    private bool tagIsOpen;

    private const string Forbidden =
        "\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u0008\u000B\u000C\u000E\u000F\u0010\u0011\u0012\u0013\u0014\u0015\u0016" +
        "\u0017\u0018\u0019\u001A\u001B\u001C\u001D\u001E\u001F\uFFFE\uFFFF";

    /// <summary>Bytes written so far, any open start tag closed first.</summary>
    public int Position
    {
        get
        {
            CloseTag();
            return Length;
        }
    }

    private int Length { get; set; }

    public byte[] ToArray()
    {
        CloseTag();
        return buffer.AsSpan(0, Length).ToArray();
    }

    public ReadOnlySpan<byte> Written => buffer.AsSpan(0, Position);

    public static bool IsWritable(ReadOnlySpan<char> text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
            }
            else if (!XmlConvert.IsXmlChar(text[i]))
            {
                return false;
            }
        }
        return true;
    }

    public CanonicalXmlWriter Start(ReadOnlySpan<byte> name, Ns ns = Ns.None)
    {
        CloseTag();
        var outer = open.Count == 0 ? Ns.None : open.Peek().Ns;
        var inner = ns == Ns.None ? outer : ns;
        Raw("<"u8);
        open.Push((Length, name.Length, inner));
        Raw(name);
        lastAttributeLength = 0;
        tagIsOpen = true;
        if (inner != outer)
        {
            Raw(" xmlns=\""u8);
            Raw(Uri(inner));
            Raw("\""u8);
        }
        return this;
    }

    /// <summary>Starts an element that names its type; end the attributes with <see cref="XsiType"/>.</summary>
    public CanonicalXmlWriter StartTyped(ReadOnlySpan<byte> name)
    {
        Start(name);
        Raw(" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\""u8);
        return this;
    }

    public CanonicalXmlWriter XsiType(string type)
    {
        Raw(" xsi:type=\""u8);
        Escape(type, InAttribute);
        Raw("\""u8);
        return this;
    }

    public CanonicalXmlWriter Attribute(ReadOnlySpan<byte> name, string? value)
    {
        if (value is null)
        {
            return this;
        }
        if (!tagIsOpen || name.SequenceCompareTo(buffer.AsSpan(lastAttributeAt, lastAttributeLength)) <= 0)
        {
            throw new InvalidOperationException($"Attribute {Encoding.UTF8.GetString(name)} is out of canonical order.");
        }
        Raw(" "u8);
        lastAttributeAt = Length;
        lastAttributeLength = name.Length;
        Raw(name);
        Raw("=\""u8);
        Escape(value, InAttribute);
        Raw("\""u8);
        return this;
    }

    public CanonicalXmlWriter Text(ReadOnlySpan<char> text)
    {
        CloseTag();
        Escape(text, InText);
        return this;
    }

    /// <summary>Bytes that are canonical already, such as an element written before or base64.</summary>
    public CanonicalXmlWriter Verbatim(ReadOnlySpan<byte> canonical)
    {
        CloseTag();
        Raw(canonical);
        return this;
    }

    /// <summary>Room for <paramref name="length"/> bytes to be filled by the caller with characters that need no escaping.</summary>
    public Span<byte> Reserve(int length)
    {
        CloseTag();
        Grow(length);
        Length += length;
        return buffer.AsSpan(Length - length, length);
    }

    public CanonicalXmlWriter End()
    {
        CloseTag();
        var (at, length, _) = open.Pop();
        Grow(length + 3);
        Raw("</"u8);
        Raw(buffer.AsSpan(at, length));
        Raw(">"u8);
        return this;
    }

    private static ReadOnlySpan<byte> Uri(Ns ns) => ns switch
    {
        Ns.Hl7V3 => "urn:hl7-org:v3"u8,
        Ns.Hl7Finland => "urn:hl7finland"u8,
        Ns.XmlDsig => "http://www.w3.org/2000/09/xmldsig#"u8,
        Ns.Soap => "http://schemas.xmlsoap.org/soap/envelope/"u8,
        _ => throw new InvalidOperationException("The root element needs a namespace."),
    };

    private void CloseTag()
    {
        if (tagIsOpen)
        {
            tagIsOpen = false;
            Raw(">"u8);
        }
    }

    private void Escape(ReadOnlySpan<char> text, SearchValues<char> special)
    {
        while (true)
        {
            var at = text.IndexOfAny(special);
            var run = at < 0 ? text : text[..at];
            Grow(run.Length * 3);
            Length += Utf8.GetBytes(run, buffer.AsSpan(Length));
            if (at < 0)
            {
                return;
            }
            Raw(text[at] switch
            {
                '&' => "&amp;"u8,
                '<' => "&lt;"u8,
                '>' => "&gt;"u8,
                '"' => "&quot;"u8,
                '\t' => "&#x9;"u8,
                '\n' => "&#xA;"u8,
                '\r' => "&#xD;"u8,
                var c => throw new XmlException($"Character U+{(int)c:X4} cannot stand in an XML document."),
            });
            text = text[(at + 1)..];
        }
    }

    private void Raw(ReadOnlySpan<byte> bytes)
    {
        Grow(bytes.Length);
        bytes.CopyTo(buffer.AsSpan(Length));
        Length += bytes.Length;
    }

    private void Grow(int more)
    {
        if (Length + more > buffer.Length)
        {
            Array.Resize(ref buffer, Math.Max(buffer.Length * 2, Length + more));
        }
    }
}
