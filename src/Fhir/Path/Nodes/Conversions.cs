using Fhir.FhirPath.Values;

namespace Fhir.FhirPath.Nodes;

/// <summary>Implicit conversions between System values (N1 §5.5).</summary>
internal static class Conversions
{
    /// <summary>Both as quantities, if one is a quantity and the other a quantity or a number.</summary>
    internal static bool QuantityPair(in PathValue left, in PathValue right, out PathQuantity a, out PathQuantity b)
    {
        if (left.Kind == PathKind.Quantity && AsQuantity(right) is { } other)
        {
            (a, b) = (left.AsQuantity, other);
            return true;
        }

        if (right.Kind == PathKind.Quantity && AsQuantity(left) is { } converted)
        {
            (a, b) = (converted, right.AsQuantity);
            return true;
        }

        a = b = null!;
        return false;
    }

    internal static PathQuantity? AsQuantity(in PathValue value) =>
        value.Kind == PathKind.Quantity ? value.AsQuantity : value.IsNumber ? new PathQuantity(value.AsDecimal, "1") : null;

    internal static string NameOf(in PathValue value) => value.Kind switch
    {
        PathKind.Element => Elements.TypeName(value.AsElement),
        PathKind.None => "nothing",
        _ => "System." + value.Kind,
    };
}
