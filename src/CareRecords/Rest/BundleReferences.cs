using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using CareRecords.Database;
using Fhir.Json;
using Fhir.Model;

namespace CareRecords.Rest;

/// <summary>
/// Replaces, in the resources of a transaction, links to other entries by what these become, and conditional references (Patient?identifier=…) by what
/// they find inside the transaction: in Reference.reference, in values of type uri, url, oid and uuid, and in href and src of narratives. Canonical
/// addresses and plain strings stay as they are (https://hl7.org/fhir/R4/http.html#trules).
/// </summary>
internal sealed partial class BundleReferences(FhirCall call, UnitOfWork work, IReadOnlyList<BundleEntry> entries, Transaction.Target[] targets)
{
    private readonly Dictionary<string, string> _byUrl = entries.Where(e => e.FullUrl is not null && targets[e.Number].Id.Length > 0)
        .ToDictionary(e => e.FullUrl!, e => $"{targets[e.Number].Type}/{targets[e.Number].Id}", StringComparer.Ordinal);

    /// <summary>The body with its links resolved, or why one cannot be. A body that cannot be read stays as it is: the store says what is wrong with it.</summary>
    internal async Task<(ReadOnlyMemory<byte> Body, FhirAnswer? Refusal)> ResolveAsync(BundleEntry entry)
    {
        var body = entry.Call.Body;
        if (body.IsEmpty || FhirJson.Read(body.Span) is not { Root: { } root, Issues.Count: 0 })
        {
            return (body, null);
        }

        var around = Server(entry.FullUrl);
        var replacements = new SortedDictionary<int, string>();
        foreach (var element in root.SelfAndDescendants())
        {
            if (element.Text is not { } text)
            {
                continue;
            }

            var (replaced, refusal) = await ReplacedAsync(element, text, around);
            if (refusal is not null)
            {
                return (body, refusal);
            }

            if (replaced is not null)
            {
                replacements[element.Offset] = replaced;
            }
        }

        return (replacements.Count == 0 ? body : Spliced(body.Span, replacements), null);
    }

    private async Task<(string? Replaced, FhirAnswer? Refusal)> ReplacedAsync(Element element, string text, string? around) => element.TypeName switch
    {
        "xhtml" => (Narrative(text), null),
        "uri" or "url" or "oid" or "uuid" => (_byUrl.GetValueOrDefault(text), null),
        _ when element.Name == "reference" && element.Parent?.TypeName == "Reference" => await ReferenceAsync(text, around),
        _ => (null, null),
    };

    private async Task<(string? Replaced, FhirAnswer? Refusal)> ReferenceAsync(string reference, string? around)
    {
        if (_byUrl.TryGetValue(reference, out var target) || (around is not null && _byUrl.TryGetValue(around + reference, out target)))
        {
            return (target, null);
        }

        if (reference.StartsWith("urn:uuid:", StringComparison.Ordinal))
        {
            return (null, Outcome.Error(400, "not-found", "A urn:uuid reference leads to no entry of the Bundle."));
        }

        // Only "Type?…" is a condition; an address elsewhere may have parameters of its own.
        var question = reference.IndexOf('?', StringComparison.Ordinal);
        if (question <= 0 || !reference[..question].All(char.IsAsciiLetter))
        {
            return (null, null);
        }

        var search = call with { Type = reference[..question], Id = "", Work = work, Body = default };
        if (!search.Rights.May(search.Type, Deeds.Search))
        {
            return (null, NothingFound);
        }

        var (matches, refusal) = await Conditional.FindAsync(search, work, reference[(question + 1)..], locked: true);
        return refusal is not null ? (null, refusal)
            : matches is [var one] ? ($"{one.Type}/{one.Id}", null)
            : (null, matches.Count == 0 ? NothingFound : Unresolved("multiple-matches"));
    }

    /// <summary>A conditional reference that finds nothing: nothing yet, while other entries are still to be written.</summary>
    internal static FhirAnswer NothingFound { get; } = Unresolved("not-found");

    private static FhirAnswer Unresolved(string code) => Outcome.Error(412, code, "A conditional reference does not lead to exactly one resource.");

    private string? Narrative(string html)
    {
        var replaced = Link().Replace(html, m => _byUrl.TryGetValue(System.Net.WebUtility.HtmlDecode(m.Groups["url"].Value), out var target)
            ? m.Groups["before"].Value + target + m.Groups["quote"].Value : m.Value);
        return replaced == html ? null : replaced;
    }

    /// <summary>What stands before Type/id in a full URL that is an address on a server: relative references of that entry are read against it.</summary>
    private static string? Server(string? fullUrl) => fullUrl is not null && Restful().Match(fullUrl) is { Success: true } match ? match.Groups["root"].Value : null;

    /// <summary>The bytes with the JSON strings at these places exchanged; everything else stays as it was written.</summary>
    private static byte[] Spliced(ReadOnlySpan<byte> json, SortedDictionary<int, string> replacements)
    {
        var output = new ArrayBufferWriter<byte>(json.Length + (replacements.Count * 48));
        var at = 0;
        foreach (var (offset, text) in replacements)
        {
            output.Write(json[at..offset]);
            output.Write("\""u8);
            Encoding.UTF8.GetBytes(JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text), output);
            output.Write("\""u8);
            var reader = new Utf8JsonReader(json[offset..], isFinalBlock: false, default);
            reader.Read();
            at = offset + (int)reader.BytesConsumed;
        }

        output.Write(json[at..]);
        return output.WrittenSpan.ToArray();
    }

    private const string LinkPattern = """(?<before>\s(?:href|src)\s*=\s*(?<quote>["']))(?<url>[^"']*)\k<quote>""";

    [GeneratedRegex(LinkPattern, RegexOptions.CultureInvariant | RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Link();

    [GeneratedRegex(@"^(?<root>https?://.+/)[A-Z][A-Za-z]+/[A-Za-z0-9\-.]{1,64}\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Restful();
}
