using System.ComponentModel.DataAnnotations;
using Booking.Texts;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding.Metadata;
using Microsoft.Extensions.Options;

namespace Booking.Ui;

/// <summary>Messages of data annotations and of model binding come from the catalogue, in the request's language.</summary>
internal sealed class ValidationTexts(Translator texts) : IValidationMetadataProvider, IPostConfigureOptions<MvcOptions>
{
    // After everybody else: the attributes that the framework adds by itself must be there when we give them their words.
    public void PostConfigure(string? name, MvcOptions options)
    {
        options.ModelMetadataDetailsProviders.Add(this);
        var messages = options.ModelBindingMessageProvider;
        messages.SetValueIsInvalidAccessor(_ => texts["Validation.Invalid"]);
        messages.SetAttemptedValueIsInvalidAccessor((_, _) => texts["Validation.Invalid"]);
        messages.SetNonPropertyAttemptedValueIsInvalidAccessor(_ => texts["Validation.Invalid"]);
        messages.SetUnknownValueIsInvalidAccessor(_ => texts["Validation.Invalid"]);
        messages.SetNonPropertyUnknownValueIsInvalidAccessor(() => texts["Validation.Invalid"]);
        messages.SetValueMustBeANumberAccessor(_ => texts["Validation.Number"]);
        messages.SetNonPropertyValueMustBeANumberAccessor(() => texts["Validation.Number"]);
        messages.SetValueMustNotBeNullAccessor(_ => texts["Validation.Required"]);
        messages.SetMissingBindRequiredValueAccessor(_ => texts["Validation.Required"]);
        messages.SetMissingKeyOrValueAccessor(() => texts["Validation.Required"]);
        messages.SetMissingRequestBodyRequiredValueAccessor(() => texts["Validation.Required"]);
    }

    public void CreateValidationMetadata(ValidationMetadataProviderContext context)
    {
        foreach (var attribute in context.ValidationMetadata.ValidatorMetadata.OfType<ValidationAttribute>())
        {
            if (attribute.ErrorMessage is null && attribute.ErrorMessageResourceName is null && KeyOf(attribute) is { } key)
            {
                attribute.ErrorMessage = key;
            }
        }
    }

    static string? KeyOf(ValidationAttribute attribute) => attribute switch
    {
        RequiredAttribute => "Validation.Required",
        StringLengthAttribute { MinimumLength: > 0 } => "Validation.LengthBetween",
        StringLengthAttribute or MaxLengthAttribute => "Validation.TooLong",
        MinLengthAttribute => "Validation.TooShort",
        EmailAddressAttribute => "Validation.Email",
        PhoneAttribute => "Validation.Phone",
        RangeAttribute => "Validation.Range",
        CompareAttribute => "Validation.Differs",
        _ => null,
    };
}
