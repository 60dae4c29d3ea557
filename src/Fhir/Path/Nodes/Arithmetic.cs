using Fhir.FhirPath.Values;
using Fhir.Ucum;

namespace Fhir.FhirPath.Nodes;

/// <summary>+ - * / div mod (N1 §6.6). Overflow and division by zero give nothing; operands that do not fit are an execution error.</summary>
internal sealed class ArithmeticNode(string operation, Node left, Node right, int position) : SingleNode(position)
{
    internal override PathValue Single(Evaluation e)
    {
        var a = left.SingleValue(e);
        var b = right.SingleValue(e);
        if (a.IsNone || b.IsNone)
        {
            return default;
        }

        try
        {
            return Compute(e, a, b);
        }
        catch (OverflowException)
        {
            return default;
        }
    }

    private static PathValue Numeric(string operation, in PathValue a, in PathValue b)
    {
        if (operation == "/")
        {
            return b.AsDecimal == 0 ? default : PathValue.From(a.AsDecimal / b.AsDecimal);
        }

        if (operation is "div" or "mod" && b.AsDecimal == 0)
        {
            return default;
        }

        if (a.Kind == PathKind.Decimal || b.Kind == PathKind.Decimal)
        {
            var (x, y) = (a.AsDecimal, b.AsDecimal);
            return operation switch
            {
                "+" => PathValue.From(x + y),
                "-" => PathValue.From(x - y),
                "*" => PathValue.From(x * y),
                "div" => Whole(decimal.Truncate(x / y)),
                _ => PathValue.From(x % y),
            };
        }

        var (m, n) = (a.AsLong, b.AsLong);
        var result = operation switch
        {
            "+" => checked(m + n),
            "-" => checked(m - n),
            "*" => checked(m * n),
            "div" => n == -1 ? checked(-m) : m / n,
            _ => n == -1 ? 0 : m % n,
        };
        return a.Kind == PathKind.Long || b.Kind == PathKind.Long ? PathValue.FromLong(result) : PathValue.From(checked((int)result));
    }

    private static PathValue Whole(decimal value) => PathValue.From(decimal.ToInt32(value));

    private static PathValue Quantities(string operation, PathQuantity a, PathQuantity b)
    {
        if (operation is "+" or "-")
        {
            var (target, other) = a.Unit == "1" && b.Unit != "1" ? (a with { Unit = b.Unit }, b) : b.Unit == "1" ? (a, b with { Unit = a.Unit }) : (a, b);
            return PathQuantity.InUnitOf(target, other) is { } value
                ? PathValue.From(target with { Value = operation == "+" ? target.Value + value : target.Value - value })
                : default;
        }

        var divides = operation == "/";
        if (divides && b.Value == 0)
        {
            return default;
        }

        var unit = b.Unit == "1" ? a.Unit
            : a.Unit == "1" && !divides ? b.Unit
            : a.IsCalendar || b.IsCalendar ? null
            : divides ? UnitsOfMeasure.Divide(a.Unit, b.Unit) : UnitsOfMeasure.Multiply(a.Unit, b.Unit);
        return unit is null ? default : PathValue.From(new PathQuantity(divides ? a.Value / b.Value : a.Value * b.Value, unit));
    }

    private PathValue Compute(Evaluation e, in PathValue a, in PathValue b)
    {
        if (a.IsNumber && b.IsNumber)
        {
            return Numeric(operation, a, b);
        }

        if (operation == "+" && a.Kind == PathKind.String && b.Kind == PathKind.String)
        {
            e.CheckLength((long)a.AsString.Length + b.AsString.Length);
            return PathValue.From(a.AsString + b.AsString);
        }

        if (operation is "+" or "-" && a.IsTemporal && b.Kind == PathKind.Quantity)
        {
            return PathValue.From(TemporalArithmetic.Add(a.AsTemporal, b.AsQuantity, subtract: operation == "-"));
        }

        if (operation is "+" or "-" or "*" or "/" && Conversions.QuantityPair(a, b, out var x, out var y))
        {
            return Quantities(operation, x, y);
        }

        throw FhirPathException.Execution($"'{operation}' is not defined for {Conversions.NameOf(a)} and {Conversions.NameOf(b)}", Position);
    }
}

/// <summary>&amp;: joins strings, nothing counting as the empty string.</summary>
internal sealed class ConcatenateNode(Node left, Node right, int position) : SingleNode(position)
{
    internal override PathValue Single(Evaluation e)
    {
        var a = Text(left.SingleValue(e));
        var b = Text(right.SingleValue(e));
        e.CheckLength((long)a.Length + b.Length);
        return PathValue.From(a + b);
    }

    private string Text(in PathValue value) => value.Kind switch
    {
        PathKind.None => "",
        PathKind.String => value.AsString,
        _ => throw FhirPathException.Execution($"'&' is not defined for {Conversions.NameOf(value)}", Position),
    };
}

/// <summary>Unary minus and plus.</summary>
internal sealed class PolarityNode(Node operand, bool negative, int position) : SingleNode(position)
{
    internal override PathValue Single(Evaluation e)
    {
        var value = operand.SingleValue(e);
        return value.Kind switch
        {
            PathKind.None => default,
            PathKind.Integer or PathKind.Long or PathKind.Decimal or PathKind.Quantity when !negative => value,
            PathKind.Integer => value.AsLong == int.MinValue ? default : PathValue.From((int)-value.AsLong),
            PathKind.Long => value.AsLong == long.MinValue ? default : PathValue.FromLong(-value.AsLong),
            PathKind.Decimal => PathValue.From(-value.AsDecimal),
            PathKind.Quantity => PathValue.From(value.AsQuantity with { Value = -value.AsQuantity.Value }),
            _ => throw FhirPathException.Execution($"a sign is not defined for {Conversions.NameOf(value)}", Position),
        };
    }
}
