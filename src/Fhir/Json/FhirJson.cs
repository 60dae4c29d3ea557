using System.Text;
using System.Text.Json.Nodes;
using Fhir.Definitions;
using Fhir.Model;
using Fhir.Validation;

namespace Fhir.Json;

/// <summary>Reads FHIR JSON (https://hl7.org/fhir/R4/json.html) strictly, and writes it without loss.</summary>
public static class FhirJson
{
    /// <summary>Deepest nesting of objects and arrays that is read.</summary>
    public const int MaxDepth = 64;

    /// <summary>
    /// Reads one resource from UTF-8. Faults are returned with their places: syntax, duplicate and unknown properties, wrong JSON types, malformed primitives, empty objects and arrays, lone
    /// surrogates, nesting deeper than <see cref="MaxDepth"/>. A fault inside the resource leaves out what cannot be read; the root is null only where no resource can be made out.
    /// </summary>
    public static ReadResult Read(ReadOnlySpan<byte> utf8) => JsonResourceReader.Read(utf8, null);

    /// <inheritdoc cref="Read(ReadOnlySpan{byte})" />
    /// <param name="maxDepth">Instead of <see cref="MaxDepth"/>: for a Bundle around resources that have that depth themselves.</param>
    public static ReadResult Read(ReadOnlySpan<byte> utf8, int maxDepth) => JsonResourceReader.Read(utf8, null, maxDepth);

    /// <summary>Reads a value of a type that stands alone, such as a fixed CodeableConcept; a primitive is a JSON string, number or boolean.</summary>
    public static ReadResult ReadValue(ReadOnlySpan<byte> utf8, string typeName) => JsonResourceReader.Read(utf8, FhirTypes.Get(typeName));

    /// <summary>Reads one resource that must be free of faults.</summary>
    /// <exception cref="FhirFormatException">It has faults.</exception>
    public static Element Parse(ReadOnlySpan<byte> utf8)
    {
        var result = Read(utf8);
        return result is { Root: { } root, Issues.Count: 0 } ? root : throw new FhirFormatException(result.Issues);
    }

    /// <inheritdoc cref="Parse(ReadOnlySpan{byte})" />
    public static Element Parse(string json) => Parse(Encoding.UTF8.GetBytes(json));

    /// <summary>Turns JSON built in code into a resource; it must be free of faults.</summary>
    /// <exception cref="FhirFormatException">It has faults.</exception>
    public static Element Parse(JsonNode json) => Parse(Encoding.UTF8.GetBytes(json.ToJsonString()));

    /// <summary>Writes an element as UTF-8 JSON: same order, same decimals, same primitive extensions as were read.</summary>
    public static byte[] Write(Element element, bool indented = false) => JsonResourceWriter.Write(element, indented);

    /// <summary>Writes an element as a JSON text.</summary>
    public static string WriteText(Element element, bool indented = false) => Encoding.UTF8.GetString(Write(element, indented));
}

/// <summary>What reading gave.</summary>
/// <param name="Root">The resource, or null where none could be made out.</param>
/// <param name="Issues">Faults of form, all errors, in the order of the text.</param>
public sealed record ReadResult(Element? Root, IReadOnlyList<ValidationIssue> Issues);
