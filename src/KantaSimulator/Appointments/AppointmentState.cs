using System.Text.Json;
using KantaSimulator.Ledger;

namespace KantaSimulator.Appointments;

/// <summary>All appointments with all their versions, built from the ledger in its order.</summary>
internal sealed class AppointmentState
{
    private readonly Dictionary<string, List<(AppointmentRow Row, DateTimeOffset At)>> byId = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> byIdentifier = new(StringComparer.Ordinal);

    public int Count => byId.Count;

    /// <summary>Versions of one appointment, oldest first; empty when it is unknown.</summary>
    public IReadOnlyList<(AppointmentRow Row, DateTimeOffset At)> Versions(string id) => byId.GetValueOrDefault(id) ?? (IReadOnlyList<(AppointmentRow, DateTimeOffset)>)[];

    public AppointmentRow? Current(string id) => byId.TryGetValue(id, out var versions) ? versions[^1].Row : null;

    public AppointmentRow? ByIdentifier(string identifier) => byIdentifier.TryGetValue(identifier, out var id) ? Current(id) : null;

    /// <summary>The latest version of each, by time of change, newest first.</summary>
    public IEnumerable<(AppointmentRow Row, DateTimeOffset At)> All => byId.Values.Select(v => v[^1]).OrderByDescending(v => v.At);

    public IEnumerable<(AppointmentRow Row, DateTimeOffset At)> History => byId.Values.SelectMany(v => v).OrderByDescending(v => v.At);

    public void Apply(LedgerEntry entry)
    {
        if (entry is not { Kind: "appointment", Outcome: "archived" or "invalidated", Appointment: { } row })
            return;
        if (!byId.TryGetValue(row.Id, out var versions))
            byId[row.Id] = versions = [];
        versions.Add((row, entry.At));
        if (row.Resource is { } resource && AppointmentChecks.Identifier(resource) is { } identifier)
            byIdentifier[identifier] = row.Id;
    }

    /// <summary>The resource with id and meta as the server sets them.</summary>
    public static JsonElement Served(AppointmentRow row, DateTimeOffset at)
    {
        var resource = System.Text.Json.Nodes.JsonObject.Create(row.Resource!.Value)!;
        resource["id"] = row.Id;
        var meta = resource["meta"] as System.Text.Json.Nodes.JsonObject ?? [];
        if (meta.Parent is null)
            resource["meta"] = meta;
        meta["versionId"] = row.Version.ToString(System.Globalization.CultureInfo.InvariantCulture);
        meta["lastUpdated"] = at.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", System.Globalization.CultureInfo.InvariantCulture);
        return JsonSerializer.SerializeToElement(resource);
    }
}
