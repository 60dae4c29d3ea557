using CareRecords.Database;
using CareRecords.Search;
using CareRecords.Store;
using Fhir.Json;
using Microsoft.Extensions.DependencyInjection;

namespace CareRecords.Rest;

/// <summary>
/// A transaction Bundle: all or nothing, in the specification's order (DELETE, POST, PUT and PATCH, GET). All locks are taken at once before anything is
/// searched, so conditions are judged inside the transaction; references between entries and conditional references are resolved in it.
/// </summary>
internal static class Transaction
{
    private static readonly string[] _order = ["DELETE", "POST", "PUT", "PATCH", "GET"];

    internal static Task<FhirAnswer> RunAsync(FhirCall call, IReadOnlyList<BundleEntry> entries) => entries.FirstOrDefault(IsMisaddressed) is { } misaddressed
        ? Task.FromResult(Failed(Outcome.Error(400, "not-supported", "There is no such interaction in a transaction."), misaddressed.Number))
        : call.Services.GetRequiredService<WriteGate>().RunAsync(call.Services.GetRequiredService<UnitOfWork>(), work => InAsync(call, work, entries), call.Cancel);

    private static bool IsMisaddressed(BundleEntry entry) => entry.Call switch
    {
        { Method: "GET" } => false,
        { Method: "POST" } call => call.Type.Length == 0 || call.Id.Length > 0,
        var call => call.Type.Length == 0 || call.VersionId.Length > 0 || (call.Id.Length > 0 && !ResourceIds.AreValid(call.Id)),
    };

    private static async Task<FhirAnswer> InAsync(FhirCall call, UnitOfWork work, IReadOnlyList<BundleEntry> entries)
    {
        try
        {
            var inside = entries.Select(e => e with { Call = e.Call with { Work = work } }).ToList();
            if (await LockAsync(call, work, inside) is { } clash)
            {
                return clash;
            }

            var (targets, refusal) = await TargetsAsync(work, inside);
            if (refusal is not null)
            {
                return refusal;
            }

            var references = new BundleReferences(call, work, inside, targets);
            var answers = new FhirAnswer[inside.Count];
            // Rows of one verb are locked in one order by everybody, so that two transactions seldom wait for each other.
            foreach (var entry in inside.OrderBy(e => Array.IndexOf(_order, e.Call.Method)).ThenBy(e => targets[e.Number].Type, StringComparer.Ordinal)
                .ThenBy(e => targets[e.Number].Id, StringComparer.Ordinal))
            {
                var answer = await OneAsync(work, entry, targets[entry.Number], references);
                if (answer.Status >= 400)
                {
                    return Failed(answer, entry.Number);
                }

                answers[entry.Number] = answer;
            }

            return Batch.Answer("transaction-response", answers);
        }
        catch (SearchException e)
        {
            return Outcome.Error(400, "invalid", e.Message);
        }
    }

    /// <summary>What an entry writes to: its id, and the record that a conditional create found instead.</summary>
    internal sealed record Target(string Type, string Id, FhirAnswer? Existing);

    private static async Task<FhirAnswer?> LockAsync(FhirCall call, UnitOfWork work, List<BundleEntry> entries)
    {
        var whole = new HashSet<string>(StringComparer.Ordinal);
        var conditions = new Dictionary<long, int>();
        var bodies = new Dictionary<long, int>();
        var asked = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in entries.Where(e => e.Call.Method != "GET"))
        {
            if (Criteria(entry) is { } criteria)
            {
                if (!asked.Add($"{entry.Call.Type}?{criteria}"))
                {
                    return Clash(entry.Number);
                }

                var (all, identities) = Conditional.Locks(Conditional.Parse(entry.Call, criteria));
                if (all)
                {
                    whole.Add(entry.Call.Type);
                }

                foreach (var identity in identities)
                {
                    conditions[identity] = entry.Number;
                }
            }

            foreach (var identity in entry.Call.Method != "PATCH" && FhirJson.Read(entry.Call.Body.Span).Root is { } body ? IdentityLocks.Of(body) : [])
            {
                if (bodies.TryGetValue(identity, out var other) && other != entry.Number)
                {
                    return Clash(entry.Number);
                }

                bodies[identity] = entry.Number;
            }
        }

        if (conditions.FirstOrDefault(c => bodies.TryGetValue(c.Key, out var other) && other != c.Value) is { Key: not 0 } both)
        {
            return Clash(both.Value);
        }

        await IdentityLocks.TakeAsync(
            await work.ConnectionAsync(call.Cancel), work.Transaction, whole,
            entries.Where(e => e.Call.Method != "GET").Select(e => e.Call.Type), conditions.Keys.Concat(bodies.Keys), call.Cancel);
        return null;
    }

    private static FhirAnswer Clash(int entry) => Outcome.Error(
        400, "duplicate", "Two entries of the transaction have the same identity.", $"Bundle.entry[{entry.ToString(System.Globalization.CultureInfo.InvariantCulture)}]");

    private static string? Criteria(BundleEntry entry) => entry.Call switch
    {
        { Method: "POST", IfNoneExist: { } criteria } => criteria,
        { Method: "PUT" or "PATCH" or "DELETE", Id: "" } call => Links.Address("", call.Query),
        _ => null,
    };

    private static async Task<(Target[] Targets, FhirAnswer? Refusal)> TargetsAsync(UnitOfWork work, List<BundleEntry> entries)
    {
        var targets = new Target[entries.Count];
        var written = new HashSet<(string, string)>();
        foreach (var entry in entries)
        {
            var (id, existing) = (entry.Call.Id, (FhirAnswer?)null);
            if (Criteria(entry) is { } criteria && Writing.Refusal(entry.Call, Deeds.Search) is null)
            {
                var (matches, refusal) = await Conditional.FindAsync(entry.Call, work, criteria, locked: true);
                if (refusal is not null || matches.Count > 1)
                {
                    return (targets, Failed(refusal ?? Outcome.Error(412, "multiple-matches", "More than one resource fulfils the criteria."), entry.Number));
                }

                id = matches is [var one] ? one.Id : "";
                existing = matches.Count == 1 && entry.Call.Method == "POST" ? await Conditional.ExistingAsync(entry.Call, work, criteria) : null;
            }

            if (id.Length == 0 && entry.Call.Method is "POST" or "PUT")
            {
                id = entry.Call.Method == "PUT" && ResourceHead.Of(entry.Call.Body.Span).Id is { } own ? own : id.Length > 0 ? id : Guid.CreateVersion7().ToString();
            }

            targets[entry.Number] = new Target(entry.Call.Type, id, existing);
            if (entry.Call.Method != "GET" && id.Length > 0 && existing is null && !written.Add((entry.Call.Type, id)))
            {
                return (targets, Clash(entry.Number));
            }
        }

        return (targets, null);
    }

    private static async Task<FhirAnswer> OneAsync(UnitOfWork work, BundleEntry entry, Target target, BundleReferences references)
    {
        var call = entry.Call;
        switch (call.Method)
        {
            case "POST":
                if (target.Existing is { } existing)
                {
                    return existing;
                }

                return Writing.Refusal(call, Deeds.Create) ?? (await references.ResolveAsync(entry) is var (posted, unresolved) && unresolved is not null
                    ? unresolved
                    : await Create.InAsync(call with { Body = posted }, work, target.Id));
            case "PUT":
                var (put, missing) = await references.ResolveAsync(entry);
                return missing ?? await Update.InAsync(
                    call with { Id = target.Id, Body = call.Id.Length == 0 ? ResourceBytes.Stamp(put.Span, call.Type, target.Id, 1, DateTimeOffset.UnixEpoch) : put }, work);
            case "PATCH":
                return target.Id.Length == 0 ? Outcome.NotFound() : await Patch.InAsync(call with { Id = target.Id }, work);
            case "DELETE":
                return target.Id.Length == 0 ? new FhirAnswer(204) : await Delete.InAsync(call with { Id = target.Id }, work);
            default:
                return await Dispatch.RunAsync(call);
        }
    }

    /// <summary>The failing entry's own outcome, with the entry named.</summary>
    private static FhirAnswer Failed(FhirAnswer answer, int entry)
    {
        var number = entry.ToString(System.Globalization.CultureInfo.InvariantCulture);
        using var document = System.Text.Json.JsonDocument.Parse(answer.Body);
        var issues = document.RootElement.GetProperty("issue").EnumerateArray().Select(i => (
            i.GetProperty("severity").GetString()!, i.GetProperty("code").GetString()!, $"Entry {number}: {i.GetProperty("diagnostics").GetString()}",
            (string?)$"Bundle.entry[{number}]")).ToList();
        return new FhirAnswer(answer.Status) { Body = Outcome.Write(issues), Accesses = answer.Accesses };
    }
}
