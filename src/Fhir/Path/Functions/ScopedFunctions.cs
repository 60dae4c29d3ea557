using System.Runtime.ExceptionServices;
using Fhir.FhirPath.Nodes;
using Fhir.FhirPath.Values;

namespace Fhir.FhirPath.Functions;

/// <summary>Functions that evaluate an argument for each item: repeat, aggregate, sort, trace, defineVariable (N1 §5.2, §5.9, §7).</summary>
internal static class ScopedFunctions
{
    internal static CollectionFunction Repeat(bool distinct) => (e, start, call) =>
    {
        var outer = e.This;
        var end = e.Count;
        var next = start;

        // [start, end) is the input, what follows the output; every item of both is projected once, the output while it grows.
        while (next < e.Count)
        {
            e.Step();
            e.This = e[next++];
            var found = e.Count;
            call.Arguments[0].Eval(e);
            if (distinct)
            {
                KeepNew(e, end, found);
            }
        }

        e.This = outer;
        e.Slide(end, start);
    };

    internal static void Aggregate(Evaluation e, int start, CallNode call)
    {
        var (outerThis, outerIndex, outerTotal) = (e.This, e.Index, e.Total);
        var end = e.Count;
        if (call.Arguments.Length > 1)
        {
            call.Arguments[1].Eval(e);
        }

        var total = e.Items(end).ToArray();
        e.Cut(end);
        for (var i = start; i < end; i++)
        {
            e.Step();
            (e.This, e.Index, e.Total) = (e[i], i - start, total);
            call.Arguments[0].Eval(e);
            total = e.Items(end).ToArray();
            e.Cut(end);
        }

        (e.This, e.Index, e.Total) = (outerThis, outerIndex, outerTotal);
        e.Cut(start);
        foreach (var item in total)
        {
            e.Push(item);
        }
    }

    internal static void Sort(Evaluation e, int start, CallNode call)
    {
        var outer = e.This;
        var count = e.Count - start;
        var rows = new (PathValue Item, PathValue[] Keys)[count];
        for (var i = 0; i < count; i++)
        {
            e.Step();
            e.This = e[start + i];
            rows[i] = (e.This, call.Arguments.Length == 0 ? [Elements.ToSystem(e.This)] : [.. call.Arguments.Select(key => key.SingleValue(e))]);
        }

        e.This = outer;
        e.Cut(start);
        foreach (var row in Ordered(rows, (a, b) => CompareKeys(e, a, b, call)))
        {
            e.Push(row.Item);
        }
    }

    internal static void Trace(Evaluation e, int start, CallNode call)
    {
        var name = call.Arguments[0].SingleValue(e);
        if (e.Environment.Trace is not { } trace)
        {
            return;
        }

        var end = e.Count;
        if (call.Arguments.Length > 1)
        {
            var (outerThis, outerIndex) = (e.This, e.Index);
            for (var i = start; i < end; i++)
            {
                (e.This, e.Index) = (e[i], i - start);
                call.Arguments[1].Eval(e);
            }

            (e.This, e.Index) = (outerThis, outerIndex);
        }

        trace(name.ToString(), e.Items(call.Arguments.Length > 1 ? end : start).ToArray());
        e.Cut(end);
    }

    internal static void DefineVariable(Evaluation e, int start, CallNode call)
    {
        var name = StringFunctions.Text(call.Arguments[0].SingleValue(e), call);
        for (var known = e.Variables; known is not null; known = known.Outer)
        {
            if (known.Name == name)
            {
                throw call.Error($"the variable %{name} is defined already");
            }
        }

        if (name is "context" or "resource" or "rootResource" or "ucum" or "sct" or "loinc" || e.Environment.Variables?.ContainsKey(name) == true)
        {
            throw call.Error($"the variable %{name} is given by the environment");
        }

        var end = e.Count;
        if (call.Arguments.Length > 1)
        {
            var outer = e.Focus;
            e.Focus = e.Items(start).ToArray();
            call.Arguments[1].Eval(e);
            e.Focus = outer;
        }

        e.Variables = new Variable(name, e.Items(call.Arguments.Length > 1 ? end : start).ToArray(), e.Variables);
        e.Cut(end);
    }

    private static (PathValue Item, PathValue[] Keys)[] Ordered((PathValue Item, PathValue[] Keys)[] rows, Comparison<PathValue[]> compare)
    {
        try
        {
            return [.. rows.OrderBy(r => r.Keys, Comparer<PathValue[]>.Create(compare))];
        }
        catch (InvalidOperationException e) when (e.InnerException is FhirPathException or OperationCanceledException)
        {
            // Sorting wraps what the comparison throws.
            ExceptionDispatchInfo.Throw(e.InnerException);
            throw;
        }
    }

    private static void KeepNew(Evaluation e, int outputStart, int found)
    {
        var kept = found;
        for (var i = found; i < e.Count; i++)
        {
            if (!Equality.Contains(e, outputStart, kept, e[i]))
            {
                e[kept++] = e[i];
            }
        }

        e.Cut(kept);
    }

    private static int CompareKeys(Evaluation e, PathValue[] left, PathValue[] right, CallNode call)
    {
        for (var i = 0; i < left.Length; i++)
        {
            e.Step();
            var order = left[i].IsNone || right[i].IsNone
                ? (left[i].IsNone ? 0 : 1) - (right[i].IsNone ? 0 : 1)
                : Comparison.Compare(left[i], right[i], call.Position) ?? 0;
            if (order != 0)
            {
                return i < call.Descending.Length && call.Descending[i] ? -order : order;
            }
        }

        return 0;
    }
}
