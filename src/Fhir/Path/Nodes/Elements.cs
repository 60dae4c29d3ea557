using System.Globalization;
using Fhir.Definitions;
using Fhir.FhirPath.Values;
using Fhir.Model;
using Fhir.Ucum;

namespace Fhir.FhirPath.Nodes;

/// <summary>How elements of the FHIR model appear in FHIRPath (https://hl7.org/fhir/R4/fhirpath.html).</summary>
internal static class Elements
{
    private const string CalendarUnitsSystem = "http://hl7.org/fhirpath/CodeSystem/calendar-units";

    // The value of a primitive, which the definitions list as its property.
    private static readonly string Value = string.Intern("value");

    internal static string TypeName(Element element) => element.TypeName;

    internal static bool IsPrimitive(Element element) => element.IsPrimitive;

    internal static bool IsOfType(Element element, string type) => ReferenceEquals(element.TypeName, type) || element.Type.Is(type);

    internal static bool IsSubtype(string type, string of) => type == of || FhirTypes.Find(type)?.Is(of) == true;

    /// <summary>Pushes the children of one name. <paramref name="name"/> is interned, as the names of properties are.</summary>
    internal static void PushChildren(Evaluation e, in PathValue item, string name)
    {
        if (!item.IsElement)
        {
            PushTypeInfo(e, item, name);
            return;
        }

        foreach (var child in item.AsElement.ChildSpan)
        {
            if (ReferenceEquals(child.Property!.Name, name))
            {
                e.Push(child);
            }
        }

        if (ReferenceEquals(name, Value) && HasValue(item))
        {
            e.Push(ToSystem(item));
        }
    }

    internal static int CountChildren(in PathValue item, string name)
    {
        var count = 0;
        foreach (var child in item.IsElement ? item.AsElement.ChildSpan : [])
        {
            count += ReferenceEquals(child.Property!.Name, name) ? 1 : 0;
        }

        return count > 0 ? count : HasChild(item, name) ? 1 : 0;
    }

    internal static bool HasChild(in PathValue item, string name)
    {
        if (!item.IsElement)
        {
            return item.Kind == PathKind.TypeInfo && name is "name" or "namespace";
        }

        foreach (var child in item.AsElement.ChildSpan)
        {
            if (ReferenceEquals(child.Property!.Name, name))
            {
                return true;
            }
        }

        return ReferenceEquals(name, Value) && HasValue(item);
    }

    internal static void PushChildren(Evaluation e, Element element)
    {
        foreach (var child in element.ChildSpan)
        {
            e.Step();
            e.Push(child);
        }
    }

    internal static void PushDescendants(Evaluation e, Element element)
    {
        foreach (var child in element.ChildSpan)
        {
            e.Step();
            e.Push(child);
            PushDescendants(e, child);
        }
    }

    /// <summary>Whether [left, right) and [right, top) of the stack hold elements of the same names in the same order.</summary>
    internal static bool SameNames(Evaluation e, int left, int right)
    {
        if (right - left != e.Count - right)
        {
            return false;
        }

        for (var i = 0; i < right - left; i++)
        {
            if (!ReferenceEquals(e[left + i].AsElement.Name, e[right + i].AsElement.Name))
            {
                return false;
            }
        }

        return true;
    }

    internal static bool HasValue(in PathValue item) => item.IsElement && item.AsElement is { IsPrimitive: true, Text: not null };

    /// <summary>The System value of a primitive or of a Quantity; other items as they are. A primitive without a value has none: it stays an element.</summary>
    internal static PathValue ToSystem(in PathValue item)
    {
        if (!item.IsElement)
        {
            return item;
        }

        var element = item.AsElement;
        if (element.Text is not { } text)
        {
            return Quantity(element) is { } quantity ? PathValue.From(quantity) : item;
        }

        return element.Type.Primitive switch
        {
            PrimitiveKind.Boolean => PathValue.From(text == "true"),
            PrimitiveKind.Integer or PrimitiveKind.PositiveInt or PrimitiveKind.UnsignedInt =>
                int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer) ? PathValue.From(integer) : item,
            PrimitiveKind.Decimal => decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? PathValue.From(number) : item,
            PrimitiveKind.Date => TemporalReader.Date(text) is { } date ? PathValue.From(date) : item,
            PrimitiveKind.DateTime or PrimitiveKind.Instant => TemporalReader.DateTime(text) is { } dateTime ? PathValue.From(dateTime) : item,
            PrimitiveKind.Time => TemporalReader.Time(text) is { } time ? PathValue.From(time) : item,
            _ => PathValue.From(text),
        };
    }

    /// <summary>Both as quantities, if both are FHIR Quantities with units that FHIRPath understands.</summary>
    internal static bool IsQuantityPair(in PathValue left, in PathValue right, out PathQuantity a, out PathQuantity b)
    {
        var (l, r) = (Quantity(left.AsElement), Quantity(right.AsElement));
        (a, b) = (l!, r!);
        return l is not null && r is not null;
    }

    /// <summary>
    /// The System.Quantity of a FHIR Quantity (R4 fhirpath, "Use of FHIR Quantity"): value with a UCUM or calendar code, or with no unit at all; null where a comparator stands in the
    /// way. A code of another system, or a unit that is only human-readable, serves comparison with the very same.
    /// </summary>
    internal static PathQuantity? Quantity(Element element)
    {
        if (!IsQuantityType(element))
        {
            return null;
        }

        if (element.Child("comparator") is not null
            || !decimal.TryParse(element.Child("value")?.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value))
        {
            return null;
        }

        var (system, code) = (element.Child("system")?.Text, element.Child("code")?.Text);
        return system switch
        {
            UnitsOfMeasure.SystemUri => new PathQuantity(value, DurationKeyword(code) ?? "1"),
            CalendarUnitsSystem when code is not null => new PathQuantity(value, code),
            null => new PathQuantity(value, element.Child("unit")?.Text ?? "1"),
            _ => code is null ? null : new PathQuantity(value, $"{system}|{code}"),
        };
    }

    internal static bool IsQuantity(in PathValue item) => item.Kind == PathKind.Quantity || (item.IsElement && IsQuantityType(item.AsElement));

    // Asked of every complex element, so the hierarchy of types is not walked.
    private static bool IsQuantityType(Element element) => element.TypeName is "Quantity" or "Age" or "Count" or "Distance" or "Duration";

    // R4 maps the UCUM codes a and mo of a FHIR Quantity to the calendar units, and so the shorter ones, which are equal to them anyway.
    private static string? DurationKeyword(string? code) => code switch { "a" => "year", "mo" => "month", _ => code };

    private static void PushTypeInfo(Evaluation e, in PathValue item, string name)
    {
        if (item.Kind == PathKind.TypeInfo && name is "namespace" or "name")
        {
            e.Push(PathValue.From(name == "name" ? item.AsType.Name : item.AsType.Namespace));
        }
    }
}
