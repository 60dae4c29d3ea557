using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Booking.Ui;

/// <summary>The control inside a <see cref="FieldTagHelper"/>: input, textarea, select, checkbox or a list of radio buttons.</summary>
internal sealed record Control(FieldState Field, string Type, string Describers, bool Required)
{
    public string? Width { get; init; }
    public int Rows { get; init; }
    public IEnumerable<SelectListItem> Items { get; init; } = [];
    public string Label { get; init; } = "";
    public IReadOnlyList<TagHelperAttribute> Attributes { get; init; } = [];

    public string? DescribedBy => Describers.Length == 0 ? null : Describers;

    public IHtmlContent Render() => Type switch
    {
        "textarea" => TextArea(),
        "select" => Select(),
        "radios" => Radios(),
        "checkbox" => CheckBox(),
        _ => Common(Markup.Element("input", "input")).With("type", Type).With("value", Type == "password" ? null : Field.Value).Void(),
    };

    TagBuilder TextArea()
    {
        // A browser drops the first line break of a textarea: one more keeps the text as it was.
        var area = Common(Markup.Element("textarea", "input")).With("rows", Rows.ToString(System.Globalization.CultureInfo.InvariantCulture));
        area.InnerHtml.AppendHtml("\n").Append(Field.Value ?? "");
        return area;
    }

    TagBuilder Select()
    {
        var select = Common(Markup.Element("select", "input"));
        foreach (var item in Items)
        {
            var option = Markup.Element("option", null, item.Text).With("value", item.Value ?? item.Text);
            option.With("selected", IsChosen(item) ? "selected" : null).With("disabled", item.Disabled ? "disabled" : null);
            select.Add(option);
        }
        return select;
    }

    TagBuilder Radios()
    {
        var list = Markup.Element("div", "choices");
        var index = 0;
        foreach (var item in Items)
        {
            var id = index == 0 ? Field.Id + "_first" : $"{Field.Id}_{index}";
            index++;
            var input = Markup.Element("input", null).With("type", "radio").With("id", id).With("name", Field.Name).With("value", item.Value ?? item.Text)
                .With("checked", IsChosen(item) ? "checked" : null).With("disabled", item.Disabled ? "disabled" : null).With("required", Required ? "required" : null);
            Apply(input);
            list.Add(Choice(input.Void(), id, item.Text));
        }
        return list;
    }

    TagBuilder CheckBox()
    {
        var input = Common(Markup.Element("input", null)).With("type", "checkbox").With("value", "true").With("required", null)
            .With("checked", Field.Value?.Split(',')[0].Equals("true", StringComparison.OrdinalIgnoreCase) == true ? "checked" : null);
        input.Attributes.Remove("required");
        return Choice(input.Void(), Field.Id, Label);
    }

    static TagBuilder Choice(IHtmlContent input, string id, string label) =>
        Markup.Element("div", "choice").Add(input).Add(Markup.Element("label", null, label).With("for", id));

    bool IsChosen(SelectListItem item) => Field.Value is null ? item.Selected : string.Equals(item.Value ?? item.Text, Field.Value, StringComparison.Ordinal);

    TagBuilder Common(TagBuilder element)
    {
        if (Width is not null and not "full")
        {
            element.AddCssClass("w-" + Width);
        }
        element.With("id", Field.Id).With("name", Field.Name).With("aria-describedby", DescribedBy)
            .With("aria-invalid", Field.Errors.Count > 0 ? "true" : null).With("required", Required ? "required" : null);
        Apply(element);
        return element;
    }

    void Apply(TagBuilder element)
    {
        foreach (var attribute in Attributes)
        {
            if (attribute.Name == "class")
            {
                element.AddCssClass(attribute.Value?.ToString() ?? "");
            }
            else
            {
                element.Attributes[attribute.Name] = attribute.Value?.ToString() ?? attribute.Name;
            }
        }
    }
}
