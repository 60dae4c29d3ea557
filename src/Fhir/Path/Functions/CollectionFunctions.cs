using Fhir.FhirPath.Nodes;
using Fhir.FhirPath.Values;

namespace Fhir.FhirPath.Functions;

/// <summary>Existence, subsetting and combining (N1 §5.1, §5.3, §5.4).</summary>
internal static class CollectionFunctions
{
    internal static CollectionFunction Quantifier(bool wanted, bool all) => (e, start, call) =>
    {
        var result = all;
        for (var i = start; i < e.Count; i++)
        {
            var item = Elements.ToSystem(e[i]);
            if (item.Kind != PathKind.Boolean)
            {
                throw call.Error($"only Booleans are expected, not {Conversions.NameOf(item)}");
            }

            var matches = item.AsBoolean == wanted;
            result = all ? result && matches : result || matches;
        }

        Replace(e, start, PathValue.From(result));
    };

    internal static void SubsetOf(Evaluation e, int start, CallNode call)
    {
        var middle = e.Count;
        call.Arguments[0].Eval(e);
        Replace(e, start, PathValue.From(AllIn(e, start, middle, middle, e.Count)));
    }

    internal static void SupersetOf(Evaluation e, int start, CallNode call)
    {
        var middle = e.Count;
        call.Arguments[0].Eval(e);
        Replace(e, start, PathValue.From(AllIn(e, middle, e.Count, start, middle)));
    }

    internal static void Distinct(Evaluation e, int start, CallNode call) => Sets.Distinct(e, start);

    internal static void IsDistinct(Evaluation e, int start, CallNode call)
    {
        var count = e.Count;
        Sets.Distinct(e, start);
        Replace(e, start, PathValue.From(e.Count == count));
    }

    internal static void First(Evaluation e, int start, CallNode call) => e.Cut(Math.Min(e.Count, start + 1));

    internal static void Last(Evaluation e, int start, CallNode call)
    {
        if (e.Count > start)
        {
            e.Slide(e.Count - 1, start);
        }
    }

    internal static void Tail(Evaluation e, int start, CallNode call) => e.Slide(Math.Min(e.Count, start + 1), start);

    internal static void Single(Evaluation e, int start, CallNode call)
    {
        if (e.Count - start > 1)
        {
            throw call.Error($"there are {e.Count - start} items");
        }
    }

    internal static void Skip(Evaluation e, int start, CallNode call)
    {
        if (Number(e, call) is { } count)
        {
            e.Slide(start + Math.Clamp(count, 0, e.Count - start), start);
        }
        else
        {
            e.Cut(start);
        }
    }

    internal static void Take(Evaluation e, int start, CallNode call) =>
        e.Cut(start + (Number(e, call) is { } count ? Math.Clamp(count, 0, e.Count - start) : 0));

    internal static void Intersect(Evaluation e, int start, CallNode call)
    {
        Sets.Distinct(e, start);
        Filter(e, start, call, keepFound: true);
    }

    internal static void Exclude(Evaluation e, int start, CallNode call) => Filter(e, start, call, keepFound: false);

    internal static void Union(Evaluation e, int start, CallNode call)
    {
        call.Arguments[0].Eval(e);
        Sets.Distinct(e, start);
    }

    internal static void Combine(Evaluation e, int start, CallNode call) => call.Arguments[0].Eval(e);

    internal static void Coalesce(Evaluation e, int start, CallNode call)
    {
        e.Cut(start);
        foreach (var argument in call.Arguments)
        {
            argument.Eval(e);
            if (e.Count > start)
            {
                return;
            }
        }
    }

    /// <summary>Puts one result in the place of the input.</summary>
    internal static void Replace(Evaluation e, int start, in PathValue result)
    {
        e.Cut(start);
        e.Push(result);
    }

    private static void Filter(Evaluation e, int start, CallNode call, bool keepFound)
    {
        var end = e.Count;
        call.Arguments[0].Eval(e);
        var kept = start;
        for (var i = start; i < end; i++)
        {
            if (Equality.Contains(e, end, e.Count, e[i]) == keepFound)
            {
                e[kept++] = e[i];
            }
        }

        e.Cut(kept);
    }

    private static bool AllIn(Evaluation e, int from, int to, int otherFrom, int otherTo)
    {
        for (var i = from; i < to; i++)
        {
            if (!Equality.Contains(e, otherFrom, otherTo, e[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static int? Number(Evaluation e, CallNode call)
    {
        var value = call.Arguments[0].SingleValue(e);
        return value.IsNone ? null : StringFunctions.Whole(value, call);
    }
}
