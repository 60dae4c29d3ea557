using System.Text.Encodings.Web;
using Booking.Texts;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Booking.Ui;

/// <summary>
/// <c>&lt;error-summary /&gt;</c>: everything that ModelState refuses, each linked to its field, focused when the page opens. Put it first in the main
/// column; it shows nothing while there is no error. Errors under the empty key stand without a link.
/// </summary>
[HtmlTargetElement("error-summary", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class ErrorSummaryTagHelper(Translator texts) : TagHelper
{
    [HtmlAttributeNotBound]
    [ViewContext]
    public ViewContext ViewContext { get; set; } = null!;

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        var errors = ViewContext.ModelState.SelectMany(e => FieldState.Messages(e.Value).Select(m => (Field: e.Key, Message: m))).ToList();
        if (errors.Count == 0)
        {
            output.SuppressOutput();
            return;
        }
        output.TagName = "div";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", "error-summary");
        output.Attributes.SetAttribute("role", "alert");
        output.Attributes.SetAttribute("tabindex", "-1");
        output.Attributes.SetAttribute("autofocus", "autofocus");
        output.Attributes.SetAttribute("aria-labelledby", "error-summary-title");
        output.Content.AppendHtml(Markup.Element("h2", null, texts["Common.ErrorSummary"]).With("id", "error-summary-title"));
        output.Content.AppendHtml(new InPageOrder(ViewContext, errors, IsGeneral));
    }

    // Made when the page is written: by then every field has said where it stands and what it is called.
    sealed class InPageOrder(ViewContext view, List<(string Field, string Message)> errors, Func<string, bool> isGeneral) : IHtmlContent
    {
        public void WriteTo(TextWriter writer, HtmlEncoder encoder)
        {
            var fields = FieldState.Seen(view);
            var list = Markup.Element("ul", null);
            foreach (var (field, message) in errors.OrderBy(e => fields.TryGetValue(e.Field, out var f) ? f.Place : int.MaxValue))
            {
                var text = fields.TryGetValue(field, out var known) && isGeneral(message) ? $"{known.Label}: {message}" : message;
                list.Add(Markup.Element("li", null).Add(field.Length == 0
                    ? Markup.Element("span", null, text)
                    : Markup.Element("a", null, text).With("href", "#" + FieldState.IdOf(field))));
            }

            list.WriteTo(writer, encoder);
        }
    }

    // These say nothing of which field they mean.
    bool IsGeneral(string message) => message == texts["Validation.Required"] || message == texts["Validation.Invalid"] || message == texts["Validation.Number"];
}
