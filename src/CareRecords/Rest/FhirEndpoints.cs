using CareRecords.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace CareRecords.Rest;

/// <summary>The routes of /fhir, each to its interaction. The CapabilityStatement lists what stands here.</summary>
internal static class FhirEndpoints
{
    /// <summary>Path of the service.</summary>
    internal const string Prefix = "/fhir";

    private static readonly string[] _read = ["GET", "HEAD"];
    private static readonly string[] _readOrAsk = ["GET", "HEAD", "POST"];

    /// <summary>Interactions with a type or an instance, by their FHIR codes.</summary>
    internal static IReadOnlyList<(string Code, bool Writes)> TypeInteractions { get; } =
    [
        ("read", false), ("vread", false), ("search-type", false), ("history-instance", false), ("history-type", false), ("create", true), ("update", true), ("patch", true), ("delete", true),
    ];

    /// <summary>Operations by type.</summary>
    internal static IReadOnlyList<(string Type, string Name, string Definition)> Operations { get; } =
    [
        ("", "validate", "http://hl7.org/fhir/OperationDefinition/Resource-validate"),
        ("Patient", "everything", "http://hl7.org/fhir/OperationDefinition/Patient-everything"),
        ("Encounter", "everything", "http://hl7.org/fhir/OperationDefinition/Encounter-everything"),
        ("Composition", "document", "http://hl7.org/fhir/OperationDefinition/Composition-document"),
        ("ValueSet", "expand", "http://hl7.org/fhir/OperationDefinition/ValueSet-expand"),
        ("ValueSet", "validate-code", "http://hl7.org/fhir/OperationDefinition/ValueSet-validate-code"),
        ("CodeSystem", "validate-code", "http://hl7.org/fhir/OperationDefinition/CodeSystem-validate-code"),
    ];

    /// <summary>Interactions with the system.</summary>
    internal static IReadOnlyList<string> SystemInteractions { get; } = ["history-system", "search-system", "batch", "transaction"];

    internal static void Map(IEndpointRouteBuilder endpoints)
    {
        var fhir = endpoints.MapGroup(Prefix).DisableAntiforgery();
        fhir.MapMethods("/metadata", _read, Metadata.HandleAsync);
        fhir.MapMethods("/_history", _read, FhirPipeline.For(History.HandleAsync));
        fhir.MapMethods("/", _read, FhirPipeline.For(SearchType.HandleAsync));
        fhir.MapMethods("/_search", ["POST"], FhirPipeline.For(SearchType.HandleAsync));
        Served(fhir, "/{type}", _read, SearchType.HandleAsync);
        Served(fhir, "/{type}/_search", ["POST"], SearchType.HandleAsync);
        Served(fhir, "/{type}/_history", _read, History.HandleAsync);
        Served(fhir, "/{type}/$validate", ["POST"], ValidateOperation.HandleAsync);
        Served(fhir, "/{type}/{id}/$validate", ["GET", "HEAD", "POST"], ValidateOperation.HandleAsync);
        Served(fhir, "/{type:regex(^(Patient|Encounter)$)}/{id}/$everything", _read, Everything.HandleAsync);
        Served(fhir, "/{type:regex(^Composition$)}/{id}/$document", _read, DocumentOperation.HandleAsync);
        // The definitions that these ask are the library's own, served as a type or not.
        fhir.MapMethods("/{type:regex(^ValueSet$)}/$expand", _readOrAsk, FhirPipeline.For(ExpandOperation.HandleAsync));
        fhir.MapMethods("/{type:regex(^(ValueSet|CodeSystem)$)}/$validate-code", _readOrAsk, FhirPipeline.For(ValidateCodeOperation.HandleAsync));
        Served(fhir, "/{type}/{id}/{vid:regex(^([A-Z]|\\*$))}", _read, Compartment.HandleAsync);
        Served(fhir, "/{type}/{id}/{vid:regex(^[A-Z])}/_search", ["POST"], Compartment.HandleAsync);
        Served(fhir, "/{type}/{id}", _read, Read.HandleAsync);
        Served(fhir, "/{type}/{id}/_history", _read, History.HandleAsync);
        Served(fhir, "/{type}/{id}/_history/{vid}", _read, Read.VersionAsync);
        fhir.MapMethods("/", ["POST"], FhirPipeline.For(Batch.HandleAsync));
        Served(fhir, "/{type}", ["POST"], Create.HandleAsync);
        Served(fhir, "/{type}", ["PUT"], Conditional.UpdateAsync);
        Served(fhir, "/{type}", ["DELETE"], Conditional.DeleteAsync);
        Served(fhir, "/{type}/{id}", ["PUT"], Update.HandleAsync);
        Served(fhir, "/{type}/{id}", ["PATCH"], Patch.HandleAsync);
        Served(fhir, "/{type}", ["PATCH"], Patch.ConditionalAsync);
        Served(fhir, "/{type}/{id}", ["DELETE"], Delete.HandleAsync);
        fhir.MapFallback("{**path}", FhirPipeline.For(call => Task.FromResult(Elsewhere(call))));
    }

    private static void Served(RouteGroupBuilder fhir, string pattern, string[] methods, Func<FhirCall, Task<FhirAnswer>> interaction) =>
        fhir.MapMethods(pattern, methods, FhirPipeline.For(call => Unserved(call) is { } refusal ? Task.FromResult(refusal) : interaction(call)));

    private static FhirAnswer? Unserved(FhirCall call)
    {
        if (call.Services.GetRequiredService<ServedTypes>().Find(call.Type) is null)
        {
            return Elsewhere(call);
        }

        return call.Id.Length == 0 || ResourceIds.AreValid(call.Id) ? null
            : call.Method == "PUT" && call.Id[0] is not ('$' or '_') ? Outcome.Error(400, "invalid", "An id has 1 to 64 letters A–Z and a–z, digits, '-' and '.'.")
            : Elsewhere(call);
    }

    /// <summary>What no route takes: 405 where another method would be taken, otherwise 404.</summary>
    private static FhirAnswer Elsewhere(FhirCall call)
    {
        var type = call.Path.Split('/') is [_, { Length: > 0 } first, ..] && char.IsAsciiLetterUpper(first[0]) ? first : null;
        return type is not null && call.Services.GetRequiredService<ServedTypes>().Find(type) is null
            ? Outcome.Error(404, "not-supported", "This type is not served here.")
            : Allowed.Answer(call, call.Services.GetRequiredService<Allowed>());
    }
}
