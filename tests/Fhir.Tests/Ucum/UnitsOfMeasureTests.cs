using System.Globalization;
using Fhir.Ucum;
using FsCheck;
using FsCheck.Fluent;

namespace Fhir.Tests.Ucum;

public sealed class UnitsOfMeasureTests
{
    [Theory]
    [InlineData("mg", "g/1000", true)]
    [InlineData("m", "m", true)]
    [InlineData("mm[Hg]", "m-1.g.s-2", true)]
    [InlineData("kg.m/s2", "N", true)]
    [InlineData("mmol/L", "mol/m3", true)]
    [InlineData("10*3/uL", "/L", true)]
    [InlineData("[iU]/mL", "[IU]/L", true)]
    [InlineData("[iU]", "[arb'U]", false)]
    [InlineData("%", "1", true)]
    [InlineData("Cel", "K", false)]
    [InlineData("m", "s", false)]
    public void Comparable_IsByDimension(string left, string right, bool comparable) => Assert.Equal(comparable, UnitsOfMeasure.AreComparable(left, right));

    [Theory]
    [InlineData("1", "[in_i]", "cm", "2.54")]
    [InlineData("1", "[lb_av]", "g", "453.59237")]
    [InlineData("1", "L", "cm3", "1000")]
    [InlineData("5.4", "mmol/L", "umol/mL", "5.4")]
    [InlineData("1", "wk", "h", "168")]
    [InlineData("1", "a", "d", "365.25")]
    [InlineData("120", "mm[Hg]", "kPa", "15.99864")]
    [InlineData("1", "kat", "U", "60000000")]
    [InlineData("1", "By", "bit", "8")]
    [InlineData("1", "KiBy", "By", "1024")]
    [InlineData("1", "m2.kg/s2", "J", "1")]
    [InlineData("1", "J/(kg.K)", "m2/s2/K", "1")]
    [InlineData("2", "{tablets}/d", "/wk", "14")]
    [InlineData("1", "[mi_i]", "km", "1.609344")]
    public void Convert_IsExact(string value, string from, string to, string expected)
    {
        Assert.True(UnitsOfMeasure.TryConvert(decimal.Parse(value, CultureInfo.InvariantCulture), from, to, out var converted));
        Assert.Equal(decimal.Parse(expected, CultureInfo.InvariantCulture), converted);
    }

    [Theory]
    [InlineData("37", "Cel", "K", "310.15")]
    [InlineData("98.6", "[degF]", "Cel", "37")]
    [InlineData("310.15", "K", "Cel", "37")]
    [InlineData("37", "Cel", "mK", "310150")]
    public void ConvertScale_KnowsTheOffsetsOfTemperatures(string value, string from, string to, string expected)
    {
        Assert.False(UnitsOfMeasure.TryConvert(1, from, to, out _));
        Assert.True(UnitsOfMeasure.TryConvertScale(decimal.Parse(value, CultureInfo.InvariantCulture), from, to, out var converted));
        Assert.Equal(decimal.Parse(expected, CultureInfo.InvariantCulture), converted);
    }

    [Theory]
    [InlineData("")]
    [InlineData("foo")]
    [InlineData("m//s")]
    [InlineData("m.")]
    [InlineData("(m")]
    [InlineData("m)")]
    [InlineData("k[in_i]")]
    [InlineData("kkg")]
    [InlineData("m{open")]
    [InlineData("{ä}")]
    [InlineData("m 2")]
    [InlineData("Cel2")]
    [InlineData("m999999999")]
    [InlineData("Ym32.Ym32.Ym32.Ym32.Ym32.Ym32.Ym32.Ym32.Ym32.Ym32.Ym32.Ym32.Ym32.Ym32.Ym32.Ym32.Ym32.Ym32.Ym32.Ym32.Ym32.Ym32.Ym32.Ym32.Ym32")]
    [InlineData("/0")]
    public void Parse_RefusesWhatIsNoUnit(string code) => Assert.Null(UnitsOfMeasure.Parse(code));

    [Theory]
    [InlineData("cm", "cm", false, "cm2")]
    [InlineData("m/s", "s", false, "m")]
    [InlineData("m", "s", true, "m/s")]
    [InlineData("1", "s", true, "/s")]
    [InlineData("m", "m", true, "1")]
    public void ProductsAndQuotients_KeepTheSymbols(string left, string right, bool divide, string expected) =>
        Assert.Equal(expected, divide ? UnitsOfMeasure.Divide(left, right) : UnitsOfMeasure.Multiply(left, right));

    [Fact]
    public void Canonical_MakesEqualQuantitiesEqual()
    {
        Assert.True(UnitsOfMeasure.TryCanonicalize(5.4m, "mmol/L", out var left, out var leftUnit));
        Assert.True(UnitsOfMeasure.TryCanonicalize(5400m, "umol/L", out var right, out var rightUnit));
        Assert.Equal((left, leftUnit), (right, rightUnit));
        Assert.True(UnitsOfMeasure.TryCanonicalize(98.6m, "[degF]", out var fahrenheit, out var unit));
        Assert.Equal((310.15m, "K"), (decimal.Round(fahrenheit, 10), unit));
    }

    [Fact]
    public void EveryAtomOfTheTable_HasAUnit()
    {
        foreach (var row in UcumAtoms.Table.Split([';', '\n'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            Assert.NotNull(UnitsOfMeasure.Parse(row.Split(' ')[0]));
        }
    }

    [Fact]
    public void AnyText_IsAUnitOrNone() => Prop.ForAll<string?>(text => UnitsOfMeasure.Parse(text ?? "") is null or { Canonical.Length: > 0 }).QuickCheckThrowOnFailure();
}
