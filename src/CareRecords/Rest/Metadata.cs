using CareRecords.Store;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace CareRecords.Rest;

/// <summary>
/// capabilities (https://hl7.org/fhir/R4/http.html#capabilities), generated from the tables that route and index, so that it cannot lie. Open to all. `mode` full, normative (only
/// types that are normative in R4) or terminology.
/// </summary>
internal static class Metadata
{
    /// <summary>Logical id of this server's statement.</summary>
    internal const string Id = "carerecords";

    private static readonly string[] _normative = ["Bundle", "Binary", "CapabilityStatement", "CodeSystem", "Observation", "OperationDefinition", "Patient", "StructureDefinition", "ValueSet"];

    internal static Task HandleAsync(HttpContext context)
    {
        var query = FhirRequestReader.Parameters(context.Request.QueryString.Value);
        var wanted = Representation.Of(context.Request.Headers.Accept, query);
        return FhirResponse.SendAsync(context, wanted.Format is null ? NotWritten : Answer(context, query.LastOrDefault(p => p.Key == "mode").Value), wanted);
    }

    /// <summary>The whole statement as a resource to be found by its id.</summary>
    internal static byte[] Write(IServiceProvider services) => CapabilityWriter.Write(services, "", _ => true);

    private static FhirAnswer NotWritten => Outcome.Error(406, "not-supported", "This server answers in application/fhir+json or application/fhir+xml (R4).");

    private static FhirAnswer Answer(HttpContext context, string? mode)
    {
        var services = context.RequestServices;
        var baseUrl = FhirRequestReader.BaseUrl(context.Request, services.GetRequiredService<IOptions<FhirOptions>>().Value);
        if (mode is not (null or "" or "full" or "normative" or "terminology"))
        {
            return Outcome.Error(400, "invalid", "mode is full, normative or terminology.");
        }

        var statement = mode switch
        {
            "terminology" => Definitions.Stamped("TerminologyCapabilities", Id, CapabilityWriter.Terminology()),
            "normative" => Definitions.Stamped("CapabilityStatement", Id, CapabilityWriter.Write(services, baseUrl, _normative.Contains)),
            _ => Definitions.Stamped("CapabilityStatement", Id, services.GetRequiredService<StatementCache>().Full(services, baseUrl)),
        };
        var answer = new FhirAnswer(200) { Version = statement.Version, LastModified = statement.LastUpdated, Body = statement.Json };
        return Read.IsNotModified(
            statement, context.Request.Headers.IfNoneMatch is { Count: > 0 } tags ? tags.ToString() : null, context.Request.GetTypedHeaders().IfModifiedSince)
            ? answer with { Status = 304, Body = default } : answer;
    }
}

/// <summary>The statement as it was last written, since clients ask for it again and again.</summary>
internal sealed class StatementCache
{
    private (string BaseUrl, byte[] Json)? _last;

    internal byte[] Full(IServiceProvider services, string baseUrl)
    {
        if (_last is { } last && last.BaseUrl == baseUrl)
        {
            return last.Json;
        }

        var json = CapabilityWriter.Write(services, baseUrl, _ => true);
        _last = (baseUrl, json);
        return json;
    }
}
