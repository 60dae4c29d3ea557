using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using KantaSimulator.Ledger;
using KantaSimulator.Rules;

namespace KantaSimulator.Faults;

/// <summary>Reads faults from JSON and from <c>kind:name=value,…</c>, and refuses what no code would act on.</summary>
internal static class FaultParser
{
    public static readonly string[] DownModes = ["refused", "closed", "hang"];
    public static readonly string[] LossPlaces = ["before-archiving", "before", "in-headers", "after-headers", "within", "last-byte", "after"];
    public static readonly string[] AckVariants = ["duplicate-in-body", "duplicate-on-wire", "swapped", "late-previous", "foreign", "no-target", "unknown-type"];
    public static readonly string[] TlsVariants =
        ["server-expired", "server-not-yet-valid", "wrong-name", "wrong-ca", "self-signed", "tls11", "hang", "reset", "garbage", "client-refused"];

    public static readonly string[] MatchFields = ["documentId", "setId", "serviceEvent", "patientId", "documentType", "interaction", "version"];

    private static readonly JsonSerializerOptions Strict = new(LedgerEntry.Json)
    {
        UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
        MaxDepth = 8,
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowReadingFromString,
    };

    private sealed record FaultSet(IReadOnlyList<Fault> Faults);

    /// <exception cref="FormatException">Not the expected JSON, or a fault that makes no sense.</exception>
    public static IReadOnlyList<Fault> ParseJson(ReadOnlySpan<byte> json)
    {
        try
        {
            var set = JsonSerializer.Deserialize<FaultSet>(json, Strict)?.Faults ?? throw new FormatException("{ \"faults\": [ … ] } is expected");
            return [.. set.Select(Checked)];
        }
        catch (JsonException e)
        {
            throw new FormatException(e.Message);
        }
    }

    /// <summary>Reads <c>status:status=503,share=0.3,match.documentType=1</c>.</summary>
    /// <exception cref="FormatException">Not a fault.</exception>
    public static Fault ParseSpec(string spec)
    {
        var colon = spec.IndexOf(':', StringComparison.Ordinal);
        var json = new JsonObject { ["kind"] = colon < 0 ? spec : spec[..colon] };
        foreach (var pair in colon < 0 ? [] : spec[(colon + 1)..].Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1)
                throw new FormatException($"'{pair}' in '{spec}' is not name=value");
            var (name, value) = (pair[..equals], pair[(equals + 1)..]);
            if (name.StartsWith("match.", StringComparison.Ordinal))
                ((JsonObject)(json["match"] ??= new JsonObject()))[name[6..]] = value;
            else
                json[name] = value is "true" or "false" ? value == "true" : value;
        }

        try
        {
            return Checked(json.Deserialize<Fault>(Strict)!);
        }
        catch (JsonException e)
        {
            throw new FormatException($"'{spec}': {e.Message}");
        }
    }

    private static Fault Checked(Fault fault)
    {
        switch (fault.Kind)
        {
            case "delay": Need(fault.Milliseconds is > 0, "milliseconds above 0"); break;
            case "down": OneOf(fault.Mode, DownModes, "mode"); break;
            case "status": Need(fault.Status is >= 400 and <= 599, "status from 400 to 599"); break;
            case "too-many": break;
            case "refuse":
                Need(fault.Code is null || Rulebook.Find(fault.Code) is not null, "a known code");
                Need(fault.Type is null or "AE" or "AR", "type AE or AR");
                break;
            case "lose-ack":
                OneOf(fault.When, LossPlaces, "when");
                Need(fault.How is null or "fin" or "rst", "how fin or rst");
                break;
            case "ack": OneOf(fault.Variant, AckVariants, "variant"); break;
            case "garbage": OneOf(fault.Variant, [.. GarbageCorpus.All.Select(g => g.Name), "all", "random"], "variant"); break;
            case "trickle": Need(fault.BytesPerSecond is > 0, "bytesPerSecond above 0"); break;
            case "tls": OneOf(fault.Variant, TlsVariants, "variant"); break;
            default: throw new FormatException($"unknown kind '{fault.Kind}'; known: {string.Join(", ", FaultKinds.All.Select(k => k.Name))}");
        }

        Need(fault.Count is null or > 0, "count above 0");
        Need(fault.Share is null or (>= 0 and <= 1), "share from 0 to 1");
        Need(fault.Path is null or "mr" or "fhir", "path mr or fhir");
        Need(fault.Path != "fhir" || (fault.Kind != "ack" && fault.Match is null), "another path: on the appointment interface neither ack nor match applies");
        Need(fault.Match is null || fault.Match.Keys.All(MatchFields.Contains), $"match by {string.Join(", ", MatchFields)}");
        Need(fault.Match is null || !fault.IsOfConnections, "no match, since no message is read");
        return fault;

        void Need(bool holds, string what)
        {
            if (!holds)
                throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"{fault.Kind} needs {what}"));
        }

        void OneOf(string? value, string[] known, string field) => Need(value is not null && known.Contains(value), $"{field} of {string.Join(", ", known)}");
    }
}
