using System.Globalization;
using System.Text.Json;
using KantaSimulator.Checks;
using KantaSimulator.Rules;

namespace KantaSimulator.Appointments;

/// <summary>What an Appointment and its Provenance must say (kanta.fi's profiles are only partly public; SIM-A06 to A09, A11 and A14).</summary>
internal static class AppointmentChecks
{
    public const string FinnishStatusSystem = "urn:oid:1.2.246.537.6.881";

    private static readonly string[] Statuses =
        ["proposed", "pending", "booked", "arrived", "fulfilled", "cancelled", "noshow", "entered-in-error", "checked-in", "waitlist"];

    /// <summary>The Finnish appointment status that belongs to each FHIR status, as HL7 Finland's concept map has it.</summary>
    private static readonly Dictionary<string, string[]> Finnish = new()
    {
        ["proposed"] = ["2"],
        ["pending"] = ["8"],
        ["booked"] = ["3"],
        ["cancelled"] = ["4"],
        ["checked-in"] = ["10"],
        ["noshow"] = ["9"],
        ["waitlist"] = ["1"],
        ["fulfilled"] = ["6", "7"],
        ["arrived"] = ["3", "6"],
    };

    public static void Run(Transaction transaction, List<FhirError> errors)
    {
        if (transaction.Appointment is { } appointment)
            Appointment(appointment, errors);
        var provenance = transaction.Provenance;
        var target = provenance.Items("target").Select(t => t.Text("reference")).ToList();
        if (!target.Contains(transaction.FullUrl) && !target.Contains($"Appointment/{transaction.Id}"))
            errors.Add(new(Rulebook.ProvenanceTarget, "Provenance.target", string.Join(", ", target)));
        if (!IsInstant(provenance.Text("recorded")) || provenance.Items("agent").Count == 0 || provenance.Items("agent").Exists(a => a.Child("who") is null))
            errors.Add(new(Rulebook.ProvenanceAgents, "Provenance", $"recorded {provenance.Text("recorded")}, {provenance.Items("agent").Count} agents"));
    }

    /// <summary>System and value of the first identifier; null when there is none.</summary>
    public static string? Identifier(JsonElement appointment) => appointment.Items("identifier").Select(i => $"{i.Text("system")}|{i.Text("value")}")
        .FirstOrDefault(i => i[0] != '|' && i[^1] != '|');

    /// <summary>The patient's identifier as system|value: the participant whose identifier is a personal or a temporary identity code.</summary>
    public static string? Patient(JsonElement appointment) => appointment.Items("participant").Select(p => p.Child("actor")?.Child("identifier"))
        .Where(i => i?.Text("system") is { } s && (s == $"urn:oid:{IdentityChecks.IdentityCodeRoot}" || s.Contains(".22.", StringComparison.Ordinal)))
        .Select(i => $"{i?.Text("system")}|{i?.Text("value")}").FirstOrDefault();

    private static void Appointment(JsonElement appointment, List<FhirError> errors)
    {
        if (Identifier(appointment) is null)
            errors.Add(new(Rulebook.AppointmentIdentifier, "Appointment.identifier", "system and value are expected"));
        var patient = Patient(appointment)?.Split('|');
        var broken = patient is null ? Rulebook.AppointmentPatient : patient[0].EndsWith(IdentityChecks.IdentityCodeRoot, StringComparison.Ordinal) ? IdentityChecks.Judge(patient[1]) : null;
        if (broken is not null)
            errors.Add(new(Rulebook.AppointmentPatient, "Appointment.participant", broken.English));

        var status = appointment.Text("status");
        string? start = appointment.Text("start"), end = appointment.Text("end");
        var timed = start is not null && end is not null;
        var sound = Statuses.Contains(status) && (timed || status is "proposed" or "cancelled" or "waitlist") && (start is null) == (end is null)
            && (!timed || (IsInstant(start) && IsInstant(end) && Instant(start!) < Instant(end!)));
        if (!sound)
            errors.Add(new(Rulebook.AppointmentStatus, "Appointment.status", $"{status}, {start} – {end}"));

        // Where the profile puts the Finnish status is not verified, so it is looked for anywhere.
        var finnish = appointment.Objects().Where(o => o.Text("system") == FinnishStatusSystem).Select(o => o.Text("code")).ToList();
        if (finnish.Count > 0 && status is not null && (finnish.Count > 1 || !Finnish.GetValueOrDefault(status, []).Contains(finnish[0])))
            errors.Add(new(Rulebook.FinnishStatus, "Appointment.status", $"{status} with {string.Join(", ", finnish)}"));
    }

    public static DateTimeOffset Instant(string value) => DateTimeOffset.Parse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    private static bool IsInstant(string? value) => value is { Length: >= 20 } && value[10] == 'T'
        && DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.None, out _);
}
