using Booking.Texts;
using CareRecords.Treatments;
using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace Booking.Treatments;

/// <summary>Shows a use case's refusals at the fields they concern.</summary>
internal static class Refusals
{
    public static void AddTo(this IReadOnlyList<Refusal> refusals, ModelStateDictionary state, Translator texts, string prefix = "")
    {
        foreach (var refusal in refusals)
        {
            var field = refusal.Field.Length == 0 ? "" : prefix + refusal.Field;
            state.AddModelError(field, refusal.Argument is null ? texts[refusal.TextKey] : texts[refusal.TextKey, refusal.Argument]);
        }
    }
}
