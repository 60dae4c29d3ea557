using System.Globalization;

namespace Benchmarks.Store;

/// <summary>
/// Made-up customers with their visits and measurements: ten resources a customer (Patient, Encounter, eight Observations), the same for the same
/// number. Persons have individual numbers 900–999, which no living person has. What a typical search finds is as much in a large store as in a small one.
/// </summary>
internal static class SyntheticPractice
{
    internal const int PerPatient = 10;
    internal const int Observations = 8;

    private const string CheckCharacters = "0123456789ABCDEFHJKLMNPRSTUVWXY";
    private static readonly string[] _syllables = ["ka", "vir", "ma", "ta", "nie", "mi", "sa", "lo", "hei", "kki", "poh", "ja", "ran", "ne", "kos", "ki", "met", "sä", "lai", "ho"];
    private static readonly string[] _given =
    [
        "Aino", "Eino", "Helmi", "Väinö", "Sofia", "Leo", "Olivia", "Onni", "Lilja", "Elias", "Venla", "Oliver", "Emma", "Eetu", "Ellen", "Noel",
        "Ilona", "Hugo", "Kerttu", "Toivo", "Saana", "Otso", "Minttu", "Arvo",
    ];

    private static readonly (string Code, string Display, string Unit, decimal Low)[] _measurements =
    [
        ("29463-7", "Body weight", "kg", 60), ("8302-2", "Body height", "cm", 160), ("8867-4", "Heart rate", "/min", 60), ("8310-5", "Body temperature", "Cel", 36),
        ("39156-5", "Body mass index", "kg/m2", 20), ("9279-1", "Respiratory rate", "/min", 12), ("59408-5", "Oxygen saturation", "%", 94), ("8280-0", "Waist circumference", "cm", 80),
    ];

    internal static string PatientId(int n) => $"p{n}";

    internal static string EncounterId(int n) => $"e{n}";

    internal static string ObservationId(int n, int m) => $"o{n}-{m}";

    internal static string Code(int m) => _measurements[m].Code;

    /// <summary>Three customers share a family name, and two do not share its beginning, however many there are.</summary>
    internal static string Family(int n)
    {
        var left = n / 3 * 7919 % 160_000;
        var name = "";
        for (var syllable = 0; syllable < 4; syllable++)
        {
            name += _syllables[left % _syllables.Length];
            left /= _syllables.Length;
        }

        return char.ToUpperInvariant(name[0]) + name[1..] + "nen";
    }

    internal static string Given(int n) => _given[new Random(n * 104729).Next(_given.Length)];

    internal static DateOnly BirthDate(int n) => new DateOnly(1930, 1, 1).AddDays((int)(n * 37L % 29_000));

    /// <summary>Three customers come on a day; after ten years the days begin anew, as in a practice of more rooms.</summary>
    internal static DateOnly VisitDay(int n) => new DateOnly(2016, 1, 1).AddDays(n / 3 % 3650);

    /// <summary>A personal identity code with a right check character.</summary>
    internal static string IdentityCode(int n)
    {
        var born = BirthDate(n);
        var individual = 900 + (n / 29_000 % 100);
        var digits = born.ToString("ddMMyy", CultureInfo.InvariantCulture);
        var check = CheckCharacters[(int)(long.Parse(digits + individual.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture) % 31)];
        return $"{digits}{(born.Year >= 2000 ? 'A' : '-')}{individual}{check}";
    }

    internal static string Patient(int n, string customerNumber) => $$$"""
        {"resourceType":"Patient","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>{{{Given(n)}}} {{{Family(n)}}}</p></div>"},"identifier":[{"use":"official","system":"urn:oid:1.2.246.21","value":"{{{IdentityCode(n)}}}"},{"use":"secondary","system":"urn:oid:1.2.246.10.99999999.13","value":"{{{customerNumber}}}"}],"active":true,"name":[{"use":"official","family":"{{{Family(n)}}}","given":["{{{Given(n)}}}","{{{Given(n + 1)}}}"]}],"telecom":[{"system":"phone","value":"+358 50 {{{n % 10_000_000:0000000}}}","use":"mobile"},{"system":"email","value":"a{{{n}}}@example.org"}],"gender":"{{{(n % 2 == 0 ? "female" : "male")}}}","birthDate":"{{{BirthDate(n):yyyy-MM-dd}}}","address":[{"use":"home","line":["Katu {{{n % 100}}}"],"city":"Helsinki","postalCode":"00{{{n % 100:00}}}0","country":"FI"}]}
        """;

    internal static string Encounter(int n) => $$$"""
        {"resourceType":"Encounter","status":"finished","class":{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"AMB"},"type":[{"text":"Käynti"}],"subject":{"reference":"Patient/{{{PatientId(n)}}}"},"participant":[{"individual":{"reference":"Practitioner/pr{{{n % 20}}}"}}],"period":{"start":"{{{VisitDay(n):yyyy-MM-dd}}}T09:00:00+02:00","end":"{{{VisitDay(n):yyyy-MM-dd}}}T10:00:00+02:00"}}
        """;

    internal static string Observation(int n, int m)
    {
        var (code, display, unit, low) = _measurements[m];
        return $$$"""
            {"resourceType":"Observation","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>{{{display}}}</p></div>"},"status":"final","category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs"}]}],"code":{"coding":[{"system":"http://loinc.org","code":"{{{code}}}","display":"{{{display}}}"}],"text":"{{{display}}}"},"subject":{"reference":"Patient/{{{PatientId(n)}}}"},"encounter":{"reference":"Encounter/{{{EncounterId(n)}}}"},"effectiveDateTime":"{{{VisitDay(n).AddDays(m):yyyy-MM-dd}}}T09:{{{m * 5:00}}}:00+02:00","performer":[{"reference":"Practitioner/pr{{{n % 20}}}"}],"valueQuantity":{"value":{{{(low + (n % 400 / 10m)).ToString(CultureInfo.InvariantCulture)}}},"unit":"{{{unit}}}","system":"http://unitsofmeasure.org","code":"{{{unit}}}"}}
            """;
    }

    /// <summary>All resources of customer <paramref name="n"/>.</summary>
    internal static IEnumerable<(string Type, string Id, string Json)> Of(int n)
    {
        yield return ("Patient", PatientId(n), Patient(n, $"A{n}"));
        yield return ("Encounter", EncounterId(n), Encounter(n));
        for (var m = 0; m < Observations; m++)
        {
            yield return ("Observation", ObservationId(n, m), Observation(n, m));
        }
    }
}
