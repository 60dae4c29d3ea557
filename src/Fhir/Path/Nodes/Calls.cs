using Fhir.FhirPath.Values;

namespace Fhir.FhirPath.Nodes;

/// <summary>A function on a collection: its input lies on the stack from <paramref name="start"/>, where its result is left in its place.</summary>
internal delegate void CollectionFunction(Evaluation e, int start, CallNode call);

/// <summary>A function on one System value or element with up to three arguments; None for nothing.</summary>
internal delegate PathValue ScalarFunction(Evaluation e, in PathValue input, ReadOnlySpan<PathValue> arguments, CallNode call);

internal abstract class CallNode(string name, Node? source, Node[] arguments, int position) : Node(position)
{
    internal string Name => name;

    protected Node? Source => source;

    internal Node[] Arguments => arguments;

    /// <summary>For sort(): which keys descend.</summary>
    internal bool[] Descending { get; init; } = [];

    internal FhirPathException Error(string message) => FhirPathException.Execution($"{name}(): {message}", Position);
}

internal sealed class CollectionCallNode(string name, Node? source, Node[] arguments, CollectionFunction function, int position)
    : CallNode(name, source, arguments, position)
{
    internal Node? Input => Source;

    internal override void Eval(Evaluation e)
    {
        var mark = e.Count;
        if (Source is not null)
        {
            Source.Eval(e);
        }
        else if (!e.This.IsNone)
        {
            e.Push(e.This);
        }

        function(e, mark, this);
    }
}

/// <summary>How a scalar function takes its operands.</summary>
[Flags]
internal enum Operands
{
    /// <summary>Input and arguments as System values; nothing in, nothing out.</summary>
    Values = 0,

    /// <summary>The input stays an element.</summary>
    ElementInput = 1,

    /// <summary>An argument that is empty is passed on as None.</summary>
    EmptyArguments = 2,
}

internal sealed class ScalarCallNode(string name, Node? source, Node[] arguments, ScalarFunction function, Operands operands, int position)
    : CallNode(name, source, arguments, position)
{
    internal override void Eval(Evaluation e)
    {
        var result = Single(e);
        if (!result.IsNone)
        {
            e.Push(result);
        }
    }

    internal override PathValue Single(Evaluation e)
    {
        var input = Source is null ? e.This : Source.Single(e);
        if (!operands.HasFlag(Operands.ElementInput))
        {
            input = Elements.ToSystem(input);
        }

        var values = new Values3();
        var complete = !input.IsNone;
        for (var i = 0; i < Arguments.Length; i++)
        {
            values[i] = Arguments[i].SingleValue(e);
            complete &= !values[i].IsNone || operands.HasFlag(Operands.EmptyArguments);
        }

        return complete ? function(e, input, ((ReadOnlySpan<PathValue>)values)[..Arguments.Length], this) : default;
    }

    [System.Runtime.CompilerServices.InlineArray(3)]
    private struct Values3
    {
        private PathValue _first;
    }
}
