using Microsoft.Extensions.Localization;

namespace Booking.Texts;

/// <summary>Lets data annotations name a text key as their ErrorMessage.</summary>
internal sealed class TextLocalizer(Translator texts) : IStringLocalizer
{
    public LocalizedString this[string name] => this[name, []];

    public LocalizedString this[string name, params object[] arguments] => texts.Has(name)
        ? new LocalizedString(name, arguments.Length == 0 ? texts.In(texts.Language)[name] : texts.In(texts.Language)[name, arguments])
        : new LocalizedString(name, name, resourceNotFound: true);

    public IEnumerable<LocalizedString> GetAllStrings(bool includeParentCultures) => [];
}
