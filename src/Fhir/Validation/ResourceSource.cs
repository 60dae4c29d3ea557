using System.Text.Json;

namespace Fhir.Validation;

/// <summary>
/// Tells what a file holds: one resource, or one on each line (NDJSON, http://ndjson.org), which is read line by line and never held whole. NDJSON is recognised by a first line that is an
/// object by itself with another after it.
/// </summary>
internal static class ResourceSource
{
    /// <summary>The resources with the line (from 1) that each begins on. Whatever is not NDJSON is given as one.</summary>
    public static IEnumerable<(byte[] Text, int Line)> Read(Stream stream)
    {
        var lines = new LineReader(stream);
        var head = new List<byte>();
        var first = 0;
        byte[]? line;
        while ((line = lines.Next()) is not null)
        {
            if (first == 0 && !IsBlank(line))
            {
                first = lines.Line;
                if (IsWholeObject(line))
                {
                    break;
                }
            }

            head.AddRange(line);
        }

        if (line is null)
        {
            yield return ([.. head], 1);
            yield break;
        }

        var blank = new List<byte>();
        byte[]? next;
        while ((next = lines.Next()) is not null && IsBlank(next))
        {
            blank.AddRange(next);
        }

        if (next is null || !IsObjectStart(next))
        {
            yield return ([.. head, .. line, .. blank, .. next ?? [], .. lines.Rest()], 1);
            yield break;
        }

        yield return (Trimmed(line), first);
        for (; next is not null; next = lines.Next())
        {
            if (!IsBlank(next))
            {
                yield return (Trimmed(next), lines.Line);
            }
        }
    }

    private static bool IsBlank(ReadOnlySpan<byte> line) => line.Trim(" \t\r\n"u8).IsEmpty;

    private static byte[] Trimmed(byte[] line) => line.AsSpan().TrimEnd("\r\n"u8).ToArray();

    private static bool IsObjectStart(ReadOnlySpan<byte> line) => line.TrimStart(" \t\r\n"u8).StartsWith("{"u8);

    private static bool IsWholeObject(ReadOnlySpan<byte> line)
    {
        var text = (line.StartsWith("\uFEFF"u8) ? line[3..] : line).Trim(" \t\r\n"u8);
        if (!text.StartsWith("{"u8) || !text.EndsWith("}"u8))
        {
            return false;
        }

        try
        {
            var json = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = 1000 });
            json.Read();
            json.Skip();
            return json.BytesConsumed == text.Length;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Lines with their ends.</summary>
    private sealed class LineReader(Stream stream)
    {
        private readonly byte[] _buffer = new byte[64 * 1024];
        private int _start;
        private int _end;

        public int Line { get; private set; }

        public byte[]? Next()
        {
            var line = new MemoryStream();
            while (true)
            {
                var at = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
                var length = at < 0 ? _end - _start : at + 1;
                line.Write(_buffer, _start, length);
                _start += length;
                if (at >= 0 || !Fill())
                {
                    Line++;
                    return line.Length == 0 ? null : line.ToArray();
                }
            }
        }

        public byte[] Rest()
        {
            var rest = new MemoryStream();
            while (Next() is { } line)
            {
                rest.Write(line);
            }

            return rest.ToArray();
        }

        private bool Fill()
        {
            _start = 0;
            _end = stream.Read(_buffer);
            return _end > 0;
        }
    }
}
