using Fhir.FhirPath.Values;

namespace Fhir.FhirPath.Nodes;

/// <summary>Three-valued logic: empty is unknown.</summary>
internal enum Truth : sbyte
{
    False = 0,
    True = 1,
    Empty = -1,
}

/// <summary>
/// A compiled expression. <see cref="Eval"/> pushes the resulting items; the other forms are shortcuts that give the same answer without pushing.
/// Nodes are immutable and shared by threads.
/// </summary>
internal abstract class Node(int position)
{
    internal int Position { get; } = position;

    internal abstract void Eval(Evaluation e);

    /// <summary>The only item, or None; an error if there are several.</summary>
    internal virtual PathValue Single(Evaluation e)
    {
        var mark = e.Count;
        Eval(e);
        return e.PopSingle(mark, this);
    }

    /// <summary>The only item as a System value where it has one.</summary>
    internal PathValue SingleValue(Evaluation e) => Elements.ToSystem(Single(e));

    /// <summary>Singleton evaluation as Boolean (N1 §4.5): an item that is no Boolean counts as true.</summary>
    internal virtual Truth Test(Evaluation e) => Logic.Of(Single(e));

    internal virtual int CountItems(Evaluation e)
    {
        var mark = e.Count;
        Eval(e);
        var count = e.Count - mark;
        e.Cut(mark);
        return count;
    }

    internal virtual bool Any(Evaluation e)
    {
        var mark = e.Count;
        Eval(e);
        var any = e.Count > mark;
        e.Cut(mark);
        return any;
    }
}

/// <summary>A node whose result is a Boolean or nothing.</summary>
internal abstract class TruthNode(int position) : Node(position)
{
    internal abstract override Truth Test(Evaluation e);

    internal sealed override void Eval(Evaluation e)
    {
        var truth = Test(e);
        if (truth != Truth.Empty)
        {
            e.Push(truth == Truth.True);
        }
    }

    internal sealed override PathValue Single(Evaluation e) => Test(e) switch
    {
        Truth.Empty => default,
        var truth => PathValue.From(truth == Truth.True),
    };

    internal sealed override bool Any(Evaluation e) => Test(e) != Truth.Empty;
}

/// <summary>A node whose result is at most one item.</summary>
internal abstract class SingleNode(int position) : Node(position)
{
    internal abstract override PathValue Single(Evaluation e);

    internal sealed override void Eval(Evaluation e)
    {
        var value = Single(e);
        if (!value.IsNone)
        {
            e.Push(value);
        }
    }
}
