using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Booking.Ui;

/// <summary><c>&lt;icon name="calendar" /&gt;</c>: decorative unless <c>label</c> gives it a name of its own.</summary>
[HtmlTargetElement("icon", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class IconTagHelper : TagHelper
{
    public required string Name { get; set; }

    public string? Label { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = null;
        output.Content.SetHtmlContent(Markup.Icon(Name, Label));
    }
}
