using Fhir.FhirPath.Nodes;
using Fhir.FhirPath.Syntax;
using Fhir.FhirPath.Values;

namespace Fhir.FhirPath.Compilation;

/// <summary>Compiles function calls.</summary>
internal sealed partial class Compiler
{
    private Compiled Call(CallExpression call, Shape focus)
    {
        var source = call.Source is not null ? Compile(call.Source, focus)
            : new Compiled((Node?)ImpliedSource(call.Position) ?? new ThisNode(call.Position), focus);
        var input = call.Source is null ? ImpliedSource(call.Position) : source.Node;
        return call.Name switch
        {
            "is" or "as" or "ofType" => TypeFunction(call, source, TypeArgument(call)),
            "exists" => new Compiled(new ExistsNode(input, Criteria(call, source, 0, 1), negated: false, call.Position), Shape.Of(PathKind.Boolean)),
            "empty" => new Compiled(new ExistsNode(input, Criteria(call, source, 0, 0), negated: true, call.Position), Shape.Of(PathKind.Boolean)),
            "all" => new Compiled(new AllNode(input, Criteria(call, source, 1, 1)!, call.Position), Shape.Of(PathKind.Boolean)),
            "where" => new Compiled(new WhereNode(input, Criteria(call, source, 1, 1)!, call.Position), source.Shape),
            "select" => Select(call, source, input),
            "iif" => Iif(call, source, input),
            "not" => NoArguments(call, new NotNode(source.Node, call.Position), PathKind.Boolean),
            "count" => NoArguments(call, new CountNode(input, call.Position), PathKind.Integer),
            "hasValue" => NoArguments(call, new HasValueNode(input, call.Position), PathKind.Boolean),
            "children" => NoArguments(call, new ChildrenNode(input, call.Position), PathKind.None) with { Shape = Shape.UnknownUnordered },
            "aggregate" => Aggregate(call, source, input, focus),
            "trace" => Trace(call, source, input, focus),
            "defineVariable" => DefineVariable(call, source, input, focus),
            _ => Table(call, source, input, focus),
        };
    }

    private Compiled Table(CallExpression call, Compiled source, Node? input, Shape focus)
    {
        var entry = FunctionTable.Find(call.Name) ?? throw FhirPathException.Semantic($"there is no function {call.Name}()", call.Position);
        CheckArguments(call, entry.Least, entry.Most);
        if (entry.NeedsOrder)
        {
            CheckOrder(source.Shape, call.Name + "()", call.Position);
        }

        var keys = call.Arguments.Select(a => SortKey(call, a)).ToList();
        var item = call.Name.StartsWith("repeat", StringComparison.Ordinal) ? Shape.Unknown : source.Shape;
        Node[] arguments = [.. keys.Select(a => (entry.Scoped ? Scoped(a.Value, item) : Isolated(a.Value, focus)).Node)];
        Node node = entry.Scalar is not null
            ? new ScalarCallNode(call.Name, input, arguments, entry.Scalar, entry.Operands, call.Position)
            : new CollectionCallNode(call.Name, input, arguments, entry.Collection!, call.Position) { Descending = [.. keys.Select(a => a.Descending)] };
        return new Compiled(node, ShapeOf(call, entry, source.Shape));
    }

    private static Shape ShapeOf(CallExpression call, FunctionEntry entry, Shape source) => call.Name switch
    {
        "descendants" => Shape.UnknownUnordered,
        "extension" => Shape.OfFhir("Extension"),
        _ when entry.Shape == ResultShape.Same => source,
        _ => Shape.Of(entry.Result),
    };

    /// <summary>A minus before a key of sort() turns the order around, whatever the type (the way before asc and desc).</summary>
    private static Argument SortKey(CallExpression call, Argument argument) =>
        call.Name == "sort" && argument.Value is UnaryExpression { Negative: true } key ? new Argument(key.Operand, !argument.Descending) : argument;

    private Node? Criteria(CallExpression call, Compiled source, int least, int most)
    {
        CheckArguments(call, least, most);
        return call.Arguments.Count == 0 ? null : Scoped(call.Arguments[0].Value, source.Shape).Node;
    }

    private Compiled Select(CallExpression call, Compiled source, Node? input)
    {
        CheckArguments(call, 1, 1);
        var projection = Scoped(call.Arguments[0].Value, source.Shape);
        return new Compiled(new SelectNode(input, projection.Node, call.Position), projection.Shape);
    }

    private Compiled Iif(CallExpression call, Compiled source, Node? input)
    {
        CheckArguments(call, 2, 3);
        var criterion = Scoped(call.Arguments[0].Value, source.Shape);
        if (Constants.Count(criterion.Node) > 1)
        {
            throw FhirPathException.Semantic("the criterion of iif() is a collection of several items", call.Position);
        }

        var whenTrue = Scoped(call.Arguments[1].Value, source.Shape);
        var otherwise = call.Arguments.Count > 2 ? Scoped(call.Arguments[2].Value, source.Shape) : (Compiled?)null;
        var shape = otherwise is null || otherwise.Value.Shape == Shape.Nothing ? whenTrue.Shape
            : whenTrue.Shape == Shape.Nothing ? otherwise.Value.Shape
            : whenTrue.Shape.Or(otherwise.Value.Shape);
        return new Compiled(new IifNode(input, criterion.Node, whenTrue.Node, otherwise?.Node, call.Position), shape);
    }

    private static Compiled NoArguments(CallExpression call, Node node, PathKind result)
    {
        CheckArguments(call, 0, 0);
        return new Compiled(node, Shape.Of(result));
    }

    private Compiled Aggregate(CallExpression call, Compiled source, Node? input, Shape focus)
    {
        CheckArguments(call, 1, 2);
        Node[] arguments = call.Arguments.Count == 1
            ? [Scoped(call.Arguments[0].Value, source.Shape).Node]
            : [Scoped(call.Arguments[0].Value, source.Shape).Node, Isolated(call.Arguments[1].Value, focus).Node];
        return new Compiled(new CollectionCallNode(call.Name, input, arguments, Functions.ScopedFunctions.Aggregate, call.Position), Shape.Unknown);
    }

    private Compiled Trace(CallExpression call, Compiled source, Node? input, Shape focus)
    {
        CheckArguments(call, 1, 2);
        Node[] arguments = [.. call.Arguments.Select((a, i) => (i == 0 ? Isolated(a.Value, focus) : Scoped(a.Value, source.Shape)).Node)];
        return new Compiled(new CollectionCallNode(call.Name, input, arguments, Functions.ScopedFunctions.Trace, call.Position), source.Shape);
    }

    private Compiled DefineVariable(CallExpression call, Compiled source, Node? input, Shape focus)
    {
        CheckArguments(call, 1, 2);
        var outer = _collectionFocus;
        var name = Isolated(call.Arguments[0].Value, focus).Node;
        _collectionFocus = true;
        Node[] arguments = call.Arguments.Count == 1 ? [name] : [name, Isolated(call.Arguments[1].Value, source.Shape).Node];
        _collectionFocus = outer;
        _definesVariables = true;
        return new Compiled(new CollectionCallNode(call.Name, input, arguments, Functions.ScopedFunctions.DefineVariable, call.Position), source.Shape);
    }

    private static string TypeArgument(CallExpression call)
    {
        CheckArguments(call, 1, 1);
        return call.Arguments[0].Value switch
        {
            MemberExpression { Source: null } name => name.Name,
            MemberExpression { Source: MemberExpression { Source: null } model } name => $"{model.Name}.{name.Name}",
            _ => throw FhirPathException.Semantic($"{call.Name}() expects the name of a type", call.Position),
        };
    }

    private Compiled TypeFunction(CallExpression call, Compiled source, string typeName) =>
        TypeFunction(call.Name, call.Source, source, typeName, call.Position);

    private Compiled TypeFunction(string name, Expression? operand, Compiled source, string typeName, int position)
    {
        if (TypeNames.Resolve(typeName) is not { } type)
        {
            return new Compiled(new InvalidNode($"there is no type '{typeName}'", position), Shape.Unknown);
        }

        if (name == "is")
        {
            Node test = operand is CallExpression { Name: "resolve", Arguments.Count: 0 } resolve
                ? new ResolvesToNode(resolve.Source is null ? null : ((CollectionCallNode)source.Node).Input, type, position)
                : new IsNode(source.Node, type, position);
            return new Compiled(test, Shape.Of(PathKind.Boolean));
        }

        var shape = type.Fhir is not null && type.System == PathKind.None ? Shape.OfFhir(type.Fhir) : type.Fhir is null ? Shape.Of(type.System) : Shape.Unknown;
        if (type is { Fhir: "Quantity", System: PathKind.Quantity } && source.Shape.Known && source.Shape.System.Count == 0)
        {
            shape = Shape.OfFhir("Quantity");
        }

        return new Compiled(new OfTypeNode(source.Node, type, onlyOne: name == "as" && !lenient, position), shape);
    }

    private static void CheckArguments(CallExpression call, int least, int most)
    {
        if (call.Arguments.Count < least || call.Arguments.Count > most)
        {
            var expected = least == most ? $"{least}" : $"{least} to {most}";
            throw FhirPathException.Semantic($"{call.Name}() takes {expected} arguments, not {call.Arguments.Count}", call.Position);
        }
    }
}
