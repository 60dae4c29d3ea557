using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Booking.Appointments;
using Booking.Customers;
using Booking.Services;
using CareRecords.Database;
using CareRecords.Store;
using CareRecords.Treatments;
using Microsoft.EntityFrameworkCore;

namespace Booking;

/// <summary>Writes the FHIR side of customers, appointments and practitioners, in the transaction that changes their rows.</summary>
internal sealed class BookingProjection(UnitOfWork work, ResourceStore store, CustomerCards cards, IServiceProvider services)
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The Patient of a card, with identity, birth date and sex where care has recorded them.</summary>
    public async Task PatientAsync(BookingContext db, Guid customerId, CancellationToken cancel)
    {
        var row = await db.Customers.AsNoTracking().SingleAsync(c => c.Id == customerId, cancel);
        // Resolved late: the patient record asks us for names, so that each needs the other.
        var record = await services.GetRequiredService<People>().FindAsync(work, row.Id.ToString(), cancel);
        if (record is not null && record.NonDisclosure != row.NonDisclosure)
        {
            await MarkAsync(db, row, record.NonDisclosure, cancel);
        }

        var card = await cards.ReadAsync(row, cancel);
        if (card.Details is not { } details)
        {
            return;
        }

        await WriteAsync(new ResourceWrite("Patient", card.PatientId, Bytes(FhirPatient.Build(card, details, record)), card.PatientId), cancel);
        if (row.NonDisclosure)
        {
            await store.RedactFormerAsync(work, "Patient", card.PatientId, ["telecom", "address"], cancel);
        }
    }

    /// <summary>Turvakielto on a card and on those linked to it; former versions of their Patients lose their contacts.</summary>
    public async Task MarkAsync(BookingContext db, Customer row, bool hidden, CancellationToken cancel)
    {
        row.NonDisclosure = hidden;
        await work.ExecuteAsync("update booking.customer set non_disclosure = $2 where id = $1", cancel, row.Id, hidden);
        foreach (var linked in await db.Customers.AsNoTracking().Where(c => c.LinkedTo == row.Id && c.NonDisclosure != hidden).ToListAsync(cancel))
        {
            linked.NonDisclosure = hidden;
            await work.ExecuteAsync("update booking.customer set non_disclosure = $2 where id = $1", cancel, linked.Id, hidden);
            await PatientAsync(db, linked.Id, cancel);
        }
    }

    public async Task AppointmentAsync(BookingContext db, Appointment appointment, CancellationToken cancel)
    {
        var service = await db.Services.AsNoTracking().SingleAsync(s => s.Id == appointment.ServiceId, cancel);
        var practitioner = await db.Practitioners.AsNoTracking().SingleAsync(p => p.Id == appointment.PractitionerId, cancel);
        var row = await db.Customers.AsNoTracking().SingleAsync(c => c.Id == appointment.CustomerId, cancel);
        var name = (await cards.ReadAsync(row, cancel)).Details?.ShownName ?? "";
        var json = Bytes(FhirAppointment.Build(appointment, service, name, practitioner));
        // A customer sees her own bookings from the start; the calendar is shared, so the resource is no single controller's.
        await WriteAsync(
            new ResourceWrite("Appointment", appointment.Id.ToString(), json, appointment.CustomerId.ToString())
            {
                PatientSeesFrom = new DateTimeOffset(appointment.CreatedAt),
            },
            cancel);
    }

    public Task PractitionerAsync(Practitioner practitioner, bool active, CancellationToken cancel) => WriteAsync(
        new ResourceWrite("Practitioner", practitioner.Id.ToString(), Bytes(FhirPractitioner.Build(practitioner, active))), cancel);

    private async Task WriteAsync(ResourceWrite write, CancellationToken cancel)
    {
        var result = await store.WriteAsync(work, write, cancel);
        if (!result.Succeeded)
        {
            // Our own rows made it: that they do not conform is a bug, and nothing of the use case may stand. The issues name places, not values.
            throw new InvalidOperationException(
                $"{write.Type} was not stored ({result.Outcome}): {string.Join("; ", result.Issues.Select(i => $"{i.Rule} at {i.Place}"))}");
        }
    }

    private static byte[] Bytes(JsonObject resource) => Encoding.UTF8.GetBytes(resource.ToJsonString(Plain));
}
