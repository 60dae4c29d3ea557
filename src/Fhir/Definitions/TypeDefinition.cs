using System.Collections.Frozen;

namespace Fhir.Definitions;

/// <summary>
/// A FHIR type as the base specification defines it: a primitive, a complex type, a resource, or the inline type of a backbone element
/// (then <see cref="Name"/> is "BackboneElement" or "Element" and <see cref="Path"/> says where).
/// </summary>
public sealed class TypeDefinition
{
    private readonly NameTable _names;
    private readonly FrozenDictionary<string, PropertyDefinition> _byName;
    private readonly Dictionary<string, TypeDefinition> _inline;

    private TypeDefinition(string name, StructureDefinition structure, string path, int start, TypeDefinition? root)
    {
        Name = name;
        Path = path;
        Structure = structure;
        Root = root ?? this;
        _inline = root?._inline ?? new Dictionary<string, TypeDefinition>(StringComparer.Ordinal);
        _inline[path] = this;
        IsResource = root is null && structure.Kind == "resource";
        IsPrimitive = root is null && structure.Kind == "primitive-type";
        Primitive = IsPrimitive ? PrimitiveFormat.KindOf(name) : PrimitiveKind.None;
        RootFacts = structure.Elements[start];
        var properties = new List<PropertyDefinition>();
        var prefix = path.Length + 1;
        for (var i = start + 1; i < structure.Elements.Count; i++)
        {
            var element = structure.Elements[i];
            if (element.Path.Length <= prefix || !element.Path.StartsWith(path, StringComparison.Ordinal) || element.Path[path.Length] != '.')
            {
                break;
            }

            // The value of a primitive is its text; a slice of the base specification (R4 has a few in types) adds no property.
            if (element.Path.IndexOf('.', prefix) >= 0 || element.SliceName is not null || (IsPrimitive && element.Path[prefix..] == "value"))
            {
                continue;
            }

            var hasChildren = i + 1 < structure.Elements.Count && structure.Elements[i + 1].Path.StartsWith(element.Path + ".", StringComparison.Ordinal);
            var content = hasChildren ? new TypeDefinition(string.Intern(element.Types[0].Code), structure, element.Path, i, Root) : null;
            properties.Add(new PropertyDefinition(element, properties.Count, this, content));
        }

        Properties = properties;
        _names = new NameTable(properties);
        _byName = properties.ToFrozenDictionary(p => p.Name, StringComparer.Ordinal);
    }

    /// <summary>FHIR type name.</summary>
    public string Name { get; }

    /// <summary>Path of the element that introduces the type: the name itself, or for an inline type such as "Patient.contact".</summary>
    public string Path { get; }

    /// <summary>Children in the order of the specification, inherited ones included. A primitive has "id" and "extension".</summary>
    public IReadOnlyList<PropertyDefinition> Properties { get; }

    /// <summary>Whether it is a resource type.</summary>
    public bool IsResource { get; }

    /// <summary>Whether values are single texts, numbers or booleans.</summary>
    public bool IsPrimitive { get; }

    /// <summary>Whether nothing may be of exactly this type.</summary>
    public bool IsAbstract => Structure.Abstract;

    /// <summary>Checks compiled from this definition by the validator.</summary>
    internal object? Rules { get; set; }

    /// <summary>The lexical form of a primitive.</summary>
    internal PrimitiveKind Primitive { get; }

    /// <summary>What is stated about the type as a whole (its invariants, for one).</summary>
    public ElementFacts RootFacts { get; }

    /// <summary>The definition that it was read from.</summary>
    public StructureDefinition Structure { get; }

    /// <summary>The named type around an inline type, or the type itself.</summary>
    public TypeDefinition Root { get; }

    /// <summary>Whether this is the inline type of a backbone element.</summary>
    public bool IsInline => Root != this;

    /// <summary>Name of the type that this one specialises; null for Element and Resource.</summary>
    public string? BaseName => IsInline ? (Name == "Element" ? null : "Element") : Structure.BaseDefinition is { } b ? b[(b.LastIndexOf('/') + 1)..] : null;

    /// <summary>Finds a property by its FHIRPath name ("value" for "value[x]"), or null.</summary>
    public PropertyDefinition? Property(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Finds a property by its JSON name in UTF-8, and which of its JSON names it was.</summary>
    public bool TryFindJson(ReadOnlySpan<byte> jsonName, out PropertyDefinition property, out int nameIndex) => _names.TryFind(jsonName, out property!, out nameIndex);

    /// <summary>Whether values of this type are also values of <paramref name="name"/> (itself included).</summary>
    public bool Is(string name)
    {
        if (IsInline)
        {
            return name == Name || name == "Element";
        }

        for (var type = this; type is not null; type = type.BaseName is { } b ? FhirTypes.Find(b) : null)
        {
            if (type.Name == name)
            {
                return true;
            }
        }

        return false;
    }

    internal TypeDefinition Inline(string path) =>
        _inline.GetValueOrDefault(path) ?? throw new InvalidOperationException($"The content reference #{path} in {Structure.Url} points to nothing.");

    internal static TypeDefinition Build(StructureDefinition structure) => new(string.Intern(structure.Type), structure, structure.Elements[0].Path, 0, null);

    /// <inheritdoc />
    public override string ToString() => Path;
}
