namespace Fhir.Json;

/// <summary>Turns byte positions of a source text into lines and columns.</summary>
internal sealed class SourceMap
{
    private readonly List<int> _lineStarts = [0];

    public SourceMap(ReadOnlySpan<byte> source)
    {
        for (var at = 0; at < source.Length;)
        {
            var next = source[at..].IndexOf((byte)'\n');
            if (next < 0)
            {
                break;
            }

            at += next + 1;
            _lineStarts.Add(at);
        }
    }

    /// <summary>Line and column, both from 1; 0 and 0 for a negative position.</summary>
    public (int Line, int Column) At(int offset)
    {
        if (offset < 0)
        {
            return (0, 0);
        }

        var found = _lineStarts.BinarySearch(offset);
        var line = found >= 0 ? found : ~found - 1;
        return (line + 1, offset - _lineStarts[line] + 1);
    }

    /// <summary>The byte position of a line and column (both from 1), as an XML reader counts them; exact where the line is ASCII before it.</summary>
    public int Offset(int line, int column) => line < 1 || line > _lineStarts.Count ? 0 : _lineStarts[line - 1] + Math.Max(0, column - 1);
}
