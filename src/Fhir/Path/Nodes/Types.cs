using Fhir.FhirPath.Values;

namespace Fhir.FhirPath.Nodes;

/// <summary>A resolved type specifier: a System type, a FHIR type, or the FHIR type and the System type of the same name (Quantity).</summary>
internal sealed record TypeTest(PathKind System, string? Fhir, bool Any = false)
{
    /// <summary>is: the type or a subtype.</summary>
    internal bool Matches(in PathValue value)
    {
        if (value.IsElement)
        {
            return Any || (Fhir is not null && Elements.IsOfType(value.AsElement, Fhir));
        }

        return !value.IsNone && (Any || value.Kind == System);
    }

    /// <summary>
    /// as and ofType: a primitive must be of the very type, since R4's own definitions tell code, id and string apart this way; other types may be subtypes.
    /// </summary>
    internal bool Selects(in PathValue value) =>
        value.IsElement && !Any && Elements.IsPrimitive(value.AsElement)
            ? Fhir is not null && Elements.TypeName(value.AsElement) == Fhir
            : Matches(value);
}

/// <summary>is: of one item.</summary>
internal sealed class IsNode(Node source, TypeTest type, int position) : TruthNode(position)
{
    internal override Truth Test(Evaluation e)
    {
        var value = source.Single(e);
        return value.IsNone ? Truth.Empty : type.Matches(value) ? Truth.True : Truth.False;
    }
}

/// <summary>resolve() is T: answered from the reference itself where its target cannot be had.</summary>
internal sealed class ResolvesToNode(Node? references, TypeTest type, int position) : TruthNode(position)
{
    internal override Truth Test(Evaluation e)
    {
        var reference = references is null ? e.This : references.Single(e);
        if (reference.IsNone)
        {
            return Truth.Empty;
        }

        if (References.Resolve(e, reference) is { } target)
        {
            return type.Matches(PathValue.From(target)) ? Truth.True : Truth.False;
        }

        return References.TypeOf(reference) is { } name && type.Fhir is not null ? Logic.Of(Elements.IsSubtype(name, type.Fhir)) : Truth.Empty;
    }
}

/// <summary>as and ofType; as wants one item, unless the R4 definitions are read, which apply it to many.</summary>
internal sealed class OfTypeNode(Node? source, TypeTest type, bool onlyOne, int position) : Node(position)
{
    internal override void Eval(Evaluation e)
    {
        var mark = e.Count;
        if (source is null)
        {
            e.Push(e.This);
        }
        else
        {
            source.Eval(e);
        }

        if (onlyOne && e.Count - mark > 1)
        {
            throw FhirPathException.Execution($"'as' expects one item, but there are {e.Count - mark}; use ofType()", Position);
        }

        var kept = mark;
        for (var i = mark; i < e.Count; i++)
        {
            if (type.Selects(e[i]))
            {
                e[kept++] = e[i];
            }
        }

        e.Cut(kept);
    }
}
