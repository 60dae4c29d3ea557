using System.Text.RegularExpressions;
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

    /// <summary>All interactions behind the token; the first whose pattern and method fit is taken for an entry of a Bundle.</summary>
    internal static IReadOnlyList<FhirRoute> Routes { get; } =
    [
        new("/$export", _readOrAsk, ExportStart.OfSystemAsync),
        new("/$export/{id}", _read, ExportStatus.HandleAsync),
        new("/$export/{id}", ["DELETE"], ExportStatus.DeleteAsync),
        new("/$export/{id}/{vid}", _read, ExportStatus.FileAsync),
        Served("/{type:regex(^Patient$)}/$export", _readOrAsk, ExportStart.OfPatientsAsync),
        Served("/{type:regex(^Group$)}/{id}/$export", _readOrAsk, ExportStart.OfGroupAsync),
        Served("/{type:regex(^Appointment$)}/$find", _readOrAsk, AppointmentOperations.FindAsync),
        Served("/{type:regex(^Appointment$)}/$hold", ["POST"], AppointmentOperations.HoldAsync),
        Served("/{type:regex(^Appointment$)}/$book", ["POST"], AppointmentOperations.BookAsync),
        new("/_history", _read, History.HandleAsync) { OnlyReads = true },
        new("/", _read, SearchType.HandleAsync) { OnlyReads = true },
        new("/_search", ["POST"], SearchType.HandleAsync),
        Reading("/{type}", SearchType.HandleAsync),
        Served("/{type}/_search", ["POST"], SearchType.HandleAsync),
        Reading("/{type}/_history", History.HandleAsync),
        new("/$validate", ["POST"], ValidateOperation.HandleAsync),
        Served("/{type}/$validate", ["POST"], ValidateOperation.HandleAsync),
        Served("/{type}/{id}/$validate", ["GET", "HEAD", "POST"], ValidateOperation.HandleAsync),
        Served("/{type:regex(^(Patient|Encounter)$)}/{id}/$everything", _readOrAsk, Everything.HandleAsync),
        Served("/{type:regex(^Composition$)}/{id}/$document", _readOrAsk, DocumentOperation.HandleAsync),
        Served("/{type:regex(^ValueSet$)}/$expand", _readOrAsk, ExpandOperation.HandleAsync),
        Served("/{type:regex(^ValueSet$)}/{id}/$expand", _readOrAsk, ExpandOperation.HandleAsync),
        Served("/{type:regex(^(ValueSet|CodeSystem)$)}/$validate-code", _readOrAsk, ValidateCodeOperation.HandleAsync),
        Served("/{type:regex(^(ValueSet|CodeSystem)$)}/{id}/$validate-code", _readOrAsk, ValidateCodeOperation.HandleAsync),
        Served("/{type:regex(^CodeSystem$)}/$lookup", _readOrAsk, LookupOperation.HandleAsync),
        Reading("/{type}/{id}/{vid:regex(^([A-Z]|\\*$))}", Compartment.HandleAsync),
        Served("/{type}/{id}/{vid:regex(^[A-Z])}/_search", ["POST"], Compartment.HandleAsync),
        Reading("/{type}/{id}", Read.HandleAsync),
        Reading("/{type}/{id}/_history", History.HandleAsync),
        Reading("/{type}/{id}/_history/{vid}", Read.VersionAsync),
        new("/", ["POST"], Batch.HandleAsync),
        Served("/{type}", ["POST"], Create.HandleAsync),
        Served("/{type}", ["PUT"], Conditional.UpdateAsync),
        Served("/{type}", ["DELETE"], Conditional.DeleteAsync),
        Served("/{type}/{id}", ["PUT"], Update.HandleAsync),
        Served("/{type}/{id}", ["PATCH"], Patch.HandleAsync),
        Served("/{type}", ["PATCH"], Patch.ConditionalAsync),
        Served("/{type}/{id}", ["DELETE"], Delete.HandleAsync),
    ];

    internal static void Map(IEndpointRouteBuilder endpoints)
    {
        var fhir = endpoints.MapGroup(Prefix).DisableAntiforgery();
        fhir.MapMethods("/metadata", _read, Metadata.HandleAsync);
        foreach (var route in Routes)
        {
            fhir.MapMethods(route.Pattern, route.Methods, route.OnlyReads ? FhirPipeline.Reading(route.Interaction) : FhirPipeline.For(route.Interaction));
        }

        fhir.MapFallback("{**path}", FhirPipeline.For(call => Task.FromResult(Elsewhere(call))));
    }

    private static FhirRoute Served(string pattern, string[] methods, Func<FhirCall, Task<FhirAnswer>> interaction) =>
        new(pattern, methods, call => Unserved(call) is { } refusal ? Task.FromResult(refusal) : interaction(call));

    private static FhirRoute Reading(string pattern, Func<FhirCall, Task<FhirAnswer>> interaction) => Served(pattern, _read, interaction) with { OnlyReads = true };

    /// <summary>Why an address with a type leads nowhere; null when it leads somewhere.</summary>
    internal static FhirAnswer? Unserved(FhirCall call)
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
    internal static FhirAnswer Elsewhere(FhirCall call)
    {
        var type = call.Path.Split('/') is [_, { Length: > 0 } first, ..] && char.IsAsciiLetterUpper(first[0]) ? first : null;
        return type is not null && call.Services.GetRequiredService<ServedTypes>().Find(type) is null
            ? Outcome.Error(404, "not-supported", "This type is not served here.")
            : Allowed.Answer(call, call.Services.GetRequiredService<Allowed>());
    }
}

/// <summary>An interaction, and the addresses below the service and methods by which it is reached.</summary>
internal sealed record FhirRoute(string Pattern, string[] Methods, Func<FhirCall, Task<FhirAnswer>> Interaction)
{
    /// <summary>It changes nothing, so that it may be begun before its token is confirmed.</summary>
    internal bool OnlyReads { get; init; }

    /// <summary>Matches paths that begin with a slash; its groups are the route's parameters.</summary>
    internal Regex Path { get; } = Allowed.Matcher(Pattern);
}
