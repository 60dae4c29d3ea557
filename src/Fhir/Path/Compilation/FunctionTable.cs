using System.Collections.Frozen;
using Fhir.FhirPath.Functions;
using Fhir.FhirPath.Nodes;
using Fhir.FhirPath.Values;

namespace Fhir.FhirPath.Compilation;

/// <summary>What type a function's result has.</summary>
internal enum ResultShape
{
    /// <summary>Nothing is known.</summary>
    Unknown,

    /// <summary>That of the input.</summary>
    Same,

    /// <summary>The System type in <see cref="FunctionEntry.Result"/>.</summary>
    System,
}

/// <summary>A function: how many arguments it takes and what computes it.</summary>
internal sealed record FunctionEntry(int Least, int Most)
{
    internal CollectionFunction? Collection { get; init; }

    internal ScalarFunction? Scalar { get; init; }

    internal Operands Operands { get; init; }

    internal ResultShape Shape { get; init; }

    internal PathKind Result { get; init; }

    /// <summary>Arguments are evaluated with each item as $this.</summary>
    internal bool Scoped { get; init; }

    /// <summary>The result depends on the order of the input.</summary>
    internal bool NeedsOrder { get; init; }
}

/// <summary>All functions that are not nodes of their own.</summary>
internal static class FunctionTable
{
    private static readonly FrozenDictionary<string, FunctionEntry> Entries = Build();

    internal static FunctionEntry? Find(string name) => Entries.GetValueOrDefault(name);

    private static FrozenDictionary<string, FunctionEntry> Build()
    {
        var table = new Dictionary<string, FunctionEntry>(StringComparer.Ordinal);
        AddCollections(table);
        AddTree(table);
        AddStrings(table);
        AddMathematics(table);
        AddConversions(table);
        AddTimes(table);
        return table.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static void AddCollections(Dictionary<string, FunctionEntry> table)
    {
        table["allTrue"] = Many(0, 0, CollectionFunctions.Quantifier(true, all: true), PathKind.Boolean);
        table["anyTrue"] = Many(0, 0, CollectionFunctions.Quantifier(true, all: false), PathKind.Boolean);
        table["allFalse"] = Many(0, 0, CollectionFunctions.Quantifier(false, all: true), PathKind.Boolean);
        table["anyFalse"] = Many(0, 0, CollectionFunctions.Quantifier(false, all: false), PathKind.Boolean);
        table["subsetOf"] = Many(1, 1, CollectionFunctions.SubsetOf, PathKind.Boolean);
        table["supersetOf"] = Many(1, 1, CollectionFunctions.SupersetOf, PathKind.Boolean);
        table["distinct"] = Same(0, 0, CollectionFunctions.Distinct);
        table["isDistinct"] = Many(0, 0, CollectionFunctions.IsDistinct, PathKind.Boolean);
        table["single"] = Same(0, 0, CollectionFunctions.Single);
        table["first"] = Same(0, 0, CollectionFunctions.First) with { NeedsOrder = true };
        table["last"] = Same(0, 0, CollectionFunctions.Last) with { NeedsOrder = true };
        table["tail"] = Same(0, 0, CollectionFunctions.Tail) with { NeedsOrder = true };
        table["skip"] = Same(1, 1, CollectionFunctions.Skip) with { NeedsOrder = true };
        table["take"] = Same(1, 1, CollectionFunctions.Take) with { NeedsOrder = true };
        table["intersect"] = Same(1, 1, CollectionFunctions.Intersect);
        table["exclude"] = Same(1, 1, CollectionFunctions.Exclude);
        table["union"] = Many(1, 1, CollectionFunctions.Union);
        table["combine"] = Many(1, 2, CollectionFunctions.Combine);
        table["coalesce"] = Many(1, 16, CollectionFunctions.Coalesce);
        table["repeat"] = Many(1, 1, ScopedFunctions.Repeat(distinct: true)) with { Scoped = true };
        table["repeatAll"] = Many(1, 1, ScopedFunctions.Repeat(distinct: false)) with { Scoped = true };
        table["sort"] = Same(0, 16, ScopedFunctions.Sort) with { Scoped = true };
        table["sum"] = Many(0, 0, AggregateFunctions.Sum);
        table["avg"] = Many(0, 0, AggregateFunctions.Average);
        table["min"] = Many(0, 0, AggregateFunctions.Extreme(least: true));
        table["max"] = Many(0, 0, AggregateFunctions.Extreme(least: false));
    }

    private static void AddTree(Dictionary<string, FunctionEntry> table)
    {
        table["descendants"] = Many(0, 0, TreeFunctions.Descendants);
        table["type"] = Many(0, 0, TreeFunctions.Type);
        table["getValue"] = Many(0, 0, TreeFunctions.GetValue);
        table["extension"] = Many(1, 1, TreeFunctions.Extension);
        table["resolve"] = Many(0, 0, References.Resolve);
        table["checkModifiers"] = Same(1, 16, FhirFunctions.CheckModifiers);
        table["memberOf"] = One(1, 1, FhirFunctions.MemberOf, PathKind.Boolean) with { Operands = Operands.ElementInput };
        table["conformsTo"] = One(1, 1, FhirFunctions.ConformsTo, PathKind.Boolean) with { Operands = Operands.ElementInput };
        table["htmlChecks"] = One(0, 0, FhirFunctions.HtmlChecks, PathKind.Boolean) with { Operands = Operands.ElementInput };
        table["comparable"] = One(1, 1, FhirFunctions.Comparable, PathKind.Boolean);
    }

    private static void AddStrings(Dictionary<string, FunctionEntry> table)
    {
        table["indexOf"] = One(1, 1, StringFunctions.IndexOf, PathKind.Integer);
        table["lastIndexOf"] = One(1, 1, StringFunctions.LastIndexOf, PathKind.Integer);
        table["substring"] = One(1, 2, StringFunctions.Substring, PathKind.String) with { Operands = Operands.EmptyArguments };
        table["startsWith"] = One(1, 1, StringFunctions.StartsWith, PathKind.Boolean);
        table["endsWith"] = One(1, 1, StringFunctions.EndsWith, PathKind.Boolean);
        table["contains"] = One(1, 1, StringFunctions.Contains, PathKind.Boolean);
        table["upper"] = One(0, 0, StringFunctions.Upper, PathKind.String);
        table["lower"] = One(0, 0, StringFunctions.Lower, PathKind.String);
        table["trim"] = One(0, 0, StringFunctions.Trim, PathKind.String);
        table["length"] = One(0, 0, StringFunctions.Length, PathKind.Integer);
        table["replace"] = One(2, 2, StringFunctions.Replace, PathKind.String);
        table["matches"] = One(1, 2, RegexFunctions.Matches, PathKind.Boolean) with { Operands = Operands.EmptyArguments };
        table["matchesFull"] = One(1, 2, RegexFunctions.MatchesFull, PathKind.Boolean) with { Operands = Operands.EmptyArguments };
        table["replaceMatches"] = One(2, 3, RegexFunctions.ReplaceMatches, PathKind.String) with { Operands = Operands.EmptyArguments };
        table["encode"] = One(1, 1, EncodingFunctions.Encode, PathKind.String);
        table["decode"] = One(1, 1, EncodingFunctions.Decode, PathKind.String);
        table["escape"] = One(1, 1, EncodingFunctions.Escape, PathKind.String);
        table["unescape"] = One(1, 1, EncodingFunctions.Unescape, PathKind.String);
        table["toChars"] = Many(0, 0, StringFunctions.ToChars, PathKind.String);
        table["split"] = Many(1, 1, StringFunctions.Split, PathKind.String);
        table["join"] = Many(0, 1, StringFunctions.Join, PathKind.String);
    }

    private static void AddMathematics(Dictionary<string, FunctionEntry> table)
    {
        table["abs"] = One(0, 0, MathFunctions.Abs);
        table["ceiling"] = One(0, 0, MathFunctions.Ceiling);
        table["floor"] = One(0, 0, MathFunctions.Floor);
        table["truncate"] = One(0, 0, MathFunctions.Truncate);
        table["round"] = One(0, 1, MathFunctions.Round);
        table["sqrt"] = One(0, 0, MathFunctions.Sqrt, PathKind.Decimal);
        table["exp"] = One(0, 0, MathFunctions.Exp, PathKind.Decimal);
        table["ln"] = One(0, 0, MathFunctions.Ln, PathKind.Decimal);
        table["log"] = One(1, 1, MathFunctions.Log, PathKind.Decimal);
        table["power"] = One(1, 1, MathFunctions.Power);
        table["lowBoundary"] = One(0, 1, BoundaryFunctions.Low);
        table["highBoundary"] = One(0, 1, BoundaryFunctions.High);
        table["precision"] = One(0, 0, BoundaryFunctions.Precision, PathKind.Integer);
    }

    private static void AddConversions(Dictionary<string, FunctionEntry> table)
    {
        AddConversion(table, "Boolean", PathKind.Boolean, ConversionFunctions.ToBoolean);
        AddConversion(table, "Integer", PathKind.Integer, ConversionFunctions.ToInteger);
        AddConversion(table, "Long", PathKind.Long, ConversionFunctions.ToLong);
        AddConversion(table, "Decimal", PathKind.Decimal, ConversionFunctions.ToDecimal);
        AddConversion(table, "String", PathKind.String, ConversionFunctions.ToText);
        AddConversion(table, "Date", PathKind.Date, ConversionFunctions.ToDate);
        AddConversion(table, "DateTime", PathKind.DateTime, ConversionFunctions.ToDateTime);
        AddConversion(table, "Time", PathKind.Time, ConversionFunctions.ToTime);
        AddConversion(table, "Quantity", PathKind.Quantity, ConversionFunctions.ToQuantity, mostArguments: 1);
    }

    private static void AddConversion(Dictionary<string, FunctionEntry> table, string type, PathKind kind, ScalarFunction convert, int mostArguments = 0)
    {
        table["to" + type] = One(0, mostArguments, convert, kind);
        table["convertsTo" + type] = One(
            0,
            mostArguments,
            (Evaluation e, in PathValue input, ReadOnlySpan<PathValue> a, CallNode call) => PathValue.From(!convert(e, input, a, call).IsNone),
            PathKind.Boolean);
    }

    private static void AddTimes(Dictionary<string, FunctionEntry> table)
    {
        table["now"] = Many(0, 0, DateFunctions.Now, PathKind.DateTime);
        table["today"] = Many(0, 0, DateFunctions.Today, PathKind.Date);
        table["timeOfDay"] = Many(0, 0, DateFunctions.TimeOfDay, PathKind.Time);
        table["yearOf"] = One(0, 0, DateFunctions.Part(TemporalPrecision.Year), PathKind.Integer);
        table["monthOf"] = One(0, 0, DateFunctions.Part(TemporalPrecision.Month), PathKind.Integer);
        table["dayOf"] = One(0, 0, DateFunctions.Part(TemporalPrecision.Day), PathKind.Integer);
        table["hourOf"] = One(0, 0, DateFunctions.Part(TemporalPrecision.Hour), PathKind.Integer);
        table["minuteOf"] = One(0, 0, DateFunctions.Part(TemporalPrecision.Minute), PathKind.Integer);
        table["secondOf"] = One(0, 0, DateFunctions.Part(TemporalPrecision.Second), PathKind.Integer);
        table["millisecondOf"] = One(0, 0, DateFunctions.Millisecond, PathKind.Integer);
        table["timezoneOffsetOf"] = One(0, 0, DateFunctions.Offset, PathKind.Decimal);
        table["dateOf"] = One(0, 0, DateFunctions.DateOf, PathKind.Date);
        table["timeOf"] = One(0, 0, DateFunctions.TimeOf, PathKind.Time);
    }

    private static FunctionEntry Many(int least, int most, CollectionFunction function, PathKind result = PathKind.None) => new(least, most)
    {
        Collection = function,
        Result = result,
        Shape = result == PathKind.None ? ResultShape.Unknown : ResultShape.System,
    };

    private static FunctionEntry Same(int least, int most, CollectionFunction function) => new(least, most) { Collection = function, Shape = ResultShape.Same };

    private static FunctionEntry One(int least, int most, ScalarFunction function, PathKind result = PathKind.None) => new(least, most)
    {
        Scalar = function,
        Result = result,
        Shape = result == PathKind.None ? ResultShape.Unknown : ResultShape.System,
    };
}
