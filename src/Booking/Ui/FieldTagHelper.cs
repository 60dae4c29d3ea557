using Booking.Texts;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Booking.Ui;

/// <summary>
/// One form field with label, hint, error and their ARIA links:
/// <c>&lt;field for="Input.Email" label-key="Account.Email" hint-key="…" type="email" autocomplete="email" width="20" /&gt;</c>.
/// Types: text (default), email, tel, password, date, time, number, search, hidden-label by <c>label-hidden</c>; <c>textarea</c> (<c>rows</c>);
/// <c>select</c> and <c>radios</c> (<c>items</c>); <c>checkbox</c>. Attributes it does not know go to the control.
/// The value shown is what the user sent, else the model's. A field whose model property may be null is marked optional.
/// </summary>
[HtmlTargetElement("field", Attributes = "for", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class FieldTagHelper(Translator texts) : TagHelper
{
    public required ModelExpression For { get; set; }

    /// <summary>Ready text; or give <see cref="LabelKey"/>.</summary>
    public string? Label { get; set; }

    public string? LabelKey { get; set; }

    public string? Hint { get; set; }

    public string? HintKey { get; set; }

    public string Type { get; set; } = "text";

    /// <summary>Characters that the control shows: 2, 4, 6, 10, 20 or full (default).</summary>
    public string? Width { get; set; }

    public int Rows { get; set; } = 4;

    public IEnumerable<SelectListItem>? Items { get; set; }

    /// <summary>A short unit after the control, such as €.</summary>
    public string? Suffix { get; set; }

    public bool LabelHidden { get; set; }

    /// <summary>Overrides what the model says.</summary>
    public bool? Optional { get; set; }

    /// <summary>The label is the page's heading.</summary>
    public bool Heading { get; set; }

    [HtmlAttributeNotBound]
    [ViewContext]
    public ViewContext ViewContext { get; set; } = null!;

    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        var child = await output.GetChildContentAsync();
        var field = FieldState.Read(ViewContext, For);
        var label = Label ?? (LabelKey is null ? For.Metadata.GetDisplayName() : texts[LabelKey]);
        FieldState.Remember(ViewContext, field.Name, label);
        var hint = Hint ?? (HintKey is null ? null : texts[HintKey]);
        var optional = Optional ?? (!For.Metadata.IsRequired && Type is not ("checkbox" or "radios"));
        var hintId = hint is null ? null : field.Id + "-hint";
        var errorId = field.Errors.Count == 0 ? null : field.Id + "-error";
        var control = new Control(field, Type, string.Join(' ', new[] { hintId, errorId }.OfType<string>()), !optional && For.Metadata.IsRequired)
        {
            Width = Width,
            Rows = Rows,
            Items = Items ?? [],
            Label = label,
            Attributes = [.. output.Attributes],
        };
        output.Attributes.Clear();
        output.TagName = Type == "radios" ? "fieldset" : "div";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", field.Errors.Count == 0 ? "field" : "field field-bad");
        if (Type == "radios")
        {
            output.Attributes.SetAttribute("id", field.Id);
        }
        if (Type == "radios" && control.DescribedBy is not null)
        {
            output.Attributes.SetAttribute("aria-describedby", control.DescribedBy);
        }
        var content = output.Content;
        if (Type != "checkbox")
        {
            content.AppendHtml(LabelElement(field, label, optional));
        }
        if (hint is not null)
        {
            content.AppendHtml(Markup.Element("p", "hint", hint).With("id", hintId));
        }
        content.AppendHtml(ErrorElement(field, errorId));
        content.AppendHtml(Wrap(control.Render()));
        content.AppendHtml(child);
    }

    internal static IHtmlContent ErrorElement(FieldState field, string? errorId) => errorId is null
        ? HtmlString.Empty
        : Markup.Element("p", "field-error").With("id", errorId).Add(Markup.Icon("attention")).Add(Markup.Element("span", null, string.Join(' ', field.Errors)));

    TagBuilder LabelElement(FieldState field, string label, bool optional)
    {
        var element = Type == "radios" ? Markup.Element("legend", "label", label) : Markup.Element("label", "label", label).With("for", field.Id);
        if (optional)
        {
            element.InnerHtml.Append(" ");
            element.Add(Markup.Element("span", "optional", texts["Common.Optional"]));
        }
        if (LabelHidden)
        {
            element.AddCssClass("unseen");
        }
        return Heading ? Markup.Element("h1", "label-heading").Add(element) : element;
    }

    IHtmlContent Wrap(IHtmlContent control) => Suffix is null
        ? control
        : Markup.Element("div", "with-suffix").Add(control).Add(Markup.Element("span", "suffix", Suffix).With("aria-hidden", "true"));
}
