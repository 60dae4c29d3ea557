using CareRecords.Database;
using CareRecords.Search;
using CareRecords.Store;
using Fhir.Json;
using Microsoft.Extensions.DependencyInjection;

namespace CareRecords.Rest;

/// <summary>
/// A transaction Bundle: all or nothing, in the specification's order (DELETE, POST, PUT and PATCH, GET, and operations beside GET). All locks are taken at
/// once before anything is searched, so conditions are judged inside the transaction; references between entries are resolved in it, and conditional ones
/// last, so that they find what the Bundle itself creates (https://hl7.org/fhir/R4/http.html#trules).
/// </summary>
internal static class Transaction
{
    private static readonly string[] _order = ["DELETE", "POST", "PUT", "PATCH"];

    internal static Task<FhirAnswer> RunAsync(FhirCall call, IReadOnlyList<BundleEntry> entries) =>
        entries.Select(e => Misaddressed(e.Call) is { } refusal ? Failed(refusal, e.Number) : null).FirstOrDefault(r => r is not null) is { } misaddressed
        ? Task.FromResult(misaddressed)
        : call.Services.GetRequiredService<WriteGate>().RunAsync(call.Services.GetRequiredService<UnitOfWork>(), work => InAsync(call, work, entries), call.Cancel);

    private static FhirAnswer? Misaddressed(FhirCall call) =>
        call.Type.Length > 0 && FhirEndpoints.Unserved(call) is { } unserved ? unserved
        : call.Method == "GET" || call.IsOperation || (call.Type.Length > 0 && Dispatch.IsRouted(call)) ? null
        : Outcome.Error(400, "not-supported", "There is no such interaction in a transaction.");

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
            if (await WriteAsync(work, inside, targets, references, answers) is { } failed)
            {
                return failed;
            }

            foreach (var entry in inside.Where(e => !e.Writes))
            {
                answers[entry.Number] = await Dispatch.RunAsync(entry.Call);
                if (answers[entry.Number].Status >= 400)
                {
                    return Failed(answers[entry.Number], entry.Number);
                }
            }

            return Batch.Answer("transaction-response", answers);
        }
        catch (SearchException e)
        {
            return Outcome.Error(400, "invalid", e.Message);
        }
    }

    /// <summary>Runs the writes; those whose conditional references find nothing yet wait until the others are done. The refusal, if there is one.</summary>
    private static async Task<FhirAnswer?> WriteAsync(UnitOfWork work, List<BundleEntry> entries, Target[] targets, BundleReferences references, FhirAnswer[] answers)
    {
        // Rows of one verb are locked in one order by everybody, so that two transactions seldom wait for each other: patients first, since the owner of
        // appointments books for those who are there.
        var next = entries.Where(e => e.Writes).OrderBy(e => Array.IndexOf(_order, e.Call.Method)).ThenBy(e => e.Call.Type != "Patient")
            .ThenBy(e => targets[e.Number].Type, StringComparer.Ordinal).ThenBy(e => targets[e.Number].Id, StringComparer.Ordinal).ToList();
        while (next.Count > 0)
        {
            var waiting = new List<BundleEntry>();
            foreach (var entry in next)
            {
                var answer = await OneAsync(work, entry, targets[entry.Number], references);
                if (ReferenceEquals(answer, BundleReferences.NothingFound))
                {
                    waiting.Add(entry);
                }
                else if (answer.Status >= 400)
                {
                    return Failed(answer, entry.Number);
                }

                answers[entry.Number] = answer;
            }

            if (waiting.Count == next.Count)
            {
                return targets[waiting[0].Number].IsAgain ? Clash(waiting[0].Number) : Failed(BundleReferences.NothingFound, waiting[0].Number);
            }

            next = waiting;
        }

        return null;
    }

    /// <summary>What an entry writes to: its id, and the record that a conditional create found instead.</summary>
    /// <param name="IsAgain">A conditional create whose condition an earlier entry has too: it finds what that one found or created.</param>
    internal sealed record Target(string Type, string Id, FhirAnswer? Existing, bool IsAgain = false);

    private static async Task<FhirAnswer?> LockAsync(FhirCall call, UnitOfWork work, List<BundleEntry> entries)
    {
        var whole = new HashSet<string>(StringComparer.Ordinal);
        var conditions = new Dictionary<long, int>();
        var bodies = new Dictionary<long, int>();
        var asked = new Dictionary<string, BundleEntry>(StringComparer.Ordinal);
        foreach (var entry in entries.Where(e => e.Writes))
        {
            var number = entry.Number;
            if (Criteria(entry) is { } criteria)
            {
                if (!asked.TryAdd($"{entry.Call.Type}?{criteria}", entry))
                {
                    var first = asked[$"{entry.Call.Type}?{criteria}"];
                    if (first.Call.Method != "POST" || entry.Call.Method != "POST")
                    {
                        return Clash(entry.Number);
                    }

                    number = first.Number;
                }

                var (all, identities) = Conditional.Locks(Conditional.Parse(entry.Call, criteria));
                if (all)
                {
                    whole.Add(entry.Call.Type);
                }

                foreach (var identity in identities)
                {
                    conditions[identity] = number;
                }
            }

            foreach (var identity in entry.Call.Method != "PATCH" && FhirJson.Read(entry.Call.Body.Span).Root is { } body ? IdentityLocks.Of(body) : [])
            {
                if (bodies.TryGetValue(identity, out var other) && other != number)
                {
                    return Clash(entry.Number);
                }

                bodies[identity] = number;
            }
        }

        if (conditions.FirstOrDefault(c => bodies.TryGetValue(c.Key, out var other) && other != c.Value) is { Key: not 0 } both)
        {
            return Clash(both.Value);
        }

        await IdentityLocks.TakeAsync(
            await work.ConnectionAsync(call.Cancel), work.Transaction, whole,
            entries.Where(e => e.Writes).Select(e => e.Call.Type), conditions.Keys.Concat(bodies.Keys), call.Cancel);
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
        var conditional = new Dictionary<string, Target>(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            var (id, existing) = (entry.Call.Id, (FhirAnswer?)null);
            if (!entry.Writes)
            {
                targets[entry.Number] = new Target(entry.Call.Type, id, null);
                continue;
            }

            if (entry.Call.Method == "POST" && conditional.TryGetValue($"{entry.Call.Type}?{entry.Call.IfNoneExist}", out var earlier))
            {
                targets[entry.Number] = earlier with { IsAgain = earlier.Existing is null };
                continue;
            }

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
            if (entry.Call is { Method: "POST", IfNoneExist: { } condition })
            {
                conditional[$"{entry.Call.Type}?{condition}"] = targets[entry.Number];
            }

            if (id.Length > 0 && existing is null && !written.Add((entry.Call.Type, id)))
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

                if (target.IsAgain)
                {
                    return await Conditional.ExistingAsync(call, work, call.IfNoneExist!) ?? BundleReferences.NothingFound;
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
            default:
                return target.Id.Length == 0 ? new FhirAnswer(204) : await Delete.InAsync(call with { Id = target.Id }, work);
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
