using System.Globalization;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;

namespace Booking.Ui;

/// <summary>What a control must show: its full name, id, the text the user sent (or the model's value) and the errors.</summary>
internal sealed record FieldState(string Name, string Id, string? Value, object? Model, IReadOnlyList<string> Errors)
{
    public static FieldState Read(ViewContext view, ModelExpression expression)
    {
        var name = view.ViewData.TemplateInfo.GetFullHtmlFieldName(expression.Name);
        view.ModelState.TryGetValue(name, out var entry);
        return new FieldState(name, IdOf(name), entry?.AttemptedValue ?? Format(expression.Model), expression.Model, Messages(entry));
    }

    public static string IdOf(string name) => TagBuilder.CreateSanitizedId(name, "_");

    public static IReadOnlyList<string> Messages(Microsoft.AspNetCore.Mvc.ModelBinding.ModelStateEntry? entry) =>
        entry is null ? [] : [.. entry.Errors.Select(e => e.ErrorMessage).Where(m => m.Length > 0)];

    /// <summary>Remembers a field's label and place for the error summary, which stands before the field.</summary>
    public static void Remember(ViewContext view, string field, string label) => Seen(view).TryAdd(field, (label, Seen(view).Count));

    /// <summary>The fields of the page in their order, as far as it has been made.</summary>
    public static Dictionary<string, (string Label, int Place)> Seen(ViewContext view)
    {
        if (view.HttpContext.Items[typeof(FieldState)] is not Dictionary<string, (string, int)> seen)
        {
            view.HttpContext.Items[typeof(FieldState)] = seen = [];
        }

        return seen;
    }

    static string? Format(object? value) => value switch
    {
        null => null,
        DateOnly date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        TimeOnly time => time.ToString("HH:mm", CultureInfo.InvariantCulture),
        DateTime time => time.ToString("yyyy-MM-ddTHH:mm", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.CurrentCulture),
    };
}
