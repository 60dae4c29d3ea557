using System.ComponentModel.DataAnnotations;
using Booking.Customers;
using Booking.Messages;
using Booking.Pages.Book;
using Booking.Texts;

namespace Booking.Pages.Customers;

/// <summary>A card as staff write it.</summary>
internal sealed class CardInput : IValidatableObject
{
    /// <summary>Idempotency key of a new card.</summary>
    public Guid Key { get; set; } = Guid.NewGuid();

    /// <summary>The version that was shown.</summary>
    public int Version { get; set; }

    [Required, StringLength(80), RegularExpression(DetailsInput.Printable, ErrorMessage = "Validation.Invalid")]
    public string GivenNames { get; set; } = "";

    [StringLength(40), RegularExpression(DetailsInput.Printable, ErrorMessage = "Validation.Invalid")]
    public string? CallName { get; set; }

    [Required, StringLength(80), RegularExpression(DetailsInput.Printable, ErrorMessage = "Validation.Invalid")]
    public string FamilyName { get; set; } = "";

    [StringLength(25)]
    public string? Phone { get; set; }

    [StringLength(MailAddresses.LongestAddress)]
    public string? Email { get; set; }

    [StringLength(200)]
    public string? Address { get; set; }

    [Required, RegularExpression("fi|sv|en", ErrorMessage = "Validation.Invalid")]
    public string Language { get; set; } = "fi";

    [StringLength(1000)]
    public string? Note { get; set; }

    public static CardInput Of(CustomerCard card, CustomerDetails details) => new()
    {
        Version = card.Row.Version,
        GivenNames = details.GivenNames,
        CallName = details.CallName,
        FamilyName = details.FamilyName,
        Phone = details.Phone,
        Email = details.Email,
        Address = details.Address,
        Language = details.Language,
        Note = details.Note,
    };

    public CustomerDetails Details() => new()
    {
        GivenNames = string.Join(' ', GivenNames.Split(' ', StringSplitOptions.RemoveEmptyEntries)),
        CallName = Given(CallName),
        FamilyName = FamilyName.Trim(),
        Phone = Given(Phone),
        Email = Given(Email),
        Address = Given(Address),
        Language = Language,
        Note = Given(Note),
    };

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        var texts = validationContext.GetRequiredService<Translator>();
        if (!string.IsNullOrWhiteSpace(Email) && !MailAddresses.IsUsable(Email.Trim()))
        {
            yield return new ValidationResult(texts["Validation.Email"], [nameof(Email)]);
        }

        if (!string.IsNullOrWhiteSpace(Phone) && SearchKeys.Phone(Phone) is null)
        {
            yield return new ValidationResult(texts["Validation.Phone"], [nameof(Phone)]);
        }

        if (!string.IsNullOrWhiteSpace(CallName) && !GivenNames.Split(' ').Contains(CallName.Trim()))
        {
            yield return new ValidationResult(texts["Customers.CallNameUnknown"], [nameof(CallName)]);
        }
    }

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
