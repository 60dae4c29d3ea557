using Fhir.Definitions;
using Fhir.FhirPath.Nodes;
using Fhir.FhirPath.Syntax;
using Fhir.FhirPath.Values;

namespace Fhir.FhirPath.Compilation;

/// <summary>Turns a parsed expression into nodes and checks it against the types on the way.</summary>
internal sealed partial class Compiler(Shape context, bool lenient)
{
    private const int MaxDepth = 400;

    private int _depth;
    private bool _definesVariables;
    private bool _collectionFocus;

    internal static Node Compile(Expression expression, string? contextType, bool lenient)
    {
        var context = contextType is null ? Shape.Unknown
            : FhirTypes.Find(contextType) is { } type ? Shape.Of(type)
            : FhirTypes.IsResource(contextType) ? Shape.Unknown
            : throw FhirPathException.Semantic($"there is no type '{contextType}' to evaluate in", 0);
        return new Compiler(context, lenient).Compile(expression, context).Node;
    }

    private Compiled Compile(Expression expression, Shape focus)
    {
        if (++_depth > MaxDepth)
        {
            throw FhirPathException.Syntax("the expression is nested too deeply", expression.Position);
        }

        var compiled = expression switch
        {
            LiteralExpression literal => new Compiled(new LiteralNode(literal.Value, literal.Position), Shape.Of(literal.Value.Kind)),
            EmptyExpression empty => new Compiled(new EmptyNode(empty.Position), Shape.Nothing),
            InvalidLiteralExpression invalid => new Compiled(new InvalidNode(invalid.Message, invalid.Position), Shape.Unknown),
            VariableExpression variable => new Compiled(new VariableNode(variable.Name, variable.Position), variable.Name == "context" ? context : Shape.Unknown),
            ScopeExpression scope => Scope(scope, focus),
            MemberExpression member => Member(member, focus),
            CallExpression call => Call(call, focus),
            IndexerExpression indexer => Indexer(indexer, focus),
            UnaryExpression unary => Unary(unary, focus),
            BinaryExpression binary => Binary(binary, focus),
            TypeExpression type => TypeOperator(type, focus),
            _ => throw new InvalidOperationException($"no node for {expression.GetType().Name}"),
        };
        _depth--;
        return compiled;
    }

    /// <summary>An operand or argument: variables that it defines are its own.</summary>
    private Compiled Isolated(Expression expression, Shape focus)
    {
        var outer = _definesVariables;
        _definesVariables = false;
        var compiled = Compile(expression, focus);
        var isolated = _definesVariables ? compiled with { Node = new VariableScopeNode(compiled.Node) } : compiled;
        _definesVariables = outer;
        return isolated;
    }

    /// <summary>An argument that is evaluated with an item as $this.</summary>
    private Compiled Scoped(Expression expression, Shape item)
    {
        var outer = _collectionFocus;
        _collectionFocus = false;
        var compiled = Isolated(expression, item);
        _collectionFocus = outer;
        return compiled;
    }

    /// <summary>What a path or function without a source starts from: null for $this.</summary>
    private FocusNode? ImpliedSource(int position) => _collectionFocus ? new FocusNode(position) : null;

    private Compiled Scope(ScopeExpression scope, Shape focus) => scope.Name switch
    {
        "this" when _collectionFocus => new Compiled(new FocusNode(scope.Position), focus),
        "this" => new Compiled(new ThisNode(scope.Position), focus),
        "index" => new Compiled(new IndexNode(scope.Position), Shape.Of(PathKind.Integer)),
        _ => new Compiled(new TotalNode(scope.Position), Shape.Unknown),
    };

    private Compiled Member(MemberExpression member, Shape focus)
    {
        if (member.Source is null)
        {
            return TypeRoot(member, focus) ?? Property(ImpliedSource(member.Position), focus, member);
        }

        // FHIR.Patient at the start of a path names the type with its model.
        if (member.Source is MemberExpression { Source: null, Name: "FHIR" } && TypeNames.IsFhirType(member.Name))
        {
            return TypeRoot(member, focus) ?? throw UnknownProperty("FHIR", focus, member.Position);
        }

        var source = Compile(member.Source, focus);
        return Property(source.Node, source.Shape, member);
    }

    private Compiled? TypeRoot(MemberExpression member, Shape focus)
    {
        if (!char.IsAsciiLetterUpper(member.Name[0]) || !TypeNames.IsFhirType(member.Name))
        {
            return null;
        }

        if (!focus.MayBe(member.Name))
        {
            return lenient
                ? new Compiled(new EmptyNode(member.Position), Shape.Unknown)
                : throw FhirPathException.Semantic($"the path begins with {member.Name}, but is evaluated in {Describe(focus)}", member.Position);
        }

        var type = new TypeTest(PathKind.None, string.Intern(member.Name));
        var narrowed = focus.Known && focus.Types.Count == 1 && focus.Types[0].Resolve() is { } known && known.Is(member.Name) ? focus : Shape.OfFhir(member.Name);
        return new Compiled(new TypeRootNode(type, member.Position), narrowed);
    }

    private Compiled Property(Node? source, Shape shape, MemberExpression member)
    {
        var result = shape.Member(member.Name) ?? (lenient ? Shape.Unknown : throw UnknownProperty(member.Name, shape, member.Position));
        return new Compiled(new MemberNode(source, string.Intern(member.Name), member.Position), result);
    }

    private Compiled Indexer(IndexerExpression indexer, Shape focus)
    {
        var source = Compile(indexer.Source, focus);
        CheckOrder(source.Shape, "[ ]", indexer.Position);
        return new Compiled(new IndexerNode(source.Node, Isolated(indexer.Index, focus).Node, indexer.Position), source.Shape);
    }

    private Compiled Unary(UnaryExpression unary, Shape focus)
    {
        var operand = Compile(unary.Operand, focus);
        if (operand.Node is LiteralNode { Value: { IsNumber: true } value } && unary.Negative && !(value.Kind == PathKind.Integer && value.AsLong == int.MinValue))
        {
            return new Compiled(new LiteralNode(value.Kind == PathKind.Integer ? PathValue.From((int)-value.AsLong)
                : value.Kind == PathKind.Long ? PathValue.FromLong(-value.AsLong) : PathValue.From(-value.AsDecimal), unary.Position), operand.Shape);
        }

        return new Compiled(new PolarityNode(operand.Node, unary.Negative, unary.Position), operand.Shape);
    }

    private Compiled Binary(BinaryExpression binary, Shape focus)
    {
        var left = Isolated(binary.Left, focus);
        var right = Isolated(binary.Right, focus);
        var (l, r, at) = (left.Node, right.Node, binary.Position);
        Node node = binary.Operator switch
        {
            "and" => new AndNode(l, r, at),
            "or" => new OrNode(l, r, at),
            "xor" => new XorNode(l, r, at),
            "implies" => new ImpliesNode(l, r, at),
            "=" => new EqualNode(l, r, negated: false, at),
            "!=" => new EqualNode(l, r, negated: true, at),
            "~" => new EquivalentNode(l, r, negated: false, at),
            "!~" => new EquivalentNode(l, r, negated: true, at),
            "<" => new CompareNode(l, r, Relation.Less, at),
            "<=" => new CompareNode(l, r, Relation.LessOrEqual, at),
            ">" => new CompareNode(l, r, Relation.Greater, at),
            ">=" => new CompareNode(l, r, Relation.GreaterOrEqual, at),
            "in" => new MembershipNode(l, r, at),
            "contains" => new MembershipNode(r, l, at),
            "|" => new UnionNode(l, r, at),
            "&" => new ConcatenateNode(l, r, at),
            _ => new ArithmeticNode(binary.Operator, l, r, at),
        };
        return new Compiled(node, node switch
        {
            TruthNode => Shape.Of(PathKind.Boolean),
            UnionNode => left.Shape == Shape.Nothing ? right.Shape : right.Shape == Shape.Nothing ? left.Shape : left.Shape.Or(right.Shape),
            ConcatenateNode => Shape.Of(PathKind.String),

            // A collection written out is wrong for its number of items first, which evaluation tells.
            _ => l is UnionNode || r is UnionNode ? Shape.Unknown : ArithmeticShape(binary, left.Shape, right.Shape),
        });
    }

    private Shape ArithmeticShape(BinaryExpression binary, Shape left, Shape right)
    {
        if (left.SystemKinds() is not { } a || right.SystemKinds() is not { } b)
        {
            return Shape.Unknown;
        }

        var results = a.SelectMany(_ => b, (x, y) => ArithmeticTypes.Result(binary.Operator, x, y)).Where(k => k != PathKind.None).Distinct().ToList();
        if (results.Count == 0 && !lenient)
        {
            throw FhirPathException.Semantic($"'{binary.Operator}' is not defined for {Describe(left)} and {Describe(right)}", binary.Position);
        }

        return results.Count == 1 ? Shape.Of(results[0]) : Shape.Unknown;
    }

    private Compiled TypeOperator(TypeExpression type, Shape focus)
    {
        var operand = Compile(type.Operand, focus);
        return TypeFunction(type.As ? "as" : "is", type.Operand, operand, type.TypeName, type.Position);
    }

    private void CheckOrder(Shape shape, string what, int position)
    {
        if (shape.Unordered && !lenient)
        {
            throw FhirPathException.Semantic($"{what} needs an order, which children() and descendants() do not have", position);
        }
    }

    private static FhirPathException UnknownProperty(string name, Shape shape, int position) =>
        FhirPathException.Semantic($"{Describe(shape)} has no property '{name}'", position);

    private static string Describe(Shape shape)
    {
        var names = shape.Types.Select(t => t.Definition?.Path ?? t.Name).Concat(shape.System.Select(s => "System." + s)).Take(4).ToList();
        return names.Count == 0 ? "this expression" : string.Join(" or ", names);
    }

    private readonly record struct Compiled(Node Node, Shape Shape);
}
