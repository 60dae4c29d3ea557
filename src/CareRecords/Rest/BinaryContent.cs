using System.Buffers;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Net.Http.Headers;

namespace CareRecords.Rest;

/// <summary>Binary by its content instead of as a resource (https://hl7.org/fhir/R4/binary.html#rest): written from any media type, and read in it.</summary>
internal static partial class BinaryContent
{
    /// <summary>A Binary around a body of this media type.</summary>
    /// <param name="id">Of the address; empty for a create.</param>
    /// <param name="securityContext">X-Security-Context: the reference by whose rights the content is seen.</param>
    internal static ReadOnlyMemory<byte> Resource(string id, string contentType, string? securityContext, ReadOnlySpan<byte> content)
    {
        var buffer = new ArrayBufferWriter<byte>((content.Length * 4 / 3) + 200);
        using (var json = new Utf8JsonWriter(buffer, FhirJsonText.Options))
        {
            json.WriteStartObject();
            json.WriteString("resourceType", "Binary");
            if (id.Length > 0)
            {
                json.WriteString("id", id);
            }

            json.WriteString("contentType", contentType);
            if (securityContext is not null)
            {
                json.WriteStartObject("securityContext");
                json.WriteString("reference", securityContext);
                json.WriteEndObject();
            }

            if (content.Length > 0)
            {
                json.WriteBase64String("data", content);
            }

            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    /// <summary>The content of the Binary in an answer, where the client did not ask for the resource.</summary>
    internal static FhirAnswer Shown(FhirCall call, FhirAnswer answer)
    {
        if (call.Type != "Binary" || call.Wanted.IsExplicit || answer.Status != 200)
        {
            return answer;
        }

        using var json = JsonDocument.Parse(answer.Body);
        var stated = json.RootElement.TryGetProperty("contentType", out var type) ? type.GetString()! : "";
        // What a browser might take for something else goes out as plain bytes.
        var contentType = MediaType().IsMatch(stated) ? stated : "application/octet-stream";
        if (call.Accept is { } accept && !Accepts(accept, contentType))
        {
            return Outcome.Error(406, "not-supported", "The content has another media type than Accept names. Ask for */* or for the resource.") with { Accesses = answer.Accesses };
        }

        var content = json.RootElement.TryGetProperty("data", out var data) ? Convert.FromBase64String(data.GetString()!) : [];
        return answer with { Body = content, ContentType = contentType };
    }

    private static bool Accepts(string accept, string contentType) =>
        !MediaTypeHeaderValue.TryParseList([accept], out var wanted) || !MediaTypeHeaderValue.TryParse(contentType, out var given)
        || wanted.Any(w => w.Quality is null or > 0 && given.IsSubsetOf(w));

    [GeneratedRegex(@"^[A-Za-z0-9!#$&^_.+\-]{1,100}/[A-Za-z0-9!#$&^_.+\-]{1,100}(; ?charset=[A-Za-z0-9\-]{1,40})?\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex MediaType();
}
