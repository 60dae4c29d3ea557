using System.Globalization;
using System.Text;
using Fhir.FhirPath.Nodes;
using Fhir.FhirPath.Values;

namespace Fhir.FhirPath.Functions;

/// <summary>String manipulation (N1 §5.6). Positions count Unicode scalar values.</summary>
internal static class StringFunctions
{
    internal static PathValue IndexOf(Evaluation e, in PathValue input, ReadOnlySpan<PathValue> a, CallNode call)
    {
        var text = Text(input, call);
        return PathValue.From(ScalarIndex(text, text.IndexOf(Text(a[0], call), StringComparison.Ordinal)));
    }

    internal static PathValue LastIndexOf(Evaluation e, in PathValue input, ReadOnlySpan<PathValue> a, CallNode call)
    {
        var text = Text(input, call);
        var part = Text(a[0], call);
        return PathValue.From(ScalarIndex(text, part.Length == 0 ? text.Length : text.LastIndexOf(part, StringComparison.Ordinal)));
    }

    internal static PathValue Substring(Evaluation e, in PathValue input, ReadOnlySpan<PathValue> a, CallNode call)
    {
        var text = Text(input, call);
        if (a[0].IsNone)
        {
            return default;
        }

        var start = Utf16Index(text, Whole(a[0], call));
        if (start < 0 || start >= text.Length)
        {
            return default;
        }

        if (a.Length < 2 || a[1].IsNone)
        {
            return PathValue.From(text[start..]);
        }

        var length = Whole(a[1], call);
        var end = length <= 0 ? start : Utf16Index(text[start..], length) is var l && l < 0 ? text.Length : start + l;
        return PathValue.From(text[start..end]);
    }

    internal static PathValue StartsWith(Evaluation e, in PathValue input, ReadOnlySpan<PathValue> a, CallNode call) =>
        PathValue.From(Text(input, call).StartsWith(Text(a[0], call), StringComparison.Ordinal));

    internal static PathValue EndsWith(Evaluation e, in PathValue input, ReadOnlySpan<PathValue> a, CallNode call) =>
        PathValue.From(Text(input, call).EndsWith(Text(a[0], call), StringComparison.Ordinal));

    internal static PathValue Contains(Evaluation e, in PathValue input, ReadOnlySpan<PathValue> a, CallNode call) =>
        PathValue.From(Text(input, call).Contains(Text(a[0], call), StringComparison.Ordinal));

    internal static PathValue Upper(Evaluation e, in PathValue input, ReadOnlySpan<PathValue> a, CallNode call) =>
        PathValue.From(Text(input, call).ToUpperInvariant());

    internal static PathValue Lower(Evaluation e, in PathValue input, ReadOnlySpan<PathValue> a, CallNode call) =>
        PathValue.From(Text(input, call).ToLowerInvariant());

    internal static PathValue Trim(Evaluation e, in PathValue input, ReadOnlySpan<PathValue> a, CallNode call) =>
        PathValue.From(Text(input, call).Trim(' ', '\t', '\r', '\n'));

    internal static PathValue Length(Evaluation e, in PathValue input, ReadOnlySpan<PathValue> a, CallNode call)
    {
        var text = Text(input, call);
        return PathValue.From(ScalarIndex(text, text.Length));
    }

    internal static PathValue Replace(Evaluation e, in PathValue input, ReadOnlySpan<PathValue> a, CallNode call)
    {
        var (text, pattern, substitution) = (Text(input, call), Text(a[0], call), Text(a[1], call));
        e.CheckLength((long)text.Length + ((long)(text.Length + 1) * substitution.Length));
        return PathValue.From(pattern.Length > 0 ? text.Replace(pattern, substitution, StringComparison.Ordinal) : Surround(text, substitution));
    }

    internal static void ToChars(Evaluation e, int start, CallNode call)
    {
        var input = Elements.ToSystem(e.PopSingle(start, call));
        if (input.IsNone)
        {
            return;
        }

        foreach (var rune in Text(input, call).EnumerateRunes())
        {
            e.Step();
            e.Push(PathValue.From(rune.ToString()));
        }
    }

    internal static void Split(Evaluation e, int start, CallNode call)
    {
        var input = Elements.ToSystem(e.PopSingle(start, call));
        var separator = call.Arguments[0].SingleValue(e);
        if (input.IsNone || separator.IsNone)
        {
            return;
        }

        if (Text(separator, call).Length == 0)
        {
            foreach (var rune in Text(input, call).EnumerateRunes())
            {
                e.Push(PathValue.From(rune.ToString()));
            }

            return;
        }

        foreach (var part in Text(input, call).Split(Text(separator, call)))
        {
            e.Step();
            e.Push(PathValue.From(part));
        }
    }

    internal static void Join(Evaluation e, int start, CallNode call)
    {
        var separator = call.Arguments.Length > 0 && call.Arguments[0].SingleValue(e) is { IsNone: false } given ? Text(given, call) : "";
        if (e.Count == start)
        {
            return;
        }

        var joined = new StringBuilder();
        for (var i = start; i < e.Count; i++)
        {
            var item = Elements.ToSystem(e[i]);
            joined.Append(i > start ? separator : "").Append(Text(item, call));
            e.CheckLength(joined.Length);
        }

        e.Cut(start);
        e.Push(PathValue.From(joined.ToString()));
    }

    internal static string Text(in PathValue value, CallNode call) => value.Kind == PathKind.String
        ? value.AsString
        : throw call.Error($"a String is expected, not {Conversions.NameOf(value)}");

    internal static int Whole(in PathValue value, CallNode call) => value.Kind == PathKind.Integer
        ? (int)value.AsLong
        : throw call.Error($"an Integer is expected, not {Conversions.NameOf(value)}");

    private static string Surround(string text, string substitution)
    {
        var result = new StringBuilder(substitution);
        foreach (var rune in text.EnumerateRunes())
        {
            result.Append(CultureInfo.InvariantCulture, $"{rune}").Append(substitution);
        }

        return result.ToString();
    }

    private static int ScalarIndex(string text, int utf16)
    {
        var index = utf16;
        for (var i = 1; i < utf16; i++)
        {
            index -= char.IsSurrogatePair(text[i - 1], text[i]) ? 1 : 0;
        }

        return index;
    }

    /// <summary>The UTF-16 position of a scalar position; -1 if it lies outside.</summary>
    private static int Utf16Index(string text, int scalars)
    {
        if (scalars < 0)
        {
            return -1;
        }

        var at = 0;
        for (; scalars > 0 && at < text.Length; scalars--)
        {
            at += at + 1 < text.Length && char.IsSurrogatePair(text[at], text[at + 1]) ? 2 : 1;
        }

        return scalars > 0 ? -1 : at;
    }
}
