using Fhir.FhirPath.Values;

namespace Fhir.FhirPath.Nodes;

/// <summary>
/// Walks the items of a source as $this with their $index (N1 §5, scoped functions). An exception leaves the scope open, which is harmless: it ends the evaluation.
/// </summary>
internal ref struct Scope
{
    private readonly Evaluation _e;
    private readonly PathValue _outerThis;
    private readonly int _outerIndex;
    private readonly Variable? _outerVariables;
    private readonly int _end;
    private int _next;

    internal Scope(Evaluation e, Node? source)
    {
        _e = e;
        _outerThis = e.This;
        _outerIndex = e.Index;
        Start = _next = e.Count;
        if (source is not null)
        {
            source.Eval(e);
        }
        else if (!e.This.IsNone)
        {
            e.Push(e.This);
        }

        _outerVariables = e.Variables;
        _end = e.Count;
    }

    internal int Start { get; }

    internal bool Next()
    {
        if (_next >= _end)
        {
            return false;
        }

        _e.Step();
        _e.This = _e[_next];
        _e.Index = _next - Start;
        _e.Variables = _outerVariables;
        _next++;
        return true;
    }

    /// <summary>Drops the source's items and restores the outer scope.</summary>
    internal readonly void Close()
    {
        Restore();
        _e.Cut(Start);
    }

    /// <summary>Restores the outer scope and keeps the items below a mark.</summary>
    internal readonly void Close(int kept)
    {
        Restore();
        _e.Cut(kept);
    }

    /// <summary>Drops the source's items but keeps what was pushed after them.</summary>
    internal readonly void CloseKeeping()
    {
        Restore();
        _e.Slide(_end, Start);
    }

    private readonly void Restore()
    {
        _e.This = _outerThis;
        _e.Index = _outerIndex;
        _e.Variables = _outerVariables;
    }
}
