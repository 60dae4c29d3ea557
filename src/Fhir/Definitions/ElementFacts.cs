using System.Text;
using System.Text.Json;

namespace Fhir.Definitions;

/// <summary>The facts of one ElementDefinition (https://hl7.org/fhir/R4/elementdefinition.html).</summary>
public sealed record ElementFacts
{
    /// <summary>Id such as "Patient.identifier:PIC.system"; equal to the path where no slice is involved.</summary>
    public required string Id { get; init; }

    /// <summary>Path such as "Patient.identifier.system".</summary>
    public required string Path { get; init; }

    /// <summary>Name of the slice that begins here, or null.</summary>
    public string? SliceName { get; init; }

    /// <summary>Least number of repetitions; null where a differential is silent.</summary>
    public int? Min { get; init; }

    /// <summary>Greatest number of repetitions, int.MaxValue for "*"; null where a differential is silent.</summary>
    public int? Max { get; init; }

    /// <summary>Allowed types; empty where a differential is silent or <see cref="ContentReference"/> is used.</summary>
    public IReadOnlyList<TypeFacts> Types { get; init; } = [];

    /// <summary>Path of the element whose content this one repeats, without '#'; or null.</summary>
    public string? ContentReference { get; init; }

    /// <summary>The exact value demanded, or null.</summary>
    public ValueFacts? Fixed { get; init; }

    /// <summary>The value of which the instance must contain every part, or null.</summary>
    public ValueFacts? Pattern { get; init; }

    /// <summary>Smallest value allowed, or null.</summary>
    public ValueFacts? MinValue { get; init; }

    /// <summary>Greatest value allowed, or null.</summary>
    public ValueFacts? MaxValue { get; init; }

    /// <summary>Most characters allowed, or null.</summary>
    public int? MaxLength { get; init; }

    /// <summary>The value set that codes come from, or null.</summary>
    public BindingFacts? Binding { get; init; }

    /// <summary>Invariants stated here.</summary>
    public IReadOnlyList<ConstraintFacts> Constraints { get; init; } = [];

    /// <summary>How repetitions are told apart, or null.</summary>
    public SlicingFacts? Slicing { get; init; }

    /// <summary>Whether the element changes the meaning of what contains it.</summary>
    public bool IsModifier { get; init; }

    /// <summary>Whether the element belongs to the summary view.</summary>
    public bool IsSummary { get; init; }

    /// <summary>Whether systems must be able to handle it.</summary>
    public bool MustSupport { get; init; }

    /// <summary>Whether it is an attribute in XML.</summary>
    public bool IsXmlAttribute { get; init; }

    internal static ElementFacts Read(JsonElement json)
    {
        var path = StructureDefinition.Text(json, "path") ?? throw new FormatException("An ElementDefinition needs 'path'.");
        ValueFacts? fixedValue = null, pattern = null, minValue = null, maxValue = null;
        foreach (var property in json.EnumerateObject())
        {
            var name = property.Name;
            if (name.StartsWith("fixed", StringComparison.Ordinal))
            {
                fixedValue = new ValueFacts(TypeOf(name[5..]), property.Value.GetRawText());
            }
            else if (name.StartsWith("pattern", StringComparison.Ordinal))
            {
                pattern = new ValueFacts(TypeOf(name[7..]), property.Value.GetRawText());
            }
            else if (name.StartsWith("minValue", StringComparison.Ordinal))
            {
                minValue = new ValueFacts(TypeOf(name[8..]), property.Value.GetRawText());
            }
            else if (name.StartsWith("maxValue", StringComparison.Ordinal) && name.Length > 8)
            {
                maxValue = new ValueFacts(TypeOf(name[8..]), property.Value.GetRawText());
            }
        }

        var max = StructureDefinition.Text(json, "max");
        return new ElementFacts
        {
            Id = StructureDefinition.Text(json, "id") ?? path,
            Path = path,
            SliceName = StructureDefinition.Text(json, "sliceName"),
            Min = json.TryGetProperty("min", out var min) ? min.GetInt32() : null,
            Max = max switch { null => null, "*" => int.MaxValue, _ => int.Parse(max, System.Globalization.CultureInfo.InvariantCulture) },
            Types = StructureDefinition.Each(json, "type", TypeFacts.Read),
            ContentReference = StructureDefinition.Text(json, "contentReference") is { } reference ? reference[(reference.IndexOf('#', StringComparison.Ordinal) + 1)..] : null,
            Fixed = fixedValue,
            Pattern = pattern,
            MinValue = minValue,
            MaxValue = maxValue,
            MaxLength = json.TryGetProperty("maxLength", out var length) ? length.GetInt32() : null,
            Binding = json.TryGetProperty("binding", out var binding)
                ? BindingFacts.Read(binding) : null,
            Constraints = StructureDefinition.Each(json, "constraint", ConstraintFacts.Read),
            Slicing = json.TryGetProperty("slicing", out var slicing) ? SlicingFacts.Read(slicing) : null,
            IsModifier = Flag(json, "isModifier"),
            IsSummary = Flag(json, "isSummary"),
            MustSupport = Flag(json, "mustSupport"),
            IsXmlAttribute = StructureDefinition.Each(json, "representation", r => r.GetString()).Contains("xmlAttr"),
        };
    }

    private static string TypeOf(string suffix) =>
        TypeFacts.IsPrimitiveSuffix(suffix) ? string.Concat(char.ToLowerInvariant(suffix[0]).ToString(), suffix[1..]) : suffix;

    private static bool Flag(JsonElement json, string name) => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;
}

/// <summary>One allowed type of an element.</summary>
/// <param name="Code">FHIR type name; R4's FHIRPath system types are given by their FHIR name.</param>
/// <param name="Profiles">Profiles of the type, one of which the value must satisfy; empty for none.</param>
/// <param name="TargetProfiles">Profiles of what a Reference or canonical points to, one of which must hold; empty for none.</param>
/// <param name="Aggregation">contained, referenced, bundled: where the target may be; empty for anywhere.</param>
/// <param name="Versioning">either, independent or specific; null for either.</param>
public sealed record TypeFacts(string Code, IReadOnlyList<string> Profiles, IReadOnlyList<string> TargetProfiles, IReadOnlyList<string> Aggregation, string? Versioning)
{
    private const string SystemTypes = "http://hl7.org/fhirpath/System.";
    private const string FhirType = "http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type";

    internal static TypeFacts Read(JsonElement json)
    {
        var code = StructureDefinition.Text(json, "code") ?? "";
        if (code.StartsWith(SystemTypes, StringComparison.Ordinal))
        {
            var named = StructureDefinition.Extension(json, FhirType);
            var name = named.ValueKind == JsonValueKind.Object ? StructureDefinition.Text(named, "valueUrl") ?? StructureDefinition.Text(named, "valueUri") : null;
            code = name ?? code[SystemTypes.Length..].ToLowerInvariant();
        }

        return new TypeFacts(code, Texts(json, "profile"), Texts(json, "targetProfile"), Texts(json, "aggregation"), StructureDefinition.Text(json, "versioning"));
    }

    internal static bool IsPrimitiveSuffix(string suffix) => suffix is "Base64Binary" or "Boolean" or "Canonical" or "Code" or "Date" or "DateTime" or "Decimal"
        or "Id" or "Instant" or "Integer" or "Markdown" or "Oid" or "PositiveInt" or "String" or "Time" or "UnsignedInt" or "Uri" or "Url" or "Uuid" or "Xhtml";

    private static string[] Texts(JsonElement json, string name) => StructureDefinition.Each(json, name, v => v.GetString()!);
}

/// <summary>A value demanded by a definition, as JSON of the named FHIR type.</summary>
public sealed record ValueFacts(string Type, string Json)
{
    internal ReadOnlyMemory<byte> Utf8 => Encoding.UTF8.GetBytes(Json);
}

/// <summary>A binding: strength (required, extensible, preferred, example), the value set's canonical address, and that of the set beyond which no code may go (elementdefinition-maxValueSet).</summary>
public sealed record BindingFacts(string Strength, string? ValueSet, string? MaxValueSet = null)
{
    private const string Most = "http://hl7.org/fhir/StructureDefinition/elementdefinition-maxValueSet";

    internal static BindingFacts Read(JsonElement json)
    {
        var most = StructureDefinition.Extension(json, Most);
        return new BindingFacts(StructureDefinition.Text(json, "strength") ?? "example", StructureDefinition.Text(json, "valueSet"),
            most.ValueKind == JsonValueKind.Object ? StructureDefinition.Text(most, "valueCanonical") ?? StructureDefinition.Text(most, "valueUri") : null);
    }
}

/// <summary>An invariant: key, whether it is an error (else a warning), its FHIRPath expression, and the sentence that goes with it where one is kept.</summary>
public sealed record ConstraintFacts(string Key, bool IsError, string Expression, string? Human)
{
    internal static ConstraintFacts Read(JsonElement json) => new(
        StructureDefinition.Text(json, "key") ?? "", StructureDefinition.Text(json, "severity") != "warning",
        StructureDefinition.Text(json, "expression") ?? "", StructureDefinition.Text(json, "human"));
}

/// <summary>How repetitions of an element are told apart.</summary>
/// <param name="Rules">open, closed or openAtEnd.</param>
public sealed record SlicingFacts(IReadOnlyList<DiscriminatorFacts> Discriminators, bool Ordered, string Rules)
{
    internal static SlicingFacts Read(JsonElement json) => new(
        StructureDefinition.Each(json, "discriminator", d => new DiscriminatorFacts(StructureDefinition.Text(d, "type") ?? "value", StructureDefinition.Text(d, "path") ?? "$this")),
        json.TryGetProperty("ordered", out var ordered) && ordered.ValueKind == JsonValueKind.True,
        StructureDefinition.Text(json, "rules") ?? "open");
}

/// <summary>A discriminator: value, exists, pattern, type, profile or position, at a path below the sliced element.</summary>
public sealed record DiscriminatorFacts(string Type, string Path);
