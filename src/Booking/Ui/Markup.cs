using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Mvc.Rendering;

namespace Booking.Ui;

/// <summary>Pieces of markup that several tag helpers share.</summary>
internal static class Markup
{
    public static IHtmlContent Icon(string name, string? label = null)
    {
        var naming = label is null ? "aria-hidden=\"true\"" : $"role=\"img\" aria-label=\"{HtmlEncoder.Default.Encode(label)}\"";
        return new HtmlString($"<svg class=\"icon\" viewBox=\"0 0 24 24\" {naming} focusable=\"false\"><path d=\"{IconSet.Path(name)}\"/></svg>");
    }

    public static TagBuilder Element(string tag, string? cssClass, string? text = null)
    {
        var element = new TagBuilder(tag);
        if (cssClass is not null)
        {
            element.AddCssClass(cssClass);
        }
        if (text is not null)
        {
            element.InnerHtml.Append(text);
        }
        return element;
    }

    public static TagBuilder With(this TagBuilder element, string attribute, string? value)
    {
        if (value is not null)
        {
            element.Attributes[attribute] = value;
        }
        return element;
    }

    public static TagBuilder Add(this TagBuilder element, IHtmlContent? content)
    {
        if (content is not null)
        {
            element.InnerHtml.AppendHtml(content);
        }
        return element;
    }

    public static TagBuilder Void(this TagBuilder element)
    {
        element.TagRenderMode = TagRenderMode.SelfClosing;
        return element;
    }
}
