using Booking.Availability;
using CareRecords.Database;
using CareRecords.Store;
using Fhir.Validation;

namespace Booking.Fhir;

/// <summary>What the owners of projected types answer.</summary>
internal static class Refusals
{
    /// <summary>Well-formed, but against a rule; says where and what to do.</summary>
    internal static WriteResult Because(string rule, string place, string message) =>
        new(WriteOutcome.Refused, 0, default, ReadOnlyMemory<byte>.Empty, [Issue(IssueSeverity.Error, rule, place, message)]);

    internal static WriteResult Stale(StoredResource? current) =>
        new(WriteOutcome.VersionConflict, current?.Version ?? 0, current?.LastUpdated ?? default, ReadOnlyMemory<byte>.Empty, []);

    /// <summary>The time is somebody else's, or none of the service; names the nearest that are free.</summary>
    internal static WriteResult Taken(Guid service, IReadOnlyList<FreeTime> nearest, TimeZoneInfo zone) => new(
        WriteOutcome.Taken, 0, default, ReadOnlyMemory<byte>.Empty,
        [
            Issue(IssueSeverity.Error, "time-taken", "Appointment.start", "This time cannot be had. Nothing was written."),
            .. nearest.Select(t => Issue(
                IssueSeverity.Information, "time-free", "Appointment.slot",
                $"Free: {SlotView.Local(t.Start, zone)}, Slot/{new SlotId(service, t.Practitioners[0], t.Start)}")),
        ]);

    /// <summary>What the owner's use case has written, from the store.</summary>
    internal static async Task<WriteResult> WrittenAsync(ResourceStore store, UnitOfWork work, string type, string id, bool created, CancellationToken cancel)
    {
        var stored = await store.ReadAsync(work, type, id, cancel) ?? throw new InvalidOperationException($"{type} was not projected.");
        return new WriteResult(created ? WriteOutcome.Created : WriteOutcome.Updated, stored.Version, stored.LastUpdated, stored.Json, [])
        {
            PatientId = stored.PatientId,
            ControllerId = stored.ControllerId,
            IsLogged = true,
        };
    }

    private static ValidationIssue Issue(IssueSeverity severity, string rule, string place, string message) => new(severity, rule, place, 0, 0, message);
}
