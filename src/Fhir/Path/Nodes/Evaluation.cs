using Fhir.FhirPath.Values;
using Fhir.Model;

namespace Fhir.FhirPath.Nodes;

/// <summary>
/// The state of one evaluation: a stack of items that all nodes push their results on, the scope ($this, $index, $total, variables), and what is left of the
/// limits. Reused by one thread at a time, so that an evaluation allocates nothing of its own.
/// </summary>
internal sealed class Evaluation
{
    private const int StepsBetweenClockReads = 4096;

    [ThreadStatic]
    private static Evaluation? t_idle;

    private PathValue[] _items = new PathValue[32];
    private int _highest;
    private long _stepsLeft;
    private int _stepsToClock;
    private long _deadline;

    internal PathValue This;

    internal int Index { get; set; }

    internal PathValue[]? Total { get; set; }

    internal Variable? Variables { get; set; }

    internal PathValue[] Focus { get; set; } = [];

    internal FhirPathEnvironment Environment { get; private set; } = FhirPathEnvironment.Default;

    internal PathValue Context { get; private set; }

    internal int Count { get; private set; }

    internal DateTimeOffset Now => _now ??= Environment.Clock.GetLocalNow();

    private DateTimeOffset? _now;

    internal ref PathValue this[int index] => ref _items[index];

    internal static Evaluation Rent(in PathValue context, FhirPathEnvironment environment)
    {
        var evaluation = t_idle ?? new Evaluation();
        t_idle = null;
        evaluation.This = context;
        evaluation.Context = context;
        evaluation.Environment = environment;
        evaluation._stepsLeft = environment.Limits.Steps;
        evaluation._stepsToClock = StepsBetweenClockReads;
        evaluation._deadline = 0;
        return evaluation;
    }

    internal void Return()
    {
        // No item may outlive its evaluation in here: it would keep a whole resource in memory.
        Array.Clear(_items, 0, _highest);
        Count = _highest = 0;
        This = default;
        Context = default;
        Index = 0;
        Total = null;
        Variables = null;
        Focus = [];
        Environment = FhirPathEnvironment.Default;
        _now = null;
        if (_items.Length <= 4096)
        {
            t_idle = this;
        }
    }

    internal void Push(in PathValue value)
    {
        if (Count == _items.Length)
        {
            Grow();
        }

        _items[Count++] = value;
        if (Count > _highest)
        {
            _highest = Count;
        }
    }

    internal void Push(Element element) => Push(PathValue.From(element));

    internal void Push(bool value) => Push(PathValue.From(value));

    /// <summary>Drops everything above a mark.</summary>
    internal void Cut(int mark) => Count = mark;

    /// <summary>Moves the items from <paramref name="from"/> upwards down to <paramref name="to"/>.</summary>
    internal void Slide(int from, int to)
    {
        var length = Count - from;
        if (from != to && length > 0)
        {
            Array.Copy(_items, from, _items, to, length);
        }

        Count = to + length;
    }

    internal ReadOnlySpan<PathValue> Items(int from) => _items.AsSpan(from, Count - from);

    /// <summary>Counts one unit of work against the limits.</summary>
    internal void Step()
    {
        _stepsLeft--;
        if (--_stepsToClock <= 0)
        {
            ReadClock();
        }
    }

    internal PathValue PopSingle(int mark, Node node)
    {
        var count = Count - mark;
        if (count > 1)
        {
            throw FhirPathException.Execution($"one item is expected, but there are {count}", node.Position);
        }

        var value = count == 0 ? default : _items[mark];
        Count = mark;
        return value;
    }

    internal void CheckLength(long characters)
    {
        if (characters > Environment.Limits.StringLength)
        {
            throw FhirPathException.Execution($"a string of more than {Environment.Limits.StringLength} characters results");
        }
    }

    private void Grow()
    {
        if (_items.Length >= Environment.Limits.Items)
        {
            throw FhirPathException.Execution($"the evaluation holds more than {Environment.Limits.Items} items");
        }

        Array.Resize(ref _items, _items.Length * 2);
    }

    private void ReadClock()
    {
        _stepsToClock = StepsBetweenClockReads;
        if (_stepsLeft < 0)
        {
            throw FhirPathException.Execution("the evaluation takes too many steps");
        }

        var now = System.Environment.TickCount64;
        if (_deadline == 0)
        {
            _deadline = now + (long)Environment.Limits.Time.TotalMilliseconds;
        }
        else if (now > _deadline)
        {
            throw FhirPathException.Execution("the evaluation takes too long");
        }

        Environment.Cancellation.ThrowIfCancellationRequested();
    }
}

/// <summary>A variable that defineVariable() added, and those defined before it.</summary>
internal sealed record Variable(string Name, PathValue[] Value, Variable? Outer);
