using System.Runtime.InteropServices;
using System.Xml;
using System.Xml.Linq;

namespace KantaConnector.Documents;

/// <summary>XML from outside: no DTD, no resolver, bounded size and depth. Errors: <see cref="XmlException"/>.</summary>
internal static class SafeXml
{
    public const int MaxDepth = 100;

    public static XmlReaderSettings Settings(long maxCharacters) => new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersInDocument = maxCharacters,
        MaxCharactersFromEntities = 1024,
        CloseInput = false,
    };

    public static XDocument Linq(ReadOnlyMemory<byte> utf8, long maxCharacters = 64 * 1024 * 1024)
    {
        using var reader = Reader(utf8, maxCharacters);
        // Loading does not recurse, so that the depth may be looked at afterwards: one pass over the characters is enough.
        var document = XDocument.Load(reader, LoadOptions.PreserveWhitespace);
        var depth = 0;
        for (XNode? node = document.FirstNode; node is not null;)
        {
            if (node is XElement { FirstNode: { } child })
            {
                node = child;
                if (++depth > MaxDepth)
                {
                    throw new XmlException($"Nested deeper than {MaxDepth} elements.");
                }
                continue;
            }
            while (node is not null && node.NextNode is null)
            {
                node = node.Parent;
                depth--;
            }
            node = node?.NextNode;
        }
        return document;
    }

    /// <summary>As a DOM with white space kept, which signatures need.</summary>
    public static XmlDocument Dom(ReadOnlyMemory<byte> utf8, long maxCharacters = 64 * 1024 * 1024)
    {
        CheckDepth(utf8, maxCharacters);
        using var reader = Reader(utf8, maxCharacters);
        var document = new XmlDocument { PreserveWhitespace = true, XmlResolver = null };
        document.Load(reader);
        return document;
    }

    private static void CheckDepth(ReadOnlyMemory<byte> utf8, long maxCharacters)
    {
        using var reader = Reader(utf8, maxCharacters);
        while (reader.Read())
        {
            if (reader.Depth > MaxDepth)
            {
                throw new XmlException($"Nested deeper than {MaxDepth} elements.");
            }
        }
    }

    private static XmlReader Reader(ReadOnlyMemory<byte> utf8, long maxCharacters) =>
        XmlReader.Create(
            MemoryMarshal.TryGetArray(utf8, out var bytes) ? new MemoryStream(bytes.Array!, bytes.Offset, bytes.Count, writable: false) : new MemoryStream(utf8.ToArray(), writable: false),
            Settings(maxCharacters));
}
