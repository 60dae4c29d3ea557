using System.Globalization;
using System.Text.Json;
using CareRecords.Store;
using Fhir.Terminology;

namespace CareRecords.Rest;

/// <summary>
/// ValueSet/$expand (https://hl7.org/fhir/R4/valueset-operation-expand.html) of the value set of the address, one that is held (url, valueSetVersion), or a posted one (valueSet). Served parameters: filter (every word somewhere in
/// display or code), offset, count, includeDefinition=false. What cannot be listed completely is refused, never listed in part.
/// </summary>
internal static class ExpandOperation
{
    private const int MostCodes = 1000;

    internal static async Task<FhirAnswer> HandleAsync(FhirCall call)
    {
        var (parameters, refusal) = OperationParameters.Read(call);
        if (parameters is null)
        {
            return refusal!;
        }

        var (set, library, missing) = await TerminologyInput.ValueSetAsync(call, parameters);
        if (set is null)
        {
            return missing!;
        }

        if (!Number(parameters.Text("offset"), 0, out var offset) || !Number(parameters.Text("count"), MostCodes, out var count))
        {
            return Outcome.Error(400, "invalid", "offset and count are whole numbers that are not negative.");
        }

        if (library.Terminology.Expand(set) is not { } all)
        {
            return Outcome.Error(422, "not-supported", $"The value set {set.Url} cannot be listed here: it draws codes from a system that is not held completely, or by a filter that is not known.");
        }

        var words = (parameters.Text("filter") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var matching = words.Length == 0 ? all : [.. all.Where(m => Array.TrueForAll(words, w => Has(m.Display, w) || Has(m.Code, w)))];
        return new FhirAnswer(200) { Body = Write(call, set, matching, offset, Math.Min(count, MostCodes)) };
    }

    private static bool Has(string? text, string word) =>
        text is not null && CultureInfo.InvariantCulture.CompareInfo.IndexOf(text, word, CompareOptions.IgnoreCase | CompareOptions.IgnoreNonSpace) >= 0;

    private static bool Number(string? text, int otherwise, out int number)
    {
        number = otherwise;
        return text is null || int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    private static byte[] Write(FhirCall call, ValueSet set, IReadOnlyList<ValueSetMember> members, int offset, int count)
    {
        var output = new MemoryStream();
        using (var json = new Utf8JsonWriter(output, FhirJsonText.Options))
        {
            json.WriteStartObject();
            json.WriteString("resourceType", "ValueSet");
            json.WriteString("url", set.Url);
            if (set.Version is not null)
            {
                json.WriteString("version", set.Version);
            }

            json.WriteString("status", "active");
            json.WriteStartObject("expansion");
            json.WriteString("identifier", $"urn:uuid:{Guid.CreateVersion7()}");
            json.WriteString("timestamp", ResourceBytes.Instant(call.Rights.Now));
            json.WriteNumber("total", members.Count);
            json.WriteNumber("offset", offset);
            var page = members.Skip(offset).Take(count).ToList();
            if (page.Count > 0)
            {
                json.WriteStartArray("contains");
                foreach (var member in page)
                {
                    json.WriteStartObject();
                    json.WriteString("system", member.System);
                    json.WriteString("code", member.Code);
                    if (member.Display is not null)
                    {
                        json.WriteString("display", member.Display);
                    }

                    json.WriteEndObject();
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        return output.ToArray();
    }
}
