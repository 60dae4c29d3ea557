using Fhir.Definitions;
using Fhir.FhirPath.Values;

namespace Fhir.FhirPath.Compilation;

/// <summary>
/// What is known about the items of an expression before it is evaluated: their possible types, or nothing. Unordered marks children() and descendants(), whose
/// items have no meaningful position.
/// </summary>
internal sealed class Shape
{
    private Shape(bool known, IReadOnlyList<TypeRef> types, IReadOnlyList<PathKind> system, bool unordered)
    {
        Known = known;
        Types = types;
        System = system;
        Unordered = unordered;
    }

    internal static Shape Unknown { get; } = new(false, [], [], false);

    internal static Shape UnknownUnordered { get; } = new(false, [], [], true);

    internal static Shape Nothing { get; } = new(true, [], [], false);

    internal bool Known { get; }

    internal IReadOnlyList<TypeRef> Types { get; }

    internal IReadOnlyList<PathKind> System { get; }

    internal bool Unordered { get; }

    internal static Shape Of(PathKind kind) => kind == PathKind.None ? Unknown : new Shape(true, [], [kind], false);

    internal static Shape Of(TypeDefinition type) => new(true, [new TypeRef(type.Name, type, null, 0)], [], false);

    internal static Shape OfFhir(string name) => FhirTypes.Find(name) is { } type ? Of(type) : Unknown;

    internal static Shape Of(PropertyDefinition property) => property.TypeNames.Count == 0
        ? Of(property.TypeAt(0))
        : new Shape(true, [.. property.TypeNames.Select((name, i) => new TypeRef(name, null, property, i))], [], false);

    internal Shape Or(Shape other) => !Known || !other.Known
        ? Unknown
        : new Shape(true, [.. Types.Union(other.Types)], [.. System.Union(other.System)], Unordered || other.Unordered);

    /// <summary>The shape of a property; null if none of the types has it.</summary>
    internal Shape? Member(string name)
    {
        if (!Known)
        {
            return Unknown;
        }

        if (this == Nothing)
        {
            return Nothing;
        }

        Shape? found = null;
        foreach (var type in Types)
        {
            if (type.Resolve() is not { } definition || IsOpen(definition))
            {
                return Unknown;
            }

            var member = definition.Property(name) is { } property ? Of(property)
                : definition.IsPrimitive && name == "value" ? Of(SystemKind(definition))
                : null;
            if (member is not null && Types.Count > 12)
            {
                // extension.value and its like: one type that fits is enough, the rest need not be loaded.
                return Unknown;
            }

            found = member is null ? found : found?.Or(member) ?? member;
        }

        return found;
    }

    /// <summary>Whether some item may be of the type, so that a path may begin with its name.</summary>
    internal bool MayBe(string typeName) =>
        !Known || Types.Any(t => t.Resolve() is not { } definition || definition.Is(typeName) || (IsOpen(definition) && FhirTypes.Find(typeName)?.Is(definition.Name) == true));

    /// <summary>The System types that the items are or convert to; null if that is not certain.</summary>
    internal IReadOnlyList<PathKind>? SystemKinds()
    {
        if (!Known || this == Nothing)
        {
            return null;
        }

        var kinds = new List<PathKind>(System);
        foreach (var type in Types)
        {
            var definition = Types.Count > 12 ? null : type.Resolve();
            if (definition is null || IsOpen(definition))
            {
                return null;
            }

            kinds.Add(definition.IsPrimitive ? SystemKind(definition) : definition.Is("Quantity") ? PathKind.Quantity : PathKind.Element);
        }

        return kinds;
    }

    private static bool IsOpen(TypeDefinition type) =>
        !type.IsInline && type.Name is "Resource" or "DomainResource" or "Element" or "BackboneElement" && !type.IsInline;

    private static PathKind SystemKind(TypeDefinition type) => type.Primitive switch
    {
        PrimitiveKind.Boolean => PathKind.Boolean,
        PrimitiveKind.Integer or PrimitiveKind.PositiveInt or PrimitiveKind.UnsignedInt => PathKind.Integer,
        PrimitiveKind.Decimal => PathKind.Decimal,
        PrimitiveKind.Date => PathKind.Date,
        PrimitiveKind.DateTime or PrimitiveKind.Instant => PathKind.DateTime,
        PrimitiveKind.Time => PathKind.Time,
        _ => PathKind.String,
    };
}

/// <summary>A type by its definition, or as one of a property's types that is loaded when needed.</summary>
internal sealed record TypeRef(string Name, TypeDefinition? Definition, PropertyDefinition? Property, int Index)
{
    /// <summary>The definition; null where it is not loaded.</summary>
    internal TypeDefinition? Resolve() => Definition ?? (Property is { TypeNames.Count: 1 } ? Property.TypeAt(Index) : FhirTypes.Find(Name));
}
