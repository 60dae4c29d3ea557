using Booking.Texts;

namespace Booking.Services;

/// <summary>A practitioner's title is written in Finnish; the usual ones are shown in the reader's language, any other as it was written.</summary>
internal static class ProfessionalTitles
{
    public static string Title(this Translator texts, string written)
    {
        var key = "Title." + written.Trim().ToLowerInvariant();
        return texts.Language != "fi" && texts.Has(key) ? texts.Get(key) : written;
    }
}
