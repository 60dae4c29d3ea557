using Booking.Texts;
using CareRecords;
using CareRecords.Database;
using CareRecords.Treatments;
using Microsoft.AspNetCore.Mvc.Rendering;

namespace Booking.Treatments;

/// <summary>The visits to choose from when something was written on the wrong one: nearly always one of the last days in the same register.</summary>
internal sealed class RightVisits(UnitOfWork work, ICustomerCards cards, Translator texts)
{
    private const int Days = 14;
    private const int Most = 20;

    public async Task<List<SelectListItem>> OfAsync(
        Guid controllerId, Guid wrongVisit, DateTimeOffset at, string noneKey, CancellationToken cancel, bool care = true)
    {
        var recent = await TreatmentRows.RecentVisitsAsync(work, controllerId, care, at.AddDays(-Days), Most + 1, cancel);
        List<SelectListItem> choices = [new(texts[noneKey], "")];
        foreach (var visit in recent.Where(v => v.Id != wrongVisit).Take(Most))
        {
            choices.Add(new($"{Ui.Show.DateTime(visit.StartedAt)} {await cards.NameAsync(visit.PatientId, work, cancel)}", visit.Id.ToString()));
        }

        return choices;
    }
}
