using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Booking.Texts;

namespace Booking.Ui;

/// <summary>A date typed as day, month and year, for dates one knows by heart. Bind it as a property and show it by <c>&lt;date-parts for="…"&gt;</c>.</summary>
public sealed class DateParts : IValidatableObject
{
    [StringLength(2)]
    public string? Day { get; set; }

    [StringLength(2)]
    public string? Month { get; set; }

    [StringLength(4)]
    public string? Year { get; set; }

    public bool IsEmpty => string.IsNullOrWhiteSpace(Day) && string.IsNullOrWhiteSpace(Month) && string.IsNullOrWhiteSpace(Year);

    /// <summary>The date, or null when empty or not a date.</summary>
    public DateOnly? Date =>
        DateOnly.TryParseExact($"{Year?.Trim()}-{Month?.Trim()}-{Day?.Trim()}", "yyyy-M-d", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            ? date
            : null;

    public static DateParts Of(DateOnly? date) => date is not { } d ? new() : new()
    {
        Day = d.Day.ToString(CultureInfo.InvariantCulture),
        Month = d.Month.ToString(CultureInfo.InvariantCulture),
        Year = d.Year.ToString(CultureInfo.InvariantCulture),
    };

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!IsEmpty && Date is null)
        {
            var texts = validationContext.GetRequiredService<Translator>();
            yield return new ValidationResult(texts["Validation.Date"]);
        }
    }
}
