using Booking.Texts;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Booking.Ui;

/// <summary><c>&lt;t key="Book.Choose" /&gt;</c>: a text of the catalogue.</summary>
[HtmlTargetElement("t", Attributes = "key", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class TextTagHelper(Translator texts) : TagHelper
{
    public required string Key { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = null;
        output.Content.SetContent(texts[Key]);
    }
}

/// <summary>
/// <c>&lt;btn kind="primary" icon="check"&gt;…&lt;/btn&gt;</c>: a button, or a link that looks like one when it has <c>href</c>.
/// Kinds: primary, secondary (default), quiet, danger. Attributes it does not know stay.
/// </summary>
[HtmlTargetElement("btn")]
public sealed class ButtonTagHelper : TagHelper
{
    public string Kind { get; set; } = "secondary";

    public string? Icon { get; set; }

    /// <summary>Takes the full width of its column.</summary>
    public bool Wide { get; set; }

    public bool Small { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        var link = output.Attributes.ContainsName("href");
        output.TagName = link ? "a" : "button";
        output.TagMode = TagMode.StartTagAndEndTag;
        if (!link && !output.Attributes.ContainsName("type"))
        {
            output.Attributes.SetAttribute("type", "submit");
        }
        var own = output.Attributes["class"]?.Value?.ToString();
        output.Attributes.SetAttribute("class", $"button button-{Kind}{(Wide ? " button-wide" : "")}{(Small ? " button-small" : "")}{(own is null ? "" : " " + own)}");
        if (Icon is not null)
        {
            output.PreContent.AppendHtml(Markup.Icon(Icon));
        }
    }
}

/// <summary><c>&lt;chip state="ok" icon="check"&gt;…&lt;/chip&gt;</c>: a state in a word. States: ok, info, wait, warn, stop, none (default).</summary>
[HtmlTargetElement("chip")]
public sealed class ChipTagHelper : TagHelper
{
    public string State { get; set; } = "none";

    public string? Icon { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = "span";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", $"chip chip-{State}");
        if (Icon is not null)
        {
            output.PreContent.AppendHtml(Markup.Icon(Icon));
        }
    }
}

/// <summary><c>&lt;banner kind="ok" title="…"&gt;…&lt;/banner&gt;</c>: a message about the page. Kinds: info (default), ok, warn, stop.</summary>
[HtmlTargetElement("banner")]
public sealed class BannerTagHelper : TagHelper
{
    public string Kind { get; set; } = "info";

    public string? Title { get; set; }

    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        var child = await output.GetChildContentAsync();
        output.TagName = "div";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", $"banner banner-{Kind}");
        output.Attributes.SetAttribute("role", Kind is "stop" ? "alert" : "status");
        var body = Markup.Element("div", "banner-body");
        if (Title is not null)
        {
            body.Add(Markup.Element("p", "banner-title", Title));
        }
        output.Content.AppendHtml(Markup.Icon(Kind switch { "ok" => "check-circle", "warn" => "alert", "stop" => "attention", _ => "info" }));
        output.Content.AppendHtml(body.Add(child));
    }
}

/// <summary><c>&lt;empty-state icon="calendar" title="…"&gt;what to do next&lt;/empty-state&gt;</c>.</summary>
[HtmlTargetElement("empty-state")]
public sealed class EmptyStateTagHelper : TagHelper
{
    public string Icon { get; set; } = "list";

    public required string Title { get; set; }

    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        var child = await output.GetChildContentAsync();
        output.TagName = "div";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", "empty");
        output.Content.AppendHtml(Markup.Icon(Icon)).AppendHtml(Markup.Element("p", "empty-title", Title)).AppendHtml(child);
    }
}

/// <summary>Forms that post leave checking to the server, whose messages are in the user's language, and are not sent twice by a double click.</summary>
[HtmlTargetElement("form", Attributes = "method")]
public sealed class FormTagHelper : TagHelper
{
    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        if (!string.Equals(output.Attributes["method"]?.Value?.ToString(), "get", StringComparison.OrdinalIgnoreCase))
        {
            output.Attributes.SetAttribute("novalidate", "novalidate");
            output.Attributes.SetAttribute("data-once", "data-once");
        }
    }
}
