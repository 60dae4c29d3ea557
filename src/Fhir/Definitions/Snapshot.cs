namespace Fhir.Definitions;

/// <summary>Makes the snapshot of a profile that comes with a differential only (https://hl7.org/fhir/R4/profiling.html#snapshot).</summary>
internal sealed class Snapshot
{
    private const int DeepestChain = 32;

    [ThreadStatic]
    private static int _depth;

    private readonly DefinitionLibrary _library;
    private readonly string _url;
    private readonly List<ElementFacts> _elements;

    private Snapshot(StructureDefinition differential, StructureDefinition based, DefinitionLibrary library)
    {
        _library = library;
        _url = differential.Url;
        _elements = [.. based.Elements];
    }

    /// <exception cref="FormatException">The base is unknown, or an element cannot be placed.</exception>
    public static StructureDefinition Generate(StructureDefinition differential, DefinitionLibrary library)
    {
        if (_depth >= DeepestChain)
        {
            throw new FormatException($"{differential.Url} is derived through more than {DeepestChain} definitions, perhaps in a circle.");
        }

        _depth++;
        try
        {
            var based = differential.BaseDefinition is { } address ? library.FindStructure(address) : null;
            if (based is null)
            {
                throw new FormatException($"{differential.Url} is derived from {differential.BaseDefinition}, which is not loaded.");
            }

            var snapshot = new Snapshot(differential, based, library);
            foreach (var element in differential.Elements)
            {
                snapshot.Apply(element);
            }

            return new StructureDefinition
            {
                Url = differential.Url,
                Version = differential.Version,
                Type = differential.Type,
                Kind = differential.Kind,
                Abstract = differential.Abstract,
                BaseDefinition = differential.BaseDefinition,
                IsConstraint = differential.IsConstraint,
                Contexts = differential.Contexts,
                ContextInvariants = differential.ContextInvariants,
                Imposes = [.. based.IsConstraint ? based.Imposes.Union(differential.Imposes) : differential.Imposes],
                Elements = snapshot._elements,
            };
        }
        finally
        {
            _depth--;
        }
    }

    private void Apply(ElementFacts element)
    {
        var at = Ensure(ElementId.Segments(element.Id, element.Path));
        _elements[at] = Merge(_elements[at], element);
    }

    /// <summary>The position of an element, which is made (with what must stand above it) if it is not there.</summary>
    private int Ensure(string[] segments)
    {
        var id = string.Join('.', segments);
        var found = _elements.FindIndex(e => e.Id == id);
        if (found >= 0)
        {
            return found;
        }

        if (segments.Length == 1)
        {
            throw new FormatException($"{_url}: the element {id} does not begin with the type that is constrained.");
        }

        var last = segments[^1];
        var unsliced = ElementId.Unsliced(last);
        if (unsliced != last)
        {
            return AddSlice(segments, Ensure([.. segments[..^1], unsliced]), id);
        }

        var parent = Ensure(segments[..^1]);
        // What stands above may have come with the children of its profile.
        found = _elements.FindIndex(e => e.Id == id);
        if (found >= 0)
        {
            return found;
        }

        if (!HasChildren(parent))
        {
            Expand(parent);
            found = _elements.FindIndex(e => e.Id == id);
            if (found >= 0)
            {
                return found;
            }
        }

        return AddShorthand(segments, parent, id);
    }

    private int AddSlice(string[] segments, int sliced, string id)
    {
        var of = _elements[sliced];
        var isExtension = of.Types is [{ Code: "Extension" }];
        if (of.Slicing is null && isExtension)
        {
            _elements[sliced] = of with { Slicing = new SlicingFacts([new DiscriminatorFacts("value", "url")], false, "open") };
        }

        // After the sliced element, what is below it, and the slices that it has already.
        var at = sliced + 1;
        while (at < _elements.Count && Begins(_elements[at].Id, of.Id))
        {
            at++;
        }

        _elements.Insert(at, of with { Id = id, SliceName = ElementId.Slice(segments[^1]), Slicing = null, Min = 0 });
        return at;
    }

    // "valueQuantity" is short for the slice of value[x] by type.
    private int AddShorthand(string[] segments, int parent, string id)
    {
        var prefix = _elements[parent].Id + ".";
        foreach (var candidate in _elements)
        {
            if (!candidate.Id.StartsWith(prefix, StringComparison.Ordinal) || !candidate.Id.EndsWith("[x]", StringComparison.Ordinal))
            {
                continue;
            }

            var name = candidate.Id[prefix.Length..^3];
            var type = candidate.Types.FirstOrDefault(t => segments[^1] == name + char.ToUpperInvariant(t.Code[0]) + t.Code[1..]);
            if (type is null)
            {
                continue;
            }

            var at = _elements.IndexOf(candidate);
            _elements[at] = candidate with { Slicing = candidate.Slicing ?? new SlicingFacts([new DiscriminatorFacts("type", "$this")], false, "open") };
            var slice = Ensure([.. segments[..^1], $"{name}[x]:{segments[^1]}"]);
            _elements[slice] = _elements[slice] with { Types = [type] };
            return slice;
        }

        throw new FormatException($"{_url}: there is no place for {id} in what it is derived from.");
    }

    private static bool Begins(string id, string ancestor) =>
        id.Length > ancestor.Length && id.StartsWith(ancestor, StringComparison.Ordinal) && id[ancestor.Length] is '.' or ':' or '/';

    private bool HasChildren(int index) =>
        index + 1 < _elements.Count && _elements[index + 1].Id.StartsWith(_elements[index].Id + ".", StringComparison.Ordinal);

    /// <summary>Writes out the children of an element: those of the element that it is a slice of, those that its content reference names, or those of its type.</summary>
    private void Expand(int index)
    {
        var element = _elements[index];
        var children = FromSliced(element) ?? (element.ContentReference is { } reference ? FromReference(element, reference) : null) ?? FromType(element);
        _elements.InsertRange(index + 1, children);
    }

    // What the base specification says of the element that is named: a profile's constraints on that element do not follow the reference.
    private List<ElementFacts> FromReference(ElementFacts element, string reference)
    {
        var type = reference.Split('.')[0];
        var structure = _library.FindStructure("http://hl7.org/fhir/StructureDefinition/" + type) ?? throw new FormatException($"{_url}: {element.Id} refers to {reference}, which is not loaded.");
        return Below(structure.Elements, reference, element);
    }

    private List<ElementFacts>? FromSliced(ElementFacts element)
    {
        var segments = ElementId.Segments(element.Id, element.Path);
        var unsliced = ElementId.Unsliced(segments[^1]);
        if (unsliced == segments[^1])
        {
            return null;
        }

        var found = Below(_elements, string.Join('.', [.. segments[..^1], unsliced]), element);
        return found.Count == 0 ? null : found;
    }

    private List<ElementFacts> FromType(ElementFacts element)
    {
        if (element.Types.Count != 1)
        {
            throw new FormatException($"{_url}: {element.Id} has {element.Types.Count} types; constrain it to one before its children.");
        }

        var type = element.Types[0];
        var structure = (type.Profiles is [var profile] ? _library.FindStructure(profile) : null)
            ?? _library.FindStructure("http://hl7.org/fhir/StructureDefinition/" + type.Code)
            ?? throw new FormatException($"{_url}: {element.Id} is a {type.Code}, whose definition is not loaded.");
        return Below(structure.Elements, structure.Elements[0].Id, element);
    }

    private static List<ElementFacts> Below(IReadOnlyList<ElementFacts> elements, string id, ElementFacts under)
    {
        var root = elements.First(e => e.Id == id || (e.Path == id && e.SliceName is null));
        return [.. elements.Where(e => e.Id.StartsWith(root.Id + ".", StringComparison.Ordinal))
            .Select(e => e with { Id = under.Id + e.Id[root.Id.Length..], Path = under.Path + e.Path[root.Path.Length..] })];
    }

    private static ElementFacts Merge(ElementFacts based, ElementFacts change) => based with
    {
        Min = change.Min ?? based.Min,
        Max = change.Max ?? based.Max,
        Types = change.Types.Count > 0 ? change.Types : based.Types,
        Fixed = change.Fixed ?? based.Fixed,
        Pattern = change.Pattern ?? based.Pattern,
        MinValue = change.MinValue ?? based.MinValue,
        MaxValue = change.MaxValue ?? based.MaxValue,
        MaxLength = change.MaxLength ?? based.MaxLength,
        Binding = change.Binding ?? based.Binding,
        Slicing = change.Slicing ?? based.Slicing,
        Constraints = [.. based.Constraints.Where(b => change.Constraints.All(c => c.Key != b.Key)), .. change.Constraints],
        IsModifier = based.IsModifier || change.IsModifier,
        IsSummary = based.IsSummary || change.IsSummary,
        MustSupport = based.MustSupport || change.MustSupport,
    };
}
