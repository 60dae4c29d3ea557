namespace Fhir.Ucum;

/// <summary>The temperature scales that have an offset to the kelvin (UCUM table 4 and §30: Cel, [degF], [degRe]).</summary>
internal static class TemperatureScale
{
    internal static bool IsOne(UcumUnit? unit) => unit?.Function is "Cel" or "degF" or "degRe";

    internal static bool TryConvert(decimal value, UcumUnit? from, UcumUnit? to, out decimal converted)
    {
        converted = 0;
        if (from is null || to is null || from.Canonical != "K" || to.Canonical != "K")
        {
            return false;
        }

        try
        {
            return ToKelvin(value, from, out var kelvin) && FromKelvin(kelvin, to, out converted);
        }
        catch (OverflowException)
        {
            return false;
        }
    }

    private static bool ToKelvin(decimal value, UcumUnit from, out decimal kelvin)
    {
        if (from.Function is null || from.Code is not ("Cel" or "[degF]" or "[degRe]"))
        {
            // A prefix scales the argument of the function: mCel is a thousandth of a degree above the same zero.
            if (!(Rational.From(value) * from.Factor).TryToDecimal(out value))
            {
                kelvin = 0;
                return false;
            }
        }

        kelvin = from.Function switch
        {
            "Cel" => value + 273.15m,
            "degF" => (value + 459.67m) * 5 / 9,
            "degRe" => (value * 5 / 4) + 273.15m,
            _ => value,
        };
        return from.Function is null or "Cel" or "degF" or "degRe";
    }

    private static bool FromKelvin(decimal kelvin, UcumUnit to, out decimal converted)
    {
        converted = to.Function switch
        {
            "Cel" => kelvin - 273.15m,
            "degF" => (kelvin * 9 / 5) - 459.67m,
            "degRe" => (kelvin - 273.15m) * 4 / 5,
            _ => kelvin,
        };
        return to.Function is null or "Cel" or "degF" or "degRe" && (Rational.From(converted) / to.Factor).TryToDecimal(out converted);
    }
}
