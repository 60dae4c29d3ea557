using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;

namespace KantaSimulator.Web;

/// <summary>HTML that is safe to send: only made by <see cref="Html"/>.</summary>
internal readonly record struct Markup(string Text)
{
    public static readonly Markup Empty = new("");

    public static Markup Join(IEnumerable<Markup> parts) => new(string.Concat(parts.Select(p => p.Text)));
}

/// <summary>Makes HTML from interpolated strings: literals stand as they are, every value is encoded unless it is <see cref="Markup"/> already.</summary>
internal static class Html
{
    public static Markup Of(ref Handler handler) => new(handler.Text);

    public static Markup Each<T>(IEnumerable<T> items, Func<T, Markup> make) => Markup.Join(items.Select(make));

    public static Markup Encode(string text) => new(HtmlEncoder.Default.Encode(text));

    [InterpolatedStringHandler]
    public readonly struct Handler(int literalLength, int formattedCount)
    {
        private readonly StringBuilder builder = new(literalLength + formattedCount * 16);

        public string Text => builder.ToString();

        public void AppendLiteral(string literal) => builder.Append(literal);

        public void AppendFormatted(Markup markup) => builder.Append(markup.Text);

        public void AppendFormatted(Markup? markup) => builder.Append(markup?.Text);

        public void AppendFormatted<T>(T value, string format)
            where T : IFormattable => AppendFormatted(value.ToString(format, System.Globalization.CultureInfo.InvariantCulture));

        public void AppendFormatted<T>(T value) => builder.Append(HtmlEncoder.Default.Encode(
            value is IFormattable f ? f.ToString(null, System.Globalization.CultureInfo.InvariantCulture) : value?.ToString() ?? ""));
    }
}
