using CareRecords.Export;
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
    internal static IReadOnlyList<(string Code, string Says)> TypeInteractions { get; } =
    [
        ("read", "With ETag and Last-Modified; 410 for what was deleted; HEAD."),
        ("vread", "Every version that is kept."),
        ("search-type", "By GET, or by POST to _search."),
        ("history-instance", "Newest first; _count, _since, _at."),
        ("history-type", "Newest first; _count, _since, _at."),
        ("create", "The server gives the id; If-None-Exist makes it conditional."),
        ("update", "By id or by criteria; If-Match and If-None-Match."),
        ("patch", "JSON Patch or FHIRPath Patch, by id or by criteria."),
        ("delete", "By id, or by criteria that one record fulfils."),
    ];

    /// <summary>Interactions with the system.</summary>
    internal static IReadOnlyList<(string Code, string Says)> SystemInteractions { get; } =
    [
        ("history-system", "Newest first; _count, _since, _at."),
        ("search-system", "By GET, or by POST to _search; _type chooses among types."),
        ("batch", "Each entry by itself."),
        ("transaction", "All entries or none."),
    ];

    internal static void Map(IEndpointRouteBuilder endpoints)
    {
        var fhir = endpoints.MapGroup(Prefix).DisableAntiforgery();
        fhir.MapMethods("/metadata", _read, Metadata.HandleAsync);
        fhir.MapMethods("/$export", _readOrAsk, FhirPipeline.For(ExportStart.OfSystemAsync));
        fhir.MapMethods("/$export/{id}", _read, FhirPipeline.For(ExportStatus.HandleAsync));
        fhir.MapMethods("/$export/{id}", ["DELETE"], FhirPipeline.For(ExportStatus.DeleteAsync));
        fhir.MapMethods("/$export/{id}/{vid}", _read, FhirPipeline.For(ExportStatus.FileAsync));
        Served(fhir, "/{type:regex(^Patient$)}/$export", _readOrAsk, ExportStart.OfPatientsAsync);
        Served(fhir, "/{type:regex(^Group$)}/{id}/$export", _readOrAsk, ExportStart.OfGroupAsync);
        Served(fhir, "/{type:regex(^Appointment$)}/$find", _readOrAsk, AppointmentOperations.FindAsync);
        Served(fhir, "/{type:regex(^Appointment$)}/$hold", ["POST"], AppointmentOperations.HoldAsync);
        Served(fhir, "/{type:regex(^Appointment$)}/$book", ["POST"], AppointmentOperations.BookAsync);
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
        Served(fhir, "/{type:regex(^ValueSet$)}/$expand", _readOrAsk, ExpandOperation.HandleAsync);
        Served(fhir, "/{type:regex(^ValueSet$)}/{id}/$expand", _readOrAsk, ExpandOperation.HandleAsync);
        Served(fhir, "/{type:regex(^(ValueSet|CodeSystem)$)}/$validate-code", _readOrAsk, ValidateCodeOperation.HandleAsync);
        Served(fhir, "/{type:regex(^(ValueSet|CodeSystem)$)}/{id}/$validate-code", _readOrAsk, ValidateCodeOperation.HandleAsync);
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
