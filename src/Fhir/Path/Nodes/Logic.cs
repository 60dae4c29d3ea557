using Fhir.FhirPath.Values;

namespace Fhir.FhirPath.Nodes;

/// <summary>Boolean operators in three-valued logic (N1 §6.5).</summary>
internal static class Logic
{
    internal static Truth Of(in PathValue value)
    {
        if (value.Kind == PathKind.Boolean)
        {
            return value.AsBoolean ? Truth.True : Truth.False;
        }

        if (value.IsNone)
        {
            return Truth.Empty;
        }

        if (value.IsElement)
        {
            var system = Elements.ToSystem(value);
            return system.Kind == PathKind.Boolean && !system.AsBoolean ? Truth.False : Truth.True;
        }

        return Truth.True;
    }

    internal static Truth Of(bool? value) => value is null ? Truth.Empty : value.Value ? Truth.True : Truth.False;

    internal static Truth Not(Truth value) => value switch { Truth.True => Truth.False, Truth.False => Truth.True, _ => Truth.Empty };
}

internal sealed class AndNode(Node left, Node right, int position) : TruthNode(position)
{
    internal override Truth Test(Evaluation e)
    {
        var a = left.Test(e);
        if (a == Truth.False)
        {
            return Truth.False;
        }

        var b = right.Test(e);
        return b == Truth.False ? Truth.False : a == Truth.True ? b : Truth.Empty;
    }
}

internal sealed class OrNode(Node left, Node right, int position) : TruthNode(position)
{
    internal override Truth Test(Evaluation e)
    {
        var a = left.Test(e);
        if (a == Truth.True)
        {
            return Truth.True;
        }

        var b = right.Test(e);
        return b == Truth.True ? Truth.True : a == Truth.False ? b : Truth.Empty;
    }
}

internal sealed class XorNode(Node left, Node right, int position) : TruthNode(position)
{
    internal override Truth Test(Evaluation e)
    {
        var a = left.Test(e);
        var b = right.Test(e);
        return a == Truth.Empty || b == Truth.Empty ? Truth.Empty : a != b ? Truth.True : Truth.False;
    }
}

internal sealed class ImpliesNode(Node left, Node right, int position) : TruthNode(position)
{
    internal override Truth Test(Evaluation e)
    {
        var a = left.Test(e);
        if (a == Truth.False)
        {
            return Truth.True;
        }

        var b = right.Test(e);
        return a == Truth.True ? b : b == Truth.True ? Truth.True : Truth.Empty;
    }
}

internal sealed class NotNode(Node source, int position) : TruthNode(position)
{
    internal override Truth Test(Evaluation e) => Logic.Not(source.Test(e));
}
