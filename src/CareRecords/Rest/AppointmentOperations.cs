using System.Buffers;
using System.Globalization;
using System.Text.Json;
using CareRecords.Search;
using CareRecords.Store;
using Fhir.Json;
using Fhir.Model;
using Microsoft.Extensions.DependencyInjection;

namespace CareRecords.Rest;

/// <summary>
/// $find, $hold and $book of Appointment, after the pattern of the Argonaut scheduling guide: a free time is found, held for some minutes, and booked for a patient. They rest on the calendar's own free
/// times, and on its constraint: of two who want one time at once, one gets it and the other is told which are free.
/// </summary>
internal static class AppointmentOperations
{
    private const int MostFound = 200;

    internal static async Task<FhirAnswer> FindAsync(FhirCall call)
    {
        if (!call.Rights.May("Slot", Deeds.Search) || !call.Rights.May("Appointment", Deeds.Search))
        {
            return Outcome.Error(403, "forbidden", "The token gives no right to search this type.") with { Accesses = [Writing.Denied(call, Deeds.Search)] };
        }

        var (parameters, refusal) = OperationParameters.Read(call);
        if (parameters is null || Times(call) is not { } times)
        {
            return refusal ?? NotHere();
        }

        if (!Date(parameters.Text("start"), out var from) || !Date(parameters.Text("end"), out var until)
            || !int.TryParse(parameters.Text("_count") ?? "50", NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count == 0)
        {
            return Outcome.Error(400, "invalid", "start and end are dateTimes, _count a number from 1.");
        }

        var practitioner = Reference(parameters, "practitioner", "Practitioner");
        var work = call.Work ?? call.Services.GetRequiredService<Database.UnitOfWork>();
        try
        {
            var found = await times.FindAsync(
                new TimesWanted(from?.Low, until?.High, parameters.Text("service-type"), practitioner is null ? null : [practitioner], Math.Min(count, MostFound)), work, call.Cancel);
            using var bundle = new BundleWriter("searchset", found.Count);
            bundle.Link("self", Links.Address($"{call.BaseUrl}/Appointment/$find", call.Query));
            foreach (var appointment in found)
            {
                bundle.SearchEntry(null, appointment.Span, "match");
            }

            return new FhirAnswer(200) { Body = bundle.Finish() };
        }
        catch (ViewException e)
        {
            return Outcome.Error(400, "invalid", e.Message);
        }
        finally
        {
            if (call.Work is null)
            {
                await work.RollbackAsync();
            }
        }
    }

    internal static async Task<FhirAnswer> HoldAsync(FhirCall call)
    {
        if (Writing.Refusal(call, Deeds.Create) is { } closed)
        {
            return closed;
        }

        var (parameters, refusal) = OperationParameters.Read(call);
        if (parameters is null || Times(call) is not { } times)
        {
            return refusal ?? NotHere();
        }

        return Slot(parameters) is not { } slot ? NoSlot() : await call.WriteAsync(async work =>
        {
            var held = await times.HoldAsync(slot, call.Rights.TokenId, work, call.Cancel);
            return held.Refusal is { } refused ? Writing.Failed(refused) : new FhirAnswer(200) { Body = Write(held) };
        });
    }

    internal static async Task<FhirAnswer> BookAsync(FhirCall call)
    {
        if (Writing.Refusal(call, Deeds.Create) is { } closed)
        {
            return closed;
        }

        var (parameters, refusal) = OperationParameters.Read(call);
        if (parameters is null || Times(call) is not { } times)
        {
            return refusal ?? NotHere();
        }

        if (Reference(parameters, "patient", "Patient") is not { } patient)
        {
            return Outcome.Error(400, "required", "Name the patient: patient is a Reference to a Patient of this practice.");
        }

        var hold = parameters.Text("hold");
        return hold is null && Slot(parameters) is null ? NoSlot() : await call.WriteAsync(async work =>
        {
            HeldTime? time;
            if (hold is not null)
            {
                time = Guid.TryParse(hold, out var id) ? await times.ReleaseAsync(id, call.Rights.TokenId, work, call.Cancel) : null;
                if (time is null)
                {
                    return Outcome.Error(409, "conflict", "This hold has ended. Hold the time anew, or book it by its slot.");
                }
            }
            else
            {
                // Held and given back in one transaction: a time that is not free for others is not free here.
                var held = await times.HoldAsync(Slot(parameters)!, call.Rights.TokenId, work, call.Cancel);
                if (held.Refusal is { } refused)
                {
                    return Writing.Failed(refused);
                }

                time = await times.ReleaseAsync(held.Id, call.Rights.TokenId, work, call.Cancel);
            }

            return await Create.InAsync(call with { Body = Wish(time!, patient) }, work, Guid.CreateVersion7().ToString());
        });
    }

    private static IAppointmentTimes? Times(FhirCall call) => call.Services.GetService<IAppointmentTimes>();

    private static FhirAnswer NotHere() => Outcome.Error(404, "not-supported", "No calendar is connected here.");

    private static FhirAnswer NoSlot() => Outcome.Error(400, "required", "Name the time: slot is a Reference to a Slot, or appointment an Appointment that $find gave.");

    private static string? Slot(OperationParameters parameters) => Reference(parameters, "slot", "Slot")
        ?? Local(parameters.Resource("appointment") is { TypeName: "Appointment" } appointment ? appointment.TextAt("slot.reference") : null, "Slot");

    private static string? Reference(OperationParameters parameters, string name, string type) =>
        Local(parameters.Value(name) is { TypeName: "Reference" } reference ? reference.TextAt("reference") : parameters.Text(name), type);

    private static string? Local(string? reference, string type) => reference is not null && ReferenceValue.Parse(reference) is var target && target.Type == type ? target.Target : null;

    private static bool Date(string? text, out Period? period)
    {
        period = text is null ? null : Period.Parse(text.Replace(' ', '+'));
        return text is null || period is not null;
    }

    private static byte[] Write(TimeHeld held) => Written(json =>
    {
        json.WriteString("resourceType", "Parameters");
        json.WriteStartArray("parameter");
        json.WriteStartObject();
        json.WriteString("name", "hold");
        json.WriteString("valueId", held.Id);
        json.WriteEndObject();
        json.WriteStartObject();
        json.WriteString("name", "expires");
        json.WriteString("valueInstant", ResourceBytes.Instant(held.Expires));
        json.WriteEndObject();
        json.WriteStartObject();
        json.WriteString("name", "appointment");
        json.WritePropertyName("resource");
        json.WriteRawValue(held.Appointment.Span);
        json.WriteEndObject();
        json.WriteEndArray();
    });

    private static byte[] Wish(HeldTime time, string patient) => Written(json =>
    {
        json.WriteString("resourceType", "Appointment");
        json.WriteString("status", "booked");
        json.WriteString("start", time.Start);
        json.WriteString("end", time.End);
        json.WriteStartArray("slot");
        Referring(json, $"Slot/{time.Slot}");
        json.WriteEndArray();
        json.WriteStartArray("participant");
        json.WriteStartObject();
        json.WritePropertyName("actor");
        Referring(json, $"Patient/{patient}");
        json.WriteString("status", "accepted");
        json.WriteEndObject();
        json.WriteEndArray();
    });

    private static void Referring(Utf8JsonWriter json, string reference)
    {
        json.WriteStartObject();
        json.WriteString("reference", reference);
        json.WriteEndObject();
    }

    private static byte[] Written(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, FhirJsonText.Options))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
