using Fhir.FhirPath.Values;

namespace Fhir.FhirPath.Nodes;

/// <summary>A property of each item of the source, or of $this.</summary>
internal sealed class MemberNode(Node? source, string name, int position) : Node(position)
{
    internal override void Eval(Evaluation e)
    {
        if (source is null)
        {
            Elements.PushChildren(e, e.This, name);
            return;
        }

        var mark = e.Count;
        source.Eval(e);
        var end = e.Count;
        for (var i = mark; i < end; i++)
        {
            e.Step();
            Elements.PushChildren(e, e[i], name);
        }

        e.Slide(end, mark);
    }

    internal override int CountItems(Evaluation e) => source is null ? Elements.CountChildren(e.This, name) : base.CountItems(e);

    internal override bool Any(Evaluation e)
    {
        if (source is null)
        {
            return Elements.HasChild(e.This, name);
        }

        var mark = e.Count;
        source.Eval(e);
        var found = false;
        for (var i = mark; i < e.Count && !found; i++)
        {
            e.Step();
            found = Elements.HasChild(e[i], name);
        }

        e.Cut(mark);
        return found;
    }
}

internal sealed class IndexerNode(Node source, Node index, int position) : SingleNode(position)
{
    internal override PathValue Single(Evaluation e)
    {
        var mark = e.Count;
        source.Eval(e);
        var at = index.SingleValue(e);
        if (!at.IsNone && at.Kind != PathKind.Integer)
        {
            throw FhirPathException.Execution("the index is no Integer", Position);
        }

        var item = !at.IsNone && at.AsLong >= 0 && at.AsLong < e.Count - mark ? e[mark + (int)at.AsLong] : default;
        e.Cut(mark);
        return item;
    }
}

/// <summary>The union of two collections without duplicates.</summary>
internal sealed class UnionNode(Node left, Node right, int position) : Node(position)
{
    internal Node Left => left;

    internal Node Right => right;

    internal override void Eval(Evaluation e)
    {
        var mark = e.Count;
        left.Eval(e);
        right.Eval(e);
        Sets.Distinct(e, mark);
    }

    internal override bool Any(Evaluation e)
    {
        // Both sides are evaluated for their errors.
        var first = left.Any(e);
        return right.Any(e) || first;
    }
}

/// <summary>exists(), with or without criteria, and empty().</summary>
internal sealed class ExistsNode(Node? source, Node? criteria, bool negated, int position) : TruthNode(position)
{
    internal override Truth Test(Evaluation e) => Found(e) != negated ? Truth.True : Truth.False;

    private bool Found(Evaluation e)
    {
        if (criteria is null)
        {
            return source is null ? !e.This.IsNone : source.Any(e);
        }

        var scope = new Scope(e, source);
        var found = false;
        while (scope.Next() && !found)
        {
            found = criteria.Test(e) == Truth.True;
        }

        scope.Close();
        return found;
    }
}

/// <summary>all().</summary>
internal sealed class AllNode(Node? source, Node criteria, int position) : TruthNode(position)
{
    internal override Truth Test(Evaluation e)
    {
        var scope = new Scope(e, source);
        var all = true;
        while (all && scope.Next())
        {
            all = criteria.Test(e) == Truth.True;
        }

        scope.Close();
        return all ? Truth.True : Truth.False;
    }
}

/// <summary>where().</summary>
internal sealed class WhereNode(Node? source, Node criteria, int position) : Node(position)
{
    internal override void Eval(Evaluation e)
    {
        var scope = new Scope(e, source);
        var kept = scope.Start;
        while (scope.Next())
        {
            if (criteria.Test(e) == Truth.True)
            {
                e[kept++] = e.This;
            }
        }

        scope.Close(kept);
    }

    internal override bool Any(Evaluation e)
    {
        var scope = new Scope(e, source);
        var found = false;
        while (scope.Next())
        {
            found |= criteria.Test(e) == Truth.True;
        }

        scope.Close();
        return found;
    }
}

/// <summary>select().</summary>
internal sealed class SelectNode(Node? source, Node projection, int position) : Node(position)
{
    internal override void Eval(Evaluation e)
    {
        var scope = new Scope(e, source);
        while (scope.Next())
        {
            projection.Eval(e);
        }

        scope.CloseKeeping();
    }
}

/// <summary>iif(): only the branch that is chosen is evaluated.</summary>
internal sealed class IifNode(Node? source, Node criterion, Node whenTrue, Node? otherwise, int position) : Node(position)
{
    internal override void Eval(Evaluation e)
    {
        var outer = e.This;
        if (source is not null)
        {
            e.This = source.Single(e);
        }

        if (criterion.Test(e) == Truth.True)
        {
            whenTrue.Eval(e);
        }
        else
        {
            otherwise?.Eval(e);
        }

        e.This = outer;
    }
}

/// <summary>count().</summary>
internal sealed class CountNode(Node? source, int position) : SingleNode(position)
{
    internal override PathValue Single(Evaluation e) => PathValue.From(source?.CountItems(e) ?? (e.This.IsNone ? 0 : 1));
}

/// <summary>children().</summary>
internal sealed class ChildrenNode(Node? source, int position) : Node(position)
{
    internal override void Eval(Evaluation e)
    {
        var mark = e.Count;
        if (source is null)
        {
            e.Push(e.This);
        }
        else
        {
            source.Eval(e);
        }

        var end = e.Count;
        for (var i = mark; i < end; i++)
        {
            if (e[i].IsElement)
            {
                Elements.PushChildren(e, e[i].AsElement);
            }
        }

        e.Slide(end, mark);
    }

    internal override int CountItems(Evaluation e) => source is null && e.This.IsElement ? e.This.AsElement.ChildSpan.Length : base.CountItems(e);
}

/// <summary>hasValue(): a single primitive with a value.</summary>
internal sealed class HasValueNode(Node? source, int position) : TruthNode(position)
{
    internal override Truth Test(Evaluation e)
    {
        if (source is null)
        {
            return Elements.HasValue(e.This) ? Truth.True : Truth.False;
        }

        var mark = e.Count;
        source.Eval(e);
        var has = e.Count - mark == 1 && Elements.HasValue(e[mark]);
        e.Cut(mark);
        return has ? Truth.True : Truth.False;
    }
}
