using System.Text;
using Fhir.Definitions;

namespace Fhir.Model;

/// <summary>
/// One node of a FHIR resource: the resource itself, a complex value or a primitive. Immutable once read. Children stand in the order of the source;
/// repetitions of one name stand together, and so do a primitive's value and its "_name" part.
/// </summary>
public sealed class Element
{
    private Element[] _children = [];

    internal Element(TypeDefinition type, PropertyDefinition? property, int nameIndex, Element? parent, int index, int offset)
    {
        Type = type;
        Property = property;
        NameIndex = nameIndex;
        Parent = parent;
        Index = index;
        Offset = offset;
    }

    /// <summary>Name in FHIRPath: for a choice the part before "[x]", for a resource without a parent its type.</summary>
    public string Name => Property?.Name ?? Type.Name;

    /// <summary>Name in JSON: with the type for a choice ("valueQuantity").</summary>
    public string JsonName => Property?.JsonNames[NameIndex] ?? Type.Name;

    /// <summary>FHIR type: of a resource its own type wherever it stands, of a backbone element "BackboneElement" (or "Element").</summary>
    public string TypeName => Type.Name;

    /// <summary>The type's definition.</summary>
    public TypeDefinition Type { get; }

    /// <summary>The property of the parent's type that this element fills; null for a resource (or value) that stands alone.</summary>
    public PropertyDefinition? Property { get; }

    /// <summary>What contains the element; null for a resource that stands alone. A contained resource has its container as parent.</summary>
    public Element? Parent { get; }

    /// <summary>Position among the repetitions, from 0.</summary>
    public int Index { get; internal set; }

    /// <summary>The value of a primitive as it was written (a decimal keeps its zeros, a date its precision); null for a complex element or a primitive that has only extensions.</summary>
    public string? Text { get; internal set; }

    /// <summary>Byte position in the source; -1 where there is none.</summary>
    public int Offset { get; internal set; }

    internal int NameIndex { get; }

    /// <summary>Whether the type is primitive.</summary>
    public bool IsPrimitive => Type.IsPrimitive;

    /// <summary>Whether this is a resource (also one inside another).</summary>
    public bool IsResource => Type.IsResource;

    /// <summary>All children in source order; of a primitive its "id" and "extension".</summary>
    public IReadOnlyList<Element> Children => _children;

    /// <summary>All children, for code that must be fast.</summary>
    public ReadOnlySpan<Element> ChildSpan => _children;

    /// <summary>The nearest resource that contains the element, or the element itself if it is one; the topmost element where there is no resource.</summary>
    public Element Resource
    {
        get
        {
            var at = this;
            while (!at.IsResource && at.Parent is not null)
            {
                at = at.Parent;
            }

            return at;
        }
    }

    /// <summary>The container where <see cref="Resource"/> is a contained resource, otherwise that resource: what '#id' references are looked up in, and FHIRPath's %rootResource.</summary>
    public Element RootResource
    {
        get
        {
            var resource = Resource;
            return resource is { Property.Name: "contained", Parent: not null } ? resource.Parent.Resource : resource;
        }
    }

    /// <summary>The children of a FHIRPath name ("value" finds "valueQuantity"), in order; empty where there are none.</summary>
    public ArraySegment<Element> ChildrenNamed(string name)
    {
        var children = _children;
        for (var i = 0; i < children.Length; i++)
        {
            if (children[i].Name == name)
            {
                var end = i + 1;
                while (end < children.Length && ReferenceEquals(children[end].Property, children[i].Property))
                {
                    end++;
                }

                return new ArraySegment<Element>(children, i, end - i);
            }
        }

        return ArraySegment<Element>.Empty;
    }

    /// <summary>The first child of a FHIRPath name, or null.</summary>
    public Element? Child(string name)
    {
        foreach (var child in _children)
        {
            if (child.Name == name)
            {
                return child;
            }
        }

        return null;
    }

    /// <summary>The text of the first element along a path of names, such as "subject.reference"; null where the path ends early.</summary>
    public string? TextAt(string path)
    {
        var at = this;
        foreach (var range in path.AsSpan().Split('.'))
        {
            at = at?.Child(path[range]);
        }

        return at?.Text;
    }

    /// <summary>The contained resource with this id (without '#'), or null. Ask the container.</summary>
    public Element? Contained(string id)
    {
        foreach (var candidate in ChildrenNamed("contained"))
        {
            if (candidate.Child("id")?.Text == id)
            {
                return candidate;
            }
        }

        return null;
    }

    /// <summary>The element and everything below it, contained resources included, depth first.</summary>
    public IEnumerable<Element> SelfAndDescendants()
    {
        yield return this;
        foreach (var child in _children)
        {
            foreach (var inner in child.SelfAndDescendants())
            {
                yield return inner;
            }
        }
    }

    /// <summary>Where the element stands, as FHIRPath from the outermost resource: "Patient.name[0].given[1]".</summary>
    public string Place
    {
        get
        {
            var text = new StringBuilder();
            AppendPlace(text);
            return text.ToString();
        }
    }

    internal void SetChildren(Element[] children) => _children = children;

    private void AppendPlace(StringBuilder text)
    {
        if (Parent is null)
        {
            text.Append(Name);
            return;
        }

        Parent.AppendPlace(text);
        text.Append('.').Append(Name);
        if (Property!.IsArray)
        {
            text.Append('[').Append(Index).Append(']');
        }
    }

    /// <inheritdoc />
    public override string ToString() => Text is null ? Place : $"{Place} = {Text}";
}
