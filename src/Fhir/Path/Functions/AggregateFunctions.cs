using Fhir.FhirPath.Nodes;
using Fhir.FhirPath.Values;

namespace Fhir.FhirPath.Functions;

/// <summary>sum, min, max, avg (FHIRPath 3 STU).</summary>
internal static class AggregateFunctions
{
    internal static void Sum(Evaluation e, int start, CallNode call)
    {
        if (e.Count > start)
        {
            CollectionFunctions.Replace(e, start, Total(e, start, call));
        }
    }

    internal static void Average(Evaluation e, int start, CallNode call)
    {
        var count = e.Count - start;
        if (count == 0)
        {
            return;
        }

        var total = Total(e, start, call);
        e.Cut(start);
        if (!total.IsNone)
        {
            e.Push(total.Kind == PathKind.Quantity
                ? PathValue.From(total.AsQuantity with { Value = total.AsQuantity.Value / count })
                : PathValue.From(total.AsDecimal / count));
        }
    }

    internal static CollectionFunction Extreme(bool least) => (e, start, call) =>
    {
        if (e.Count == start)
        {
            return;
        }

        var best = e[start];
        for (var i = start + 1; i < e.Count; i++)
        {
            e.Step();
            if (Comparison.Compare(e[i], best, call.Position) is not { } order)
            {
                e.Cut(start);
                return;
            }

            best = order != 0 && (order < 0) == least ? e[i] : best;
        }

        CollectionFunctions.Replace(e, start, Elements.ToSystem(best));
    };

    private static PathValue Total(Evaluation e, int start, CallNode call)
    {
        var total = Elements.ToSystem(e[start]);
        for (var i = start; i < e.Count; i++)
        {
            e.Step();
            var item = Elements.ToSystem(e[i]);
            if (!item.IsNumber && item.Kind != PathKind.Quantity)
            {
                throw call.Error($"numbers or quantities are expected, not {Conversions.NameOf(item)}");
            }

            if (i > start && !total.IsNone)
            {
                total = new ArithmeticNode("+", new LiteralNode(total, call.Position), new LiteralNode(item, call.Position), call.Position).Single(e);
            }
        }

        return total;
    }
}
