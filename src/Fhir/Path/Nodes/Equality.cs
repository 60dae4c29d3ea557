using System.Text;
using Fhir.FhirPath.Values;
using Fhir.Ucum;

namespace Fhir.FhirPath.Nodes;

/// <summary>Equality (=) and equivalence (~) of items and collections (N1 §6.1).</summary>
internal static class Equality
{
    /// <summary>True, false, or null where precision or units leave it open.</summary>
    internal static bool? Equal(Evaluation e, in PathValue left, in PathValue right)
    {
        e.Step();
        if (left.IsElement && right.IsElement)
        {
            if (ReferenceEquals(left.AsElement, right.AsElement))
            {
                return true;
            }

            if (!Elements.IsPrimitive(left.AsElement) || !Elements.IsPrimitive(right.AsElement))
            {
                return Elements.IsQuantityPair(left, right, out var a, out var b) ? Of(PathQuantity.Compare(a, b)) : DeepEqual(e, left, right);
            }
        }

        return SystemEqual(Elements.ToSystem(left), Elements.ToSystem(right));
    }

    internal static bool? SystemEqual(in PathValue left, in PathValue right)
    {
        if (left.Kind == right.Kind)
        {
            return left.Kind switch
            {
                PathKind.String => left.AsString == right.AsString,
                PathKind.Boolean => left.AsBoolean == right.AsBoolean,
                PathKind.Integer or PathKind.Long => left.AsLong == right.AsLong,
                PathKind.Decimal => left.AsDecimal == right.AsDecimal,
                PathKind.Quantity => Of(PathQuantity.Compare(left.AsQuantity, right.AsQuantity)),
                PathKind.TypeInfo => left.AsType == right.AsType,
                PathKind.Element => false,
                _ => Of(TemporalComparison.Compare(left.AsTemporal, right.AsTemporal)),
            };
        }

        if (left.IsNumber && right.IsNumber)
        {
            return left.AsDecimal == right.AsDecimal;
        }

        if (left.Kind is PathKind.Date or PathKind.DateTime && right.Kind is PathKind.Date or PathKind.DateTime)
        {
            return Of(TemporalComparison.Compare(left.AsTemporal, right.AsTemporal));
        }

        return Conversions.QuantityPair(left, right, out var a, out var b) ? Of(PathQuantity.Compare(a, b)) : false;
    }

    internal static bool Equivalent(Evaluation e, in PathValue left, in PathValue right)
    {
        e.Step();
        if (left.IsElement && right.IsElement && (!Elements.IsPrimitive(left.AsElement) || !Elements.IsPrimitive(right.AsElement)))
        {
            return Elements.IsQuantityPair(left, right, out var a, out var b)
                ? PathQuantity.Equivalent(a, b) ?? false
                : DeepEquivalent(e, left, right);
        }

        var (l, r) = (Elements.ToSystem(left), Elements.ToSystem(right));
        if (l.IsNumber && r.IsNumber)
        {
            return Numbers.Equivalent(l.AsDecimal, r.AsDecimal);
        }

        if (l.Kind == PathKind.String && r.Kind == PathKind.String)
        {
            return EquivalentText(l.AsString, r.AsString);
        }

        return Conversions.QuantityPair(l, r, out var x, out var y) ? PathQuantity.Equivalent(x, y) ?? false : SystemEqual(l, r) ?? false;
    }

    /// <summary>Equality of the collections [left, right) and [right, top) of the stack.</summary>
    internal static bool? EqualCollections(Evaluation e, int left, int right)
    {
        var count = right - left;
        if (count != e.Count - right)
        {
            return false;
        }

        bool? all = true;
        for (var i = 0; i < count; i++)
        {
            var pair = Equal(e, e[left + i], e[right + i]);
            if (pair == false)
            {
                return false;
            }

            all = pair is null ? null : all;
        }

        return all;
    }

    /// <summary>Equivalence of the same collections, whatever their order.</summary>
    internal static bool EquivalentCollections(Evaluation e, int left, int right)
    {
        var count = right - left;
        if (count != e.Count - right)
        {
            return false;
        }

        var unmatched = e.Count;
        for (var i = left; i < right; i++)
        {
            var found = -1;
            for (var j = right; j < unmatched && found < 0; j++)
            {
                found = Equivalent(e, e[i], e[j]) ? j : -1;
            }

            if (found < 0)
            {
                return false;
            }

            e[found] = e[--unmatched];
        }

        return true;
    }

    /// <summary>Whether an equal item stands in [from, to) of the stack.</summary>
    internal static bool Contains(Evaluation e, int from, int to, PathValue item)
    {
        for (var i = from; i < to; i++)
        {
            if (Equal(e, e[i], item) == true)
            {
                return true;
            }
        }

        return false;
    }

    private static bool? Of(int? order) => order is null ? null : order == 0;

    private static bool? DeepEqual(Evaluation e, in PathValue left, in PathValue right)
    {
        if (Elements.TypeName(left.AsElement) != Elements.TypeName(right.AsElement))
        {
            return false;
        }

        var mark = e.Count;
        Elements.PushChildren(e, left.AsElement);
        var middle = e.Count;
        Elements.PushChildren(e, right.AsElement);
        bool? result = Elements.SameNames(e, mark, middle) ? EqualCollections(e, mark, middle) : false;
        e.Cut(mark);
        return result;
    }

    private static bool DeepEquivalent(Evaluation e, in PathValue left, in PathValue right)
    {
        if (Elements.TypeName(left.AsElement) != Elements.TypeName(right.AsElement))
        {
            return false;
        }

        var mark = e.Count;
        Elements.PushChildren(e, left.AsElement);
        var middle = e.Count;
        Elements.PushChildren(e, right.AsElement);
        var same = EquivalentCollections(e, mark, middle);
        e.Cut(mark);
        return same;
    }

    private static bool EquivalentText(string left, string right)
    {
        if (left.Length != right.Length)
        {
            return Normalize(left) == Normalize(right);
        }

        for (var i = 0; i < left.Length; i++)
        {
            if (left[i] != right[i] && !(char.IsWhiteSpace(left[i]) && char.IsWhiteSpace(right[i]))
                && char.ToUpperInvariant(left[i]) != char.ToUpperInvariant(right[i]))
            {
                return Normalize(left) == Normalize(right);
            }
        }

        return true;
    }

    private static string Normalize(string text)
    {
        var normal = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            normal.Append(Rune.IsWhiteSpace(rune) ? " " : Rune.ToUpperInvariant(rune).ToString());
        }

        return normal.ToString();
    }
}
