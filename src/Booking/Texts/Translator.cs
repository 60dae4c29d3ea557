using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Html;

namespace Booking.Texts;

/// <summary>
/// The program's texts in the language of the request, or in a fixed one (<see cref="In"/>, for mails). In pages it is <c>T</c>:
/// <c>@T["Book.Choose"]</c>, <c>@T["Book.At", place]</c>, <c>@T.Count("Book.FreeTimes", n)</c>, <c>@T.Html("Book.Terms", link)</c>.
/// A key that is not defined throws <see cref="KeyNotFoundException"/>.
/// </summary>
public sealed class Translator
{
    readonly TextCatalogue catalogue;
    readonly string? language;

    internal Translator(TextCatalogue catalogue, string? language = null)
    {
        this.catalogue = catalogue;
        this.language = language;
    }

    /// <summary>fi, sv or en.</summary>
    public string Language => language ?? RequestLanguage.Of(CultureInfo.CurrentUICulture);

    public CultureInfo Culture => RequestLanguage.Culture(Language);

    public string this[string key] => catalogue.Find(key, Language).Other;

    public string this[string key, params object?[] args] => string.Format(Culture, catalogue.Find(key, Language).Other, args);

    /// <summary>The same as the indexer, for keys held in a variable.</summary>
    public string Get(string key, params object?[] args) => args.Length == 0 ? this[key] : this[key, args];

    /// <summary>The singular or plural text; <c>{0}</c> is the number, <c>{1}…</c> the further arguments.</summary>
    public string Count(string key, int count, params object?[] more)
    {
        var text = catalogue.Find(key, Language);
        return string.Format(Culture, count == 1 ? text.One : text.Other, [count, .. more]);
    }

    /// <summary>The text with its placeholders filled by markup (<see cref="IHtmlContent"/>); everything else is encoded.</summary>
    public IHtmlContent Html(string key, params object?[] args)
    {
        var encoded = args.Select(object? (a) => a is IHtmlContent markup ? Write(markup) : HtmlEncoder.Default.Encode(Convert.ToString(a, Culture) ?? ""));
        var format = CompositeFormat.Parse(HtmlEncoder.Default.Encode(catalogue.Find(key, Language).Other).Replace("&#x7B;", "{").Replace("&#x7D;", "}"));
        return new HtmlString(string.Format(Culture, format, encoded.ToArray()));
    }

    public Translator In(string language) => new(catalogue, language);

    internal bool Has(string key) => catalogue.Has(key);

    static string Write(IHtmlContent markup)
    {
        using var writer = new StringWriter(CultureInfo.InvariantCulture);
        markup.WriteTo(writer, HtmlEncoder.Default);
        return writer.ToString();
    }
}
