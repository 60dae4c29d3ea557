using System.Text.Json;
using KantaSimulator.Appointments;
using KantaSimulator.Archive;
using KantaSimulator.Ledger;

namespace KantaSimulator.Web;

/// <summary>Appointments as received: a list, one with all its versions, and the same as JSON.</summary>
internal sealed class AppointmentPages(ArchiveService archive)
{
    private static readonly JsonSerializerOptions Indented = new(LedgerEntry.Json) { WriteIndented = true };

    private sealed record Version(string Id, int Number, DateTimeOffset At, bool Invalidated, JsonElement? Resource, JsonElement Provenance);

    private sealed record AllVersions(IReadOnlyList<Version> Appointments);

    public void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/api/appointments", c => ArchiveApi.JsonAsync(c, new AllVersions(archive.Read((state, _) => state.Appointments.History.Select(v =>
            new Version(v.Row.Id, v.Row.Version, v.At, v.Row.Invalidated, v.Row.Resource, v.Row.Provenance)).ToList()))));
        app.MapGet("/appointments", ListAsync);
        app.MapGet("/appointments/{id}", ShowAsync);
    }

    private Task ListAsync(HttpContext context)
    {
        var all = archive.Read((state, _) => state.Appointments.All.Take(200).ToList());
        var rows = Html.Each(all, v => Html.Of($"""
            <tr><td><a href="/appointments/{v.Row.Id}">{v.Row.Id}</a></td><td>{v.Row.Version}</td><td>{Layout.Tag(v.Row.Invalidated ? "invalidated" : v.Row.Resource?.Text("status") ?? "")}</td>
            <td>{v.Row.Resource?.Text("start")}</td><td>{(v.Row.Resource is { } r ? AppointmentChecks.Patient(r)?.Split('|')[^1] : "")}</td><td>{v.At:yyyy-MM-dd HH:mm:ss}</td></tr>
            """));
        return Layout.SendAsync(context, "Appointments", Layout.Table("Latest versions, newest first", ["Id", "Version", "Status · Tila", "Start · Alku", "Patient · Potilas", "Received (UTC)"], rows));
    }

    private Task ShowAsync(HttpContext context)
    {
        var id = ArchiveApi.Route(context, "id");
        var versions = archive.Read((state, _) => state.Appointments.Versions(id).Reverse().ToList());
        return versions.Count == 0 ? Layout.NotFoundAsync(context) : Layout.SendAsync(context, $"Appointment {id}", Html.Each(versions, v => Html.Of($"""
            <h2>Version {v.Row.Version} {(v.Row.Invalidated ? Layout.Tag("invalidated") : Markup.Empty)}</h2>
            {(v.Row.Resource is { } resource ? Json($"Appointment, version {v.Row.Version}", resource) : Markup.Empty)}{Json($"Provenance of version {v.Row.Version}", v.Row.Provenance)}
            """)));
    }

    private static Markup Json(string label, JsonElement element) =>
        Html.Of($"<h3>{label}</h3><div class=\"scroll\" role=\"region\" aria-label=\"{label}\" tabindex=\"0\"><pre>{JsonSerializer.Serialize(element, Indented)}</pre></div>");
}
