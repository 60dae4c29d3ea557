using Booking.Texts;
using Booking.Ui;
using CareRecords.Access;
using CareRecords.Audit;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Booking.Pages.Privacy;

/// <summary>The privacy officer's view of the access log; opening it is itself a leaf.</summary>
internal sealed class IndexModel(AccessHistory history, Translator texts) : PageModel
{
    const int PageSize = 100;

    [BindProperty(SupportsGet = true)]
    public DateOnly? From { get; set; }

    [BindProperty(SupportsGet = true)]
    public DateOnly? Until { get; set; }

    [BindProperty(SupportsGet = true)]
    public bool OnlyDenied { get; set; }

    public IReadOnlyList<AccessLeaf> Leaves { get; private set; } = [];

    public long? Older { get; private set; }

    public async Task OnGetAsync(long? before, CancellationToken cancel)
    {
        Leaves = await history.SearchAsync(
            new() { From = Start(From), Until = Start(Until?.AddDays(1)), OnlyDenied = OnlyDenied, Before = before, Limit = PageSize }, cancel);
        Older = Leaves.Count == PageSize ? Leaves[^1].Id : null;
    }

    public string What(AccessLeaf leaf) => $"{Text("Access", leaf.Interaction)}: {Text("AccessType", leaf.ResourceType)}";

    public string Why(AccessLeaf leaf) => Text("AccessWhy", leaf.Purpose);

    string Text(string area, string word) => texts.Get(texts.Has($"{area}.{word}") ? $"{area}.{word}" : area + ".other");

    // A day begins at local midnight.
    static DateTime? Start(DateOnly? day) => day is { } d ? TimeZoneInfo.ConvertTimeToUtc(d.ToDateTime(TimeOnly.MinValue), Show.Zone) : null;
}
