using Fhir.FhirPath.Values;

namespace Fhir.FhirPath.Nodes;

internal sealed class LiteralNode(PathValue value, int position) : SingleNode(position)
{
    internal PathValue Value => value;

    internal override PathValue Single(Evaluation e) => value;
}

internal sealed class EmptyNode(int position) : SingleNode(position)
{
    internal override PathValue Single(Evaluation e) => default;
}

/// <summary>What can be read but not evaluated; an error only if evaluation comes to it.</summary>
internal sealed class InvalidNode(string message, int position) : SingleNode(position)
{
    internal override PathValue Single(Evaluation e) => throw FhirPathException.Execution(message, Position);
}

internal sealed class ThisNode(int position) : SingleNode(position)
{
    internal override PathValue Single(Evaluation e) => e.This;
}

internal sealed class IndexNode(int position) : SingleNode(position)
{
    internal override PathValue Single(Evaluation e) => PathValue.From(e.Index);
}

internal sealed class TotalNode(int position) : Node(position)
{
    internal override void Eval(Evaluation e)
    {
        foreach (var item in e.Total ?? [])
        {
            e.Push(item);
        }
    }
}

/// <summary>The whole input collection of defineVariable(), which its projection starts from.</summary>
internal sealed class FocusNode(int position) : Node(position)
{
    internal override void Eval(Evaluation e)
    {
        foreach (var item in e.Focus)
        {
            e.Push(item);
        }
    }
}

/// <summary>Forgets the variables that were defined inside.</summary>
internal sealed class VariableScopeNode(Node inner) : Node(inner.Position)
{
    internal override void Eval(Evaluation e)
    {
        var outer = e.Variables;
        inner.Eval(e);
        e.Variables = outer;
    }
}

/// <summary>A type name at the start of a path: $this, if it is of that type.</summary>
internal sealed class TypeRootNode(TypeTest type, int position) : SingleNode(position)
{
    internal override PathValue Single(Evaluation e) => type.Matches(e.This) ? e.This : default;
}

/// <summary>An external constant: %name.</summary>
internal sealed class VariableNode(string name, int position) : Node(position)
{
    internal override void Eval(Evaluation e)
    {
        for (var variable = e.Variables; variable is not null; variable = variable.Outer)
        {
            if (variable.Name == name)
            {
                PushAll(e, variable.Value);
                return;
            }
        }

        if (e.Environment.Variables is { } given && given.TryGetValue(name, out var items))
        {
            PushAll(e, items);
            return;
        }

        var value = Standard(e);
        if (!value.IsNone)
        {
            e.Push(value);
        }
    }

    private static void PushAll(Evaluation e, IReadOnlyList<PathValue> items)
    {
        for (var i = 0; i < items.Count; i++)
        {
            e.Push(items[i]);
        }
    }

    private PathValue Standard(Evaluation e) => name switch
    {
        "context" => e.Context,
        "resource" => e.Environment.Resource is { } resource ? PathValue.From(resource)
            : e.Context.IsElement ? PathValue.From(e.Context.AsElement.Resource) : default,
        "rootResource" => (e.Environment.RootResource ?? e.Environment.Resource?.RootResource) is { } root ? PathValue.From(root)
            : e.Context.IsElement ? PathValue.From(e.Context.AsElement.RootResource) : default,
        "sct" => PathValue.From("http://snomed.info/sct"),
        "loinc" => PathValue.From("http://loinc.org"),
        "ucum" => PathValue.From("http://unitsofmeasure.org"),
        _ when name.StartsWith("vs-", StringComparison.Ordinal) => PathValue.From("http://hl7.org/fhir/ValueSet/" + name[3..]),
        _ when name.StartsWith("ext-", StringComparison.Ordinal) => PathValue.From("http://hl7.org/fhir/StructureDefinition/" + name[4..]),
        _ => throw FhirPathException.Execution($"the variable %{name} is not defined", Position),
    };
}
