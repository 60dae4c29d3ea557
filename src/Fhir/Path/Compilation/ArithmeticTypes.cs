using Fhir.FhirPath.Values;

namespace Fhir.FhirPath.Compilation;

/// <summary>Which operand types the arithmetic operators take (N1 §6.6), for the check before evaluation.</summary>
internal static class ArithmeticTypes
{
    /// <summary>The result's type; None if the operator is not defined for the operands.</summary>
    internal static PathKind Result(string operation, PathKind left, PathKind right)
    {
        if (operation == "+" && left == PathKind.String)
        {
            return right == PathKind.String ? PathKind.String : PathKind.None;
        }

        if (left is PathKind.Date or PathKind.DateTime or PathKind.Time)
        {
            return operation is "+" or "-" && right == PathKind.Quantity ? left : PathKind.None;
        }

        if (!IsNumeric(left) || !IsNumeric(right))
        {
            return PathKind.None;
        }

        if (left == PathKind.Quantity || right == PathKind.Quantity)
        {
            return operation is "div" or "mod" ? PathKind.None : PathKind.Quantity;
        }

        return operation == "/" || left == PathKind.Decimal || right == PathKind.Decimal
            ? operation == "div" ? PathKind.Integer : PathKind.Decimal
            : left == PathKind.Long ? left : right;
    }

    private static bool IsNumeric(PathKind kind) => kind is PathKind.Integer or PathKind.Long or PathKind.Decimal or PathKind.Quantity;
}
