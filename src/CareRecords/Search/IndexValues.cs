using System.Globalization;
using Fhir.FhirPath.Values;
using Fhir.Model;
using Fhir.Ucum;

namespace CareRecords.Search;

/// <summary>Turns one FHIR value into index rows of a search type (https://hl7.org/fhir/R4/search.html#ptypes).</summary>
internal sealed class IndexValues(SearchHash hash, IndexRows rows)
{
    private const string Ucum = "http://unitsofmeasure.org";

    /// <summary>Beyond every quantity that is stored: stands for an open end.</summary>
    internal const decimal Endless = 1e27m;

    internal void Add(SearchIndex index, int key, string searchType, PathValue value)
    {
        switch (searchType)
        {
            case "token":
                Token(index, key, value);
                break;
            case "string":
                foreach (var text in TextsOf(value))
                {
                    Text(key, text);
                }

                break;
            case "date":
                if (value.Kind == PathKind.Element)
                {
                    Date(key, value.AsElement);
                }

                break;
            case "number":
                if (Number(value) is { } number)
                {
                    rows.Numbers.Add((key, number, number, null, null));
                }

                break;
            case "quantity":
                if (value.Kind == PathKind.Element)
                {
                    Quantity(index, key, value.AsElement);
                }

                break;
            case "reference":
                if (value.Kind == PathKind.Element)
                {
                    Reference(index, key, value.AsElement);
                }

                break;
            case "uri":
                if (value.Kind == PathKind.Element && value.AsElement.Text is { } uri)
                {
                    rows.Uris.Add((key, uri));
                    if (value.AsElement.TypeName == "canonical" && uri.IndexOf('|', StringComparison.Ordinal) is > 0 and var bar)
                    {
                        rows.Uris.Add((key, uri[..bar]));
                    }
                }

                break;
        }
    }

    /// <summary>Codes with their systems that a value stands for as a token.</summary>
    internal static IEnumerable<(string? System, string Code)> TokensOf(PathValue value)
    {
        if (value.Kind == PathKind.Boolean)
        {
            return [(null, value.AsBoolean ? "true" : "false")];
        }

        if (value.Kind == PathKind.String)
        {
            return [(null, value.AsString)];
        }

        if (value.Kind != PathKind.Element)
        {
            return [];
        }

        var element = value.AsElement;
        return element.TypeName switch
        {
            "CodeableConcept" => element.ChildrenNamed("coding").SelectMany(c => Coded(c, "code")),
            "Coding" => Coded(element, "code"),
            "Identifier" => Coded(element, "value"),
            // R4 takes a contact's use for its system; its kind (phone, email) is what people write.
            "ContactPoint" => element.TextAt("value")?.Trim() is { } contact
                ? [(null, contact), .. ((string?[])[element.TextAt("system"), element.TextAt("use")]).OfType<string>().Select(s => ((string?)s, contact))] : [],
            "code" when element.Text is { } code => ImpliedSystems.Of(element, code) is { } implied ? [(null, code), (implied, code)] : [(null, code)],
            _ => element.Text is { } text ? [(null, text)] : [],
        };
    }

    private static IEnumerable<(string? System, string Code)> Coded(Element element, string code) =>
        element.TextAt(code) is { } value ? [(element.TextAt("system"), value)] : element.TextAt("system") is { } system ? [(system, "")] : [];

    private void Token(SearchIndex index, int key, PathValue value)
    {
        foreach (var (system, code) in TokensOf(value))
        {
            rows.Tokens.Add((key, hash.Token(key, code), hash.System(key, system)));
        }

        if (value.Kind != PathKind.Element || key != index.Key)
        {
            return;
        }

        var element = value.AsElement;
        if (element.TypeName == "Identifier" && element.TextAt("value") is { } number)
        {
            foreach (var type in element.ChildrenNamed("type").SelectMany(t => t.ChildrenNamed("coding")))
            {
                var ofType = index.Variant("of-type");
                rows.Tokens.Add((ofType, hash.Token(ofType, $"{type.TextAt("code")}|{number}"), hash.System(ofType, type.TextAt("system"))));
            }
        }

        // The words of a concept or of an identifier's type, for :text. The values of identifiers and contacts are kept as hashes only.
        foreach (var words in WordsOf(element).OfType<string>())
        {
            Text(index.Variant("text"), words);
        }
    }

    private static IEnumerable<string?> WordsOf(Element element) => element.TypeName switch
    {
        "Coding" => [element.TextAt("display")],
        "CodeableConcept" => element.ChildrenNamed("coding").Select(c => c.TextAt("display")).Append(element.TextAt("text")),
        "Identifier" => [element.TextAt("type.text")],
        _ => [],
    };

    private void Text(int key, string text)
    {
        if (FoldedText.Of(text) is { Length: > 0 } folded)
        {
            rows.Texts.Add((key, folded, hash.Exact(key, text)));
        }
    }

    private static IEnumerable<string> TextsOf(PathValue value)
    {
        if (value.Kind == PathKind.String)
        {
            return [value.AsString];
        }

        if (value.Kind != PathKind.Element)
        {
            return [];
        }

        var element = value.AsElement;
        return element.TypeName switch
        {
            "HumanName" or "Address" => element.Children
                .Where(c => c.Name is not ("use" or "type" or "period" or "extension" or "id")).Select(c => c.Text).OfType<string>(),
            "CodeableConcept" => element.ChildrenNamed("coding").Select(c => c.TextAt("display")).Append(element.TextAt("text")).OfType<string>(),
            _ => element.Text is { } text ? [text] : [],
        };
    }

    private void Date(int key, Element element)
    {
        switch (element.TypeName)
        {
            case "Period":
                Span(key, element.TextAt("start"), element.TextAt("end"));
                break;
            case "Timing":
                var bounds = element.Child("repeat")?.Child("bounds");
                var times = element.ChildrenNamed("event").Select(e => e.Text).OfType<string>().Select(Period.Parse).OfType<Period>().ToList();
                if (times.Count > 0)
                {
                    rows.Dates.Add((key, times.Min(t => t.Low), times.Max(t => t.High)));
                }
                else if (bounds?.TypeName == "Period")
                {
                    Span(key, bounds.TextAt("start"), bounds.TextAt("end"));
                }

                break;
            default:
                if (element.Text is { } text && Period.Parse(text) is { } period)
                {
                    rows.Dates.Add((key, period.Low, period.High));
                }

                break;
        }
    }

    private void Span(int key, string? start, string? end)
    {
        if (start is not null || end is not null)
        {
            rows.Dates.Add((
                key, start is null ? DateTimeOffset.MinValue : Period.Parse(start)?.Low ?? DateTimeOffset.MinValue,
                end is null ? DateTimeOffset.MaxValue : Period.Parse(end)?.High ?? DateTimeOffset.MaxValue));
        }
    }

    /// <summary>Two numbers of one place, as one row.</summary>
    internal void Span(int key, PathValue low, PathValue high)
    {
        if (Number(low) is { } from && Number(high) is { } until)
        {
            rows.Numbers.Add((key, from, until, null, null));
        }
    }

    private static decimal? Number(PathValue value) => value.Kind switch
    {
        PathKind.Element => Number(value.AsElement.Text),
        PathKind.Integer or PathKind.Long or PathKind.Decimal => value.AsDecimal,
        _ => null,
    };

    private static decimal? Number(string? text) =>
        decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && Math.Abs(number) < Endless ? number : null;

    private void Quantity(SearchIndex index, int key, Element element)
    {
        if (element.TypeName == "Range")
        {
            var unit = element.Child("low") ?? element.Child("high");
            Amount(index, key, Number(element.TextAt("low.value")) ?? -Endless, Number(element.TextAt("high.value")) ?? Endless,
                unit?.TextAt("system"), unit?.TextAt("code"), unit?.TextAt("unit"));
        }
        else if (Number(element.TextAt("value")) is { } value)
        {
            var money = element.TextAt("currency");
            var (low, high) = element.TextAt("comparator") switch
            {
                "<" or "<=" => (-Endless, value),
                ">" or ">=" => (value, Endless),
                _ => (value, value),
            };
            Amount(index, key, low, high, money is null ? element.TextAt("system") : "urn:iso:std:iso:4217", money ?? element.TextAt("code"), element.TextAt("unit"));
        }
    }

    private void Amount(SearchIndex index, int key, decimal low, decimal high, string? system, string? code, string? unit)
    {
        rows.Numbers.Add((key, low, high, Unit(hash, key, system, code), code is null ? null : hash.Code(key, code)));
        if (unit is not null && unit != code)
        {
            rows.Numbers.Add((key, low, high, null, hash.Code(key, unit)));
        }

        if (system == Ucum && code is not null && UnitsOfMeasure.TryCanonicalize(low, code, out var canonicalLow, out var canonical)
            && UnitsOfMeasure.TryCanonicalize(high, code, out var canonicalHigh, out _))
        {
            var variant = key == index.Key ? index.Variant("canonical") : SearchTable.Key($"{key}:canonical");
            rows.Numbers.Add((variant, low == -Endless ? low : canonicalLow, high == Endless ? high : canonicalHigh, hash.Code(variant, canonical), null));
        }
    }

    /// <summary>Names system and code of a unit together.</summary>
    internal static Guid? Unit(SearchHash hash, int key, string? system, string? code) => code is null ? null : hash.Code(key, $"{system}|{code}");

    private void Reference(SearchIndex index, int key, Element element)
    {
        if (element.TypeName == "Reference")
        {
            if (element.Child("identifier") is { } identifier)
            {
                var variant = index.Variant("identifier");
                foreach (var (system, code) in Coded(identifier, "value"))
                {
                    rows.Tokens.Add((variant, hash.Token(variant, code), hash.System(variant, system)));
                }
            }
        }

        var text = element.TypeName == "Reference" ? element.TextAt("reference") : element.Text;
        if (text is { Length: > 0 } && text[0] != '#' && ReferenceValue.Parse(text) is { } target)
        {
            rows.References.Add((key, target.Target, target.Type));
            if (target.Versioned is { } versioned)
            {
                rows.References.Add((key, versioned, target.Type));
            }
        }
    }
}
