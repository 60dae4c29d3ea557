using CareRecords.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace CareRecords.Rest;

/// <summary>The routes of /fhir, each to its interaction. The CapabilityStatement lists what stands here.</summary>
internal static class FhirEndpoints
{
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
        var fhir = endpoints.MapGroup("/fhir").DisableAntiforgery();
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
        fhir.MapFallback("{**path}", FhirPipeline.For(_ => Task.FromResult(Outcome.Error(404, "not-supported", "There is no such interaction here."))));
    }

    private static void Served(RouteGroupBuilder fhir, string pattern, string[] methods, Func<FhirCall, Task<FhirAnswer>> interaction) =>
        fhir.MapMethods(pattern, methods, FhirPipeline.For(call =>
            call.Services.GetRequiredService<ServedTypes>().Find(call.Type) is null
                ? Task.FromResult(Outcome.Error(404, "not-supported", "This type is not served here."))
                : interaction(call)));
}
