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
        var request = context.Request;
        var query = FhirRequestReader.Parameters(request.QueryString.Value);
        var wanted = Representation.Of(request.Headers.Accept, query);
        var baseUrl = FhirRequestReader.BaseUrl(request, context.RequestServices.GetRequiredService<IOptions<FhirOptions>>().Value);
        return FhirResponse.SendAsync(
            context,
            wanted.Format is null ? NotWritten : Answer(
                context.RequestServices, baseUrl, query.LastOrDefault(p => p.Key == "mode").Value,
                request.Headers.IfNoneMatch is { Count: > 0 } tags ? tags.ToString() : null, request.GetTypedHeaders().IfModifiedSince),
            wanted);
    }

    /// <summary>The whole statement as a resource to be found by its id.</summary>
    internal static byte[] Write(IServiceProvider services) => CapabilityWriter.Write(services, "", _ => true);

    private static FhirAnswer NotWritten => Outcome.Error(406, "not-supported", "This server answers in application/fhir+json or application/fhir+xml (R4).");

    /// <summary>As an entry of a Bundle.</summary>
    internal static FhirAnswer Answer(FhirCall call) => Answer(call.Services, call.BaseUrl, call.Parameter("mode"), call.IfNoneMatch, call.IfModifiedSince);

    private static FhirAnswer Answer(IServiceProvider services, string baseUrl, string? mode, string? ifNoneMatch, DateTimeOffset? ifModifiedSince)
    {
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
        return Read.IsNotModified(statement, ifNoneMatch, ifModifiedSince) ? answer with { Status = 304, Body = default } : answer;
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
