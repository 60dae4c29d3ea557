using System.ComponentModel.DataAnnotations;
using Booking.Customers;
using Booking.Messages;
using Booking.Texts;

namespace Booking.Pages.Book;

/// <summary>What a customer tells about herself: at least one way to reach her, and no more than the booking needs.</summary>
internal sealed class DetailsInput : IValidatableObject
{
    /// <summary>No control or unassigned characters.</summary>
    internal const string Printable = @"^[^\p{Cc}\p{Cf}\p{Cs}\p{Cn}]*$";

    [Required, StringLength(80), RegularExpression(Printable, ErrorMessage = "Validation.Invalid")]
    public string GivenNames { get; set; } = "";

    [Required, StringLength(80), RegularExpression(Printable, ErrorMessage = "Validation.Invalid")]
    public string FamilyName { get; set; } = "";

    [StringLength(MailAddresses.LongestAddress)]
    public string? Email { get; set; }

    [StringLength(25)]
    public string? Phone { get; set; }

    [StringLength(500)]
    public string? Message { get; set; }

    /// <summary>A box that is not ticked sends nothing: what is offered ticked is set when the page is shown.</summary>
    public bool Reminder { get; set; }

    public bool Marketing { get; set; }

    public bool Terms { get; set; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        var texts = validationContext.GetRequiredService<Translator>();
        if (string.IsNullOrWhiteSpace(Email) && string.IsNullOrWhiteSpace(Phone))
        {
            yield return new ValidationResult(texts["Book.ContactNeeded"], [nameof(Email)]);
        }

        if (!string.IsNullOrWhiteSpace(Email) && !MailAddresses.IsUsable(Email.Trim()))
        {
            yield return new ValidationResult(texts["Validation.Email"], [nameof(Email)]);
        }

        if (!string.IsNullOrWhiteSpace(Phone) && SearchKeys.Phone(Phone) is null)
        {
            yield return new ValidationResult(texts["Validation.Phone"], [nameof(Phone)]);
        }

        if (!Terms)
        {
            yield return new ValidationResult(texts["Book.TermsNeeded"], [nameof(Terms)]);
        }
    }
}
