using System.Globalization;
using Fhir.Model;

namespace Fhir.FhirPath.Values;

/// <summary>
/// One item of a FHIRPath collection: a System value or an element. A small struct, so that collections of booleans, integers and elements need no objects.
/// </summary>
public readonly struct PathValue
{
    private readonly object? _object;
    private readonly long _number;

    private PathValue(PathKind kind, object? value, long number)
    {
        Kind = kind;
        _object = value;
        _number = number;
    }

    /// <summary>What the item is; decides which of the As… properties holds its value.</summary>
    public PathKind Kind { get; }

    /// <summary>The value of a Boolean.</summary>
    public bool AsBoolean => _number != 0;

    /// <summary>The value of an Integer or Long.</summary>
    public long AsLong => _number;

    /// <summary>The value of an Integer, Long or Decimal.</summary>
    public decimal AsDecimal => Kind == PathKind.Decimal ? (decimal)_object! : _number;

    /// <summary>The value of a String.</summary>
    public string AsString => (string)_object!;

    /// <summary>The value of a Date, DateTime or Time.</summary>
    public Temporal AsTemporal => (Temporal)_object!;

    /// <summary>The value of a Quantity.</summary>
    public PathQuantity AsQuantity => (PathQuantity)_object!;

    /// <summary>The element.</summary>
    public Element AsElement => (Element)_object!;

    /// <summary>What type() answered.</summary>
    public PathType AsType => (PathType)_object!;

    internal bool IsNone => Kind == PathKind.None;

    internal bool IsNumber => Kind is PathKind.Integer or PathKind.Long or PathKind.Decimal;

    internal bool IsTemporal => Kind is PathKind.Date or PathKind.DateTime or PathKind.Time;

    internal bool IsElement => Kind == PathKind.Element;

    /// <summary>A Boolean item.</summary>
    public static PathValue From(bool value) => new(PathKind.Boolean, null, value ? 1 : 0);

    /// <summary>An Integer item.</summary>
    public static PathValue From(int value) => new(PathKind.Integer, null, value);

    /// <summary>A Long item.</summary>
    public static PathValue FromLong(long value) => new(PathKind.Long, null, value);

    /// <summary>A Decimal item; the scale is the precision.</summary>
    public static PathValue From(decimal value) => new(PathKind.Decimal, value, 0);

    /// <summary>A String item.</summary>
    public static PathValue From(string value) => new(PathKind.String, value, 0);

    /// <summary>A Date, DateTime or Time item.</summary>
    public static PathValue From(Temporal value) => new(value.Kind, value, 0);

    /// <summary>A Quantity item.</summary>
    public static PathValue From(PathQuantity value) => new(PathKind.Quantity, value, 0);

    /// <summary>An element as an item.</summary>
    public static PathValue From(Element value) => new(PathKind.Element, value, 0);

    internal static PathValue From(PathType value) => new(PathKind.TypeInfo, value, 0);

    /// <summary>The text that toString() gives; for an element its type.</summary>
    public override string ToString() => Kind switch
    {
        PathKind.None => "",
        PathKind.Boolean => AsBoolean ? "true" : "false",
        PathKind.Integer or PathKind.Long => _number.ToString(CultureInfo.InvariantCulture),
        PathKind.Decimal => AsDecimal.ToString(CultureInfo.InvariantCulture),
        _ => _object!.ToString() ?? "",
    };
}

/// <summary>A type as type() shows it.</summary>
/// <param name="Namespace">System or FHIR.</param>
/// <param name="Name">Integer, Patient, …</param>
public sealed record PathType(string Namespace, string Name)
{
    /// <summary>The qualified name.</summary>
    public override string ToString() => $"{Namespace}.{Name}";
}
