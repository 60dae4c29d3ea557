using CareRecords.Search;
using CareRecords.Store;
using Fhir.Search;
using Microsoft.Extensions.DependencyInjection;

namespace CareRecords.Rest;

/// <summary>Compartment search: GET Patient/[id]/Observation, or /* for all types (https://hl7.org/fhir/R4/http.html#vsearch). One's own compartment holds only what one may see.</summary>
internal static class Compartment
{
    internal static Task<FhirAnswer> HandleAsync(FhirCall call)
    {
        var (compartment, id, type) = (call.Type, call.Id, call.VersionId);
        var table = call.Services.GetRequiredService<SearchTable>();
        var types = type == "*" ? call.Services.GetRequiredService<ServedTypes>().All.Select(t => t.Name) : [type];
        var keys = types.SelectMany(t => Compartments.Parameters(compartment, t).Select(p => table.Find(t, p))).OfType<SearchIndex>().Select(i => i.Key).ToArray();
        return keys.Length == 0
            ? Task.FromResult(Outcome.Error(404, "not-supported", "There is no such compartment here."))
            : SearchType.HandleAsync(call with { Type = type == "*" ? "" : type, Id = "", VersionId = "" }, new CompartmentScope(keys, compartment, id));
    }
}
