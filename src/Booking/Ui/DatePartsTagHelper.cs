using Booking.Texts;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Booking.Ui;

/// <summary><c>&lt;date-parts for="Input.Born" label-key="…" /&gt;</c>: three short fields in a group, for a <see cref="DateParts"/> property.</summary>
[HtmlTargetElement("date-parts", Attributes = "for", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class DatePartsTagHelper(Translator texts) : TagHelper
{
    public required ModelExpression For { get; set; }

    public required string LabelKey { get; set; }

    public string? HintKey { get; set; }

    /// <summary>bday for a birth date: the browser may then fill the parts.</summary>
    public string? Autocomplete { get; set; }

    [HtmlAttributeNotBound]
    [ViewContext]
    public ViewContext ViewContext { get; set; } = null!;

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        var group = FieldState.Read(ViewContext, For);
        var errors = ViewContext.ModelState.Where(e => e.Key == group.Name || e.Key.StartsWith(group.Name + ".", StringComparison.Ordinal))
            .SelectMany(e => FieldState.Messages(e.Value)).Distinct().ToList();
        group = group with { Errors = errors };
        var hintId = HintKey is null ? null : group.Id + "-hint";
        var errorId = errors.Count == 0 ? null : group.Id + "-error";
        output.TagName = "fieldset";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("id", group.Id);
        output.Attributes.SetAttribute("class", errors.Count == 0 ? "field" : "field field-bad");
        var describers = string.Join(' ', new[] { hintId, errorId }.OfType<string>());
        if (describers.Length > 0)
        {
            output.Attributes.SetAttribute("aria-describedby", describers);
        }
        FieldState.Remember(ViewContext, group.Name, texts[LabelKey]);
        output.Content.AppendHtml(Markup.Element("legend", "label", texts[LabelKey]));
        if (HintKey is not null)
        {
            output.Content.AppendHtml(Markup.Element("p", "hint", texts[HintKey]).With("id", hintId));
        }
        output.Content.AppendHtml(FieldTagHelper.ErrorElement(group, errorId));
        var parts = For.Model as DateParts;
        output.Content.AppendHtml(Markup.Element("div", "date-parts")
            .Add(Part(group, "Day", texts["Common.Day"], parts?.Day, "w-2"))
            .Add(Part(group, "Month", texts["Common.Month"], parts?.Month, "w-2"))
            .Add(Part(group, "Year", texts["Common.Year"], parts?.Year, "w-4")));
    }

    TagBuilder Part(FieldState group, string part, string label, string? value, string width)
    {
        var name = $"{group.Name}.{part}";
        ViewContext.ModelState.TryGetValue(name, out var entry);
        var input = Markup.Element("input", "input " + width).With("type", "text").With("inputmode", "numeric")
            .With("id", FieldState.IdOf(name)).With("name", name).With("value", entry?.AttemptedValue ?? value)
            .With("autocomplete", Autocomplete is null ? null : $"{Autocomplete}-{part.ToLowerInvariant()}")
            .With("aria-invalid", group.Errors.Count > 0 ? "true" : null).Void();
        return Markup.Element("div", null).Add(Markup.Element("label", "part-label", label).With("for", FieldState.IdOf(name))).Add(input);
    }
}
