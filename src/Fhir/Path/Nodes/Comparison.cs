using Fhir.FhirPath.Values;

namespace Fhir.FhirPath.Nodes;

/// <summary>Order of items (N1 §6.2).</summary>
internal static class Comparison
{
    /// <summary>Negative, zero, positive, or null where precision or units leave it open; an execution error for types that have no common order.</summary>
    internal static int? Compare(in PathValue left, in PathValue right, int position)
    {
        var (l, r) = (Elements.ToSystem(left), Elements.ToSystem(right));
        if (l.Kind is PathKind.Integer or PathKind.Long && r.Kind is PathKind.Integer or PathKind.Long)
        {
            return l.AsLong.CompareTo(r.AsLong);
        }

        if (l.IsNumber && r.IsNumber)
        {
            return l.AsDecimal.CompareTo(r.AsDecimal);
        }

        if (l.Kind == PathKind.String && r.Kind == PathKind.String)
        {
            return Text(l.AsString, r.AsString);
        }

        if (l.IsTemporal && r.IsTemporal && (l.Kind == PathKind.Time) == (r.Kind == PathKind.Time))
        {
            return TemporalComparison.Compare(l.AsTemporal, r.AsTemporal);
        }

        if (Conversions.QuantityPair(l, r, out var a, out var b))
        {
            return PathQuantity.Compare(a, b);
        }

        // A Quantity with a comparator, without value or with a unit of its own stands in no known relation to another.
        if ((Elements.IsQuantity(l) && (r.IsNumber || Elements.IsQuantity(r))) || (Elements.IsQuantity(r) && l.IsNumber))
        {
            return null;
        }

        throw FhirPathException.Execution($"{Conversions.NameOf(l)} and {Conversions.NameOf(r)} cannot be compared", position);
    }

    /// <summary>Order by Unicode scalar values, which UTF-16 keeps except for surrogates.</summary>
    private static int Text(string left, string right)
    {
        var common = left.AsSpan().CommonPrefixLength(right);
        if (common == left.Length || common == right.Length)
        {
            return left.Length.CompareTo(right.Length);
        }

        var (a, b) = (left[common], right[common]);
        return char.IsSurrogate(a) == char.IsSurrogate(b) ? a.CompareTo(b) : char.IsSurrogate(a) ? 1 : -1;
    }
}

internal enum Relation
{
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

internal sealed class CompareNode(Node left, Node right, Relation relation, int position) : TruthNode(position)
{
    internal override Truth Test(Evaluation e)
    {
        var a = left.Single(e);
        var b = right.Single(e);
        if (a.IsNone || b.IsNone || Comparison.Compare(a, b, Position) is not { } order)
        {
            return Truth.Empty;
        }

        var holds = relation switch
        {
            Relation.Less => order < 0,
            Relation.LessOrEqual => order <= 0,
            Relation.Greater => order > 0,
            _ => order >= 0,
        };
        return holds ? Truth.True : Truth.False;
    }
}

internal sealed class EqualNode(Node left, Node right, bool negated, int position) : TruthNode(position)
{
    internal override Truth Test(Evaluation e)
    {
        var mark = e.Count;
        left.Eval(e);
        var middle = e.Count;
        if (middle == mark)
        {
            // The other side is still evaluated for its errors, as short cuts must not change the meaning.
            right.Any(e);
            return Truth.Empty;
        }

        if (right is LiteralNode literal && middle - mark == 1)
        {
            var item = e[mark];
            e.Cut(mark);
            return Of(Equality.Equal(e, item, literal.Value));
        }

        right.Eval(e);
        var result = e.Count == middle ? null
            : e.Count - middle == 1 && middle - mark == 1 ? Equality.Equal(e, e[mark], e[middle])
            : Equality.EqualCollections(e, mark, middle);
        e.Cut(mark);
        return Of(result);
    }

    private Truth Of(bool? equal) => negated ? Logic.Not(Logic.Of(equal)) : Logic.Of(equal);
}

internal sealed class EquivalentNode(Node left, Node right, bool negated, int position) : TruthNode(position)
{
    internal override Truth Test(Evaluation e)
    {
        var mark = e.Count;
        left.Eval(e);
        var middle = e.Count;
        right.Eval(e);
        var result = Equality.EquivalentCollections(e, mark, middle);
        e.Cut(mark);
        return result != negated ? Truth.True : Truth.False;
    }
}

/// <summary>in and contains: whether a collection holds an item.</summary>
internal sealed class MembershipNode(Node item, Node collection, int position) : TruthNode(position)
{
    internal override Truth Test(Evaluation e)
    {
        var value = item.Single(e);
        if (value.IsNone)
        {
            return Truth.Empty;
        }

        var mark = e.Count;
        collection.Eval(e);
        var found = Equality.Contains(e, mark, e.Count, value);
        e.Cut(mark);
        return found ? Truth.True : Truth.False;
    }
}
