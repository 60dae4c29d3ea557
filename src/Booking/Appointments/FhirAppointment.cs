using System.Globalization;
using System.Text.Json.Nodes;
using Booking.Services;

namespace Booking.Appointments;

/// <summary>The FHIR Appointment that an appointment's row is served as; conforms to our profile on the Finnish base.</summary>
internal static class FhirAppointment
{
    public const string Profile = "https://carerecords.example/fhir/StructureDefinition/appointment";

    public static JsonObject Build(Appointment appointment, Service service, string customerName, Practitioner practitioner)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(appointment.Zone);
        return new JsonObject
        {
            ["resourceType"] = "Appointment",
            ["id"] = appointment.Id.ToString(),
            ["meta"] = new JsonObject { ["profile"] = new JsonArray(Profile) },
            ["status"] = appointment.EnteredInError ? "entered-in-error" : Status(appointment.Status),
            // Text only: the Finnish scheduling guide asks for national codes as soon as there is a coding, and the practice's services have none.
            ["serviceType"] = new JsonArray(new JsonObject { ["text"] = service.NameFi }),
            ["start"] = Instant(appointment.StartsAt, zone),
            ["end"] = Instant(appointment.EndsAt, zone),
            ["minutesDuration"] = (int)(appointment.EndsAt - appointment.StartsAt).TotalMinutes,
            ["created"] = Instant(appointment.CreatedAt, zone),
            ["participant"] = new JsonArray(
                Participant($"Patient/{appointment.CustomerId}", customerName), Participant($"Practitioner/{practitioner.Id}", practitioner.ShownName)),
        };
    }

    // A no-show carries no cancelationReason: R4's app-4 names a status that does not exist.
    private static string Status(AppointmentStatus status) => status switch
    {
        AppointmentStatus.Booked => "booked",
        AppointmentStatus.Arrived => "arrived",
        AppointmentStatus.Done => "fulfilled",
        AppointmentStatus.NoShow => "noshow",
        _ => "cancelled",
    };

    private static JsonObject Participant(string reference, string display) => new()
    {
        ["actor"] = new JsonObject { ["reference"] = reference, ["display"] = display },
        ["status"] = "accepted",
    };

    private static string Instant(DateTime utc, TimeZoneInfo zone) =>
        TimeZoneInfo.ConvertTime(new DateTimeOffset(utc), zone).ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture);
}
