using System.Globalization;
using Booking.Appointments;
using Booking.Availability;
using Booking.Services;
using CareRecords.Database;
using CareRecords.Practice;
using CareRecords.Store;
using Fhir.Json;
using Fhir.Model;
using Fhir.Validation;
using Microsoft.EntityFrameworkCore;

namespace Booking.Fhir;

/// <summary>
/// Appointment under /fhir: a write books, moves, cancels or records through the calendar's own use cases and its exclusion constraint. What an appointment says beside time, state and people
/// follows from its service.
/// </summary>
internal sealed class AppointmentOwner(
    UnitOfWork scoped, StaffBook book, ChangeVisit change, PracticeDirectory directory, ResourceStore store) : IProjectedType
{
    public string Type => "Appointment";

    public bool Deletes => false;

    public async Task<WriteResult> WriteAsync(ResourceWrite write, UnitOfWork work, CancellationToken cancel)
    {
        OwnScope(work);
        var read = FhirJson.Read(write.Json.Span);
        if (read.Root is not { TypeName: "Appointment" } wanted || read.Issues.Count > 0 || FhirValidator.Default.Validate(read.Root).Any(i => i.Severity == IssueSeverity.Error))
        {
            return new WriteResult(WriteOutcome.Invalid, 0, default, ReadOnlyMemory<byte>.Empty, FhirValidator.Default.Validate(write.Json.Span));
        }

        if (!Guid.TryParse(write.Id, out var id) || id.ToString() != write.Id)
        {
            return Refusals.Because("appointment-id", "Appointment.id", "An appointment's id is a UUID in lower case; POST gives one.");
        }

        var current = await store.ReadAsync(work, Type, write.Id, cancel);
        if (write.ExpectedVersion is { } expected && expected != (current?.Version ?? 0))
        {
            return Refusals.Stale(current);
        }

        using (work.Join())
        {
            return current is null ? await BookAsync(wanted, id, work, cancel) : await ChangeAsync(wanted, id, current, work, cancel);
        }
    }

    /// <summary>Cancels: an appointment is never without a trace.</summary>
    public Task<WriteResult> DeleteAsync(string id, int? expectedVersion, UnitOfWork work, CancellationToken cancel) =>
        Task.FromResult(Refusals.Because("appointment-cancel", "Appointment.status", "An appointment is not deleted: PUT it with status cancelled."));

    private async Task<WriteResult> BookAsync(Element wanted, Guid id, UnitOfWork work, CancellationToken cancel)
    {
        var status = wanted.TextAt("status");
        if (status is not ("booked" or "arrived"))
        {
            return Refusals.Because("appointment-status", "Appointment.status", "A new appointment is booked or arrived.");
        }

        if (PatientOf(wanted) is not { } customer || !await IsCustomerAsync(customer, work, cancel))
        {
            return Refusals.Because("appointment-patient", "Appointment.participant", "One participant is a Patient of this practice: POST the Patient first.");
        }

        if (await TimeAsync(wanted, work, cancel) is not { } slot)
        {
            return Refusals.Because(
                "appointment-time", "Appointment.slot",
                "Name a free time by slot (search Slot), or a Practitioner among the participants with start and the name of one of her services as serviceType.text.");
        }

        await using var db = await BookingContext.OnAsync(work, cancel);
        var service = await db.Services.AsNoTracking().SingleOrDefaultAsync(s => s.Id == slot.Service, cancel);
        if (service is not null && wanted.TextAt("start") is { } start && DateTimeOffset.Parse(start, CultureInfo.InvariantCulture).UtcDateTime != slot.Start)
        {
            return Refusals.Because("appointment-time", "Appointment.start", "start is not the start of the slot.");
        }

        var request = new StaffBook.Request
        {
            Key = Guid.CreateVersion7(),
            Id = id,
            ServiceId = slot.Service,
            PractitionerId = slot.Practitioner,
            Start = slot.Start,
            Minutes = Minutes(wanted),
            ContactMode = service?.ContactMode ?? ContactMode.InPerson,
            CustomerId = customer,
            Arrived = status == "arrived",
            Notify = true,
        };
        return await AnswerAsync(await book.HandleAsync(request, cancel), id, slot.Service, true, work, cancel);
    }

    private async Task<WriteResult> ChangeAsync(Element wanted, Guid id, StoredResource current, UnitOfWork work, CancellationToken cancel)
    {
        await using var db = await BookingContext.OnAsync(work, cancel);
        var row = await db.Appointments.AsNoTracking().SingleAsync(a => a.Id == id, cancel);
        if (PatientOf(wanted) is { } patient && patient != row.CustomerId)
        {
            return Refusals.Because("patient-fixed", "Appointment.participant", "An appointment stays with its patient: cancel it and book anew.");
        }

        var status = wanted.TextAt("status");
        if (status is "cancelled" or "entered-in-error")
        {
            return await AnswerAsync(await change.CancelAsync(id, CancelledBy.Practice, notify: true, cancel, mistake: status == "entered-in-error"), id, row.ServiceId, false, work, cancel);
        }

        if (wanted.TextAt("start") is { } start && DateTimeOffset.Parse(start, CultureInfo.InvariantCulture).UtcDateTime is var moved && moved != row.StartsAt)
        {
            var outcome = await change.MoveAsync(id, moved, byCustomer: false, notify: true, cancel);
            if (outcome is not BookingOutcome.Booked)
            {
                return await AnswerAsync(outcome, id, row.ServiceId, false, work, cancel);
            }
        }

        if (Minutes(wanted) is { } minutes && minutes != (int)(row.EndsAt - row.StartsAt).TotalMinutes)
        {
            return Refusals.Because("appointment-length", "Appointment.end", "A booked visit keeps its length when it moves.");
        }

        var recorded = status switch
        {
            "booked" => AppointmentStatus.Booked,
            "arrived" or "checked-in" => AppointmentStatus.Arrived,
            "fulfilled" => AppointmentStatus.Done,
            "noshow" => AppointmentStatus.NoShow,
            _ => (AppointmentStatus?)null,
        };
        if (recorded is not { } state || (row.Status != state && (state == AppointmentStatus.Booked || !await change.RecordAsync(id, state, cancel))))
        {
            return Refusals.Because("appointment-status", "Appointment.status", "From here an appointment goes to arrived, fulfilled, noshow, cancelled or entered-in-error, and not back.");
        }

        return await Refusals.WrittenAsync(store, work, Type, current.Id, false, cancel);
    }

    private async Task<WriteResult> AnswerAsync(BookingOutcome outcome, Guid id, Guid service, bool created, UnitOfWork work, CancellationToken cancel) => outcome switch
    {
        BookingOutcome.Booked => await Refusals.WrittenAsync(store, work, Type, id.ToString(), created, cancel),
        BookingOutcome.Gone gone => Refusals.Taken(service, gone.Nearest, (await directory.GetAsync(cancel)).Zone),
        _ => Refusals.Because("appointment-rule", "Appointment", "The service, the practitioner or the state of the appointment does not allow this."),
    };

    /// <summary>The time that is wanted: by slot, or by practitioner, start and service.</summary>
    private static async Task<SlotId?> TimeAsync(Element wanted, UnitOfWork work, CancellationToken cancel)
    {
        const string slot = "Slot/";
        if (wanted.TextAt("slot.reference") is { } reference)
        {
            return reference.StartsWith(slot, StringComparison.Ordinal) ? SlotId.Parse(reference[slot.Length..]) : null;
        }

        if (wanted.TextAt("start") is not { } start || Actor(wanted, "Practitioner/") is not { } practitioner || wanted.Child("serviceType")?.TextAt("text") is not { } name)
        {
            return null;
        }

        await using var db = await BookingContext.OnAsync(work, cancel);
        var services = await db.Services.AsNoTracking()
            .Where(s => s.Active && (s.NameFi == name || s.NameSv == name || s.NameEn == name) && db.Offers.Any(o => o.ServiceId == s.Id && o.PractitionerId == practitioner))
            .Select(s => s.Id).Take(2).ToListAsync(cancel);
        return services is [var service]
            ? new SlotId(service, practitioner, DateTimeOffset.Parse(start, CultureInfo.InvariantCulture).UtcDateTime) : null;
    }

    /// <summary>From start to end; null where one is missing.</summary>
    private static int? Minutes(Element wanted) => wanted.TextAt("start") is { } start && wanted.TextAt("end") is { } end
        ? (int)(DateTimeOffset.Parse(end, CultureInfo.InvariantCulture) - DateTimeOffset.Parse(start, CultureInfo.InvariantCulture)).TotalMinutes : null;

    private static async Task<bool> IsCustomerAsync(Guid id, UnitOfWork work, CancellationToken cancel)
    {
        await using var db = await BookingContext.OnAsync(work, cancel);
        return await db.Customers.AnyAsync(c => c.Id == id, cancel);
    }

    private static Guid? PatientOf(Element appointment) => Actor(appointment, "Patient/");

    private static Guid? Actor(Element appointment, string type) => appointment.ChildrenNamed("participant").Select(p => p.TextAt("actor.reference")).OfType<string>()
        .Where(r => r.StartsWith(type, StringComparison.Ordinal)).Select(r => Guid.TryParse(r.AsSpan(type.Length), out var id) ? id : (Guid?)null).FirstOrDefault();

    // The use cases write in the unit of work of their scope: another one would be another transaction.
    private void OwnScope(UnitOfWork work)
    {
        if (!ReferenceEquals(scoped, work))
        {
            throw new InvalidOperationException("An owner is called with the unit of work of its own scope.");
        }
    }
}
