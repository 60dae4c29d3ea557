using Fhir.Json;
using Fhir.Xml;

namespace CareRecords.Rest;

/// <summary>XML at the edge: inside, a resource is its JSON.</summary>
internal static class FhirXmlText
{
    internal const string MediaType = "application/fhir+xml";

    // A Bundle of ours wraps what was stored with the greatest depth.
    private const int DepthOfAnswers = FhirJson.MaxDepth + 16;

    /// <summary>The XML of FHIR JSON that this server wrote or has stored.</summary>
    /// <exception cref="InvalidOperationException">It is no FHIR JSON.</exception>
    internal static byte[] From(ReadOnlyMemory<byte> json, bool indented) => FhirXml.Write(
        FhirJson.Read(json.Span, DepthOfAnswers).Root ?? throw new InvalidOperationException("An answer could not be read as FHIR JSON."), indented);

    /// <summary>The JSON of a body in XML, or its faults.</summary>
    internal static (ReadOnlyMemory<byte> Json, FhirAnswer? Refusal) ToJson(ReadOnlyMemory<byte> xml)
    {
        var read = FhirXml.Read(xml);
        return read is { Root: { } root, Issues.Count: 0 } ? (FhirJson.Write(root), null) : (default, Outcome.Of(400, read.Issues));
    }
}
