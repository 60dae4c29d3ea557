using System.Globalization;
using System.Text.Json;
using KantaSimulator.Ledger;
using KantaSimulator.Rules;

namespace KantaSimulator.Appointments;

/// <summary>GET Appointment?…: identifier, patient, date, service-event, _count and _offset. Others of Kanta's list are refused rather than ignored.</summary>
internal static class AppointmentSearch
{
    private static readonly string[] Known = ["identifier", "patient", "patient.identifier", "patient:identifier", "date", "service-event", "_count", "_offset", "_format"];

    public static (IReadOnlyList<(AppointmentRow Row, DateTimeOffset At)> Page, int Total) Run(AppointmentState state, IQueryCollection query, List<FhirError> errors)
    {
        foreach (var name in query.Keys.Where(k => !Known.Contains(k)))
            errors.Add(new(Rulebook.SearchParameter, $"http.{name}", "not supported here"));
        if (!query.Keys.Any(k => k is "identifier" or "service-event" || k.StartsWith("patient", StringComparison.Ordinal)))
            errors.Add(new(Rulebook.SearchParameter, "http", "patient, identifier or service-event is required"));
        int count = Number("_count", 50), offset = Number("_offset", 0);
        var dates = query["date"].Select(d => Period(d ?? "", errors)).ToList();
        if (errors.Count > 0)
            return ([], 0);
        var patients = query.Where(q => q.Key.StartsWith("patient", StringComparison.Ordinal)).SelectMany(q => q.Value).ToList();
        var found = state.All.Where(v => v.Row.Resource is { } r && query["identifier"].All(i => Token(i!, AppointmentChecks.Identifier(r)))
            && patients.TrueForAll(p => Token(p!, AppointmentChecks.Patient(r)))
            && query["service-event"].All(s => r.Objects().Any(o => o.Text("valueOid") is { } oid && Oid(oid) == Oid(s!)))
            && dates.TrueForAll(d => d(r))).ToList();
        return ([.. found.Skip(offset).Take(count)], found.Count);

        int Number(string name, int otherwise)
        {
            if (!query.TryGetValue(name, out var text))
                return otherwise;
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= 1000)
                return number;
            errors.Add(new(Rulebook.SearchParameter, $"http.{name}", text.ToString()));
            return otherwise;
        }
    }

    private static string Oid(string value) => value.StartsWith("urn:oid:", StringComparison.Ordinal) ? value[8..] : value;

    // system|value, or value in any system.
    private static bool Token(string wanted, string? actual) => actual is not null
        && (wanted.Contains('|', StringComparison.Ordinal) ? actual == wanted : actual.EndsWith('|' + wanted, StringComparison.Ordinal));

    private static Func<JsonElement, bool> Period(string text, List<FhirError> errors)
    {
        var prefix = text.Length > 2 && char.IsAsciiLetter(text[0]) ? text[..2] : "eq";
        var value = prefix == "eq" && !text.StartsWith("eq", StringComparison.Ordinal) ? text : text[2..];
        if (!DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var from) || prefix is not ("eq" or "ge" or "gt" or "le" or "lt"))
        {
            errors.Add(new(Rulebook.SearchParameter, "http.date", text));
            return _ => false;
        }

        var to = value.Length == 10 ? from.AddDays(1) : from.AddSeconds(1);
        return resource => resource.Text("start") is { } start && AppointmentChecks.Instant(start) is var at && prefix switch
        {
            "ge" => at >= from,
            "gt" => at >= to,
            "le" => at < to,
            "lt" => at < from,
            _ => at >= from && at < to,
        };
    }
}
