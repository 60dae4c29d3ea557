using System.Text.Json;
using CareRecords.Access;
using Fhir.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;

namespace CareRecords.Rest;

/// <summary>batch and transaction (https://hl7.org/fhir/R4/http.html#transaction): the one door for both.</summary>
internal static class Batch
{
    internal static async Task<FhirAnswer> HandleAsync(FhirCall call)
    {
        var read = FhirJson.Read(call.Body.Span);
        if (read.Root is null || read.Issues.Count > 0)
        {
            return Outcome.Of(400, read.Issues);
        }

        using var document = JsonDocument.Parse(call.Body, new JsonDocumentOptions { MaxDepth = 128 });
        var kind = read.Root.TypeName == "Bundle" ? read.Root.TextAt("type") : null;
        if (kind is not ("batch" or "transaction"))
        {
            return Outcome.Error(400, "invalid", "Post a Bundle of type batch or transaction here.", "Bundle.type");
        }

        var limit = call.Services.GetRequiredService<IOptions<FhirOptions>>().Value.MaxBundleEntries;
        var (entries, refusal) = BundleEntries.Read(call, document.RootElement, limit, kind == "batch");
        return refusal ?? (kind == "batch" ? await EachAsync(entries) : await Transaction.RunAsync(call, entries));
    }

    internal static FhirAnswer Answer(string type, IReadOnlyList<FhirAnswer> answers)
    {
        using var bundle = new BundleWriter(type, null);
        foreach (var answer in answers)
        {
            bundle.ResponseEntry(answer);
        }

        return new FhirAnswer(200) { Body = bundle.Finish(), Accesses = [.. answers.SelectMany(a => a.Accesses)] };
    }

    /// <summary>Each entry by itself: one that fails does not touch the others.</summary>
    private static async Task<FhirAnswer> EachAsync(IReadOnlyList<BundleEntry> entries)
    {
        var answers = new List<FhirAnswer>(entries.Count);
        foreach (var entry in entries)
        {
            try
            {
                answers.Add(entry.Refusal ?? await Dispatch.RunAsync(entry.Call));
            }
            catch (NpgsqlException e) when (Faults.IsOneRequests(e))
            {
                answers.Add(Faults.Answer(e));
            }
        }

        return Answer("batch-response", answers);
    }
}
