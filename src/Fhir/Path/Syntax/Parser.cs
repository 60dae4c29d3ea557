using Fhir.FhirPath.Values;

namespace Fhir.FhirPath.Syntax;

/// <summary>Reads an expression by precedence (FHIRPath N1 §6.8). Bounded in length and nesting, since expressions come from strangers too.</summary>
internal sealed class Parser
{
    internal const int MaxLength = 65_536;
    internal const int MaxDepth = 200;

    private readonly List<Token> _tokens;
    private int _at;
    private int _depth;

    private Parser(List<Token> tokens) => _tokens = tokens;

    private Token Current => _tokens[_at];

    internal static Expression Parse(string text)
    {
        if (text.Length > MaxLength)
        {
            throw FhirPathException.Syntax($"the expression is longer than {MaxLength} characters", MaxLength);
        }

        var parser = new Parser(Lexer.Read(text));
        var expression = parser.Binary(1);
        return parser.Current.Kind == TokenKind.End ? expression : throw parser.Unexpected();
    }

    private static int Precedence(Token token)
    {
        if (token.Kind is not (TokenKind.Symbol or TokenKind.Identifier))
        {
            return 0;
        }

        return token.Text switch
        {
            "implies" => 1,
            "or" or "xor" => 2,
            "and" => 3,
            "in" or "contains" => 4,
            "=" or "~" or "!=" or "!~" => 5,
            "<" or "<=" or ">" or ">=" => 6,
            "|" => 7,
            "is" or "as" => 8,
            "+" or "-" or "&" => 9,
            "*" or "/" or "div" or "mod" => 10,
            _ => 0,
        };
    }

    private Expression Binary(int minimum)
    {
        Enter();
        var left = Unary();
        var operands = 0;
        while (Precedence(Current) is var precedence && precedence >= minimum)
        {
            // Every operator deepens the tree by one to the left, so that a long chain is bounded like deep nesting.
            if (++operands > MaxDepth)
            {
                throw FhirPathException.Syntax("the expression chains too many operators", Current.Position);
            }

            var operation = Take();
            left = precedence == 8
                ? new TypeExpression(operation.Text == "as", left, TypeName(), operation.Position)
                : new BinaryExpression(operation.Text, left, Binary(precedence + 1), operation.Position);
        }

        _depth--;
        return left;
    }

    private Expression Unary()
    {
        if (!Current.IsSymbol("-") && !Current.IsSymbol("+"))
        {
            return Postfix();
        }

        Enter();
        var sign = Take();
        var operand = new UnaryExpression(sign.Text == "-", Unary(), sign.Position);
        _depth--;
        return operand;
    }

    private Expression Postfix()
    {
        var expression = Term();
        for (var steps = 0; ; steps++)
        {
            if (steps > MaxDepth)
            {
                throw FhirPathException.Syntax("the path has too many steps", Current.Position);
            }

            if (Current.IsSymbol("."))
            {
                _at++;
                expression = Invocation(expression);
            }
            else if (Current.IsSymbol("["))
            {
                var open = Take();
                expression = new IndexerExpression(expression, Binary(1), open.Position);
                Expect("]");
            }
            else
            {
                return expression;
            }
        }
    }

    private Expression Term()
    {
        var token = Current;
        switch (token.Kind)
        {
            case TokenKind.Symbol when token.Text == "(":
                _at++;
                var inner = Binary(1);
                Expect(")");
                return inner;
            case TokenKind.Symbol when token.Text == "{":
                _at++;
                Expect("}");
                return new EmptyExpression(token.Position);
            case TokenKind.External:
                _at++;
                return new VariableExpression(token.Text, token.Position);
            case TokenKind.Identifier when token.Text is "true" or "false":
            case TokenKind.String or TokenKind.Number or TokenKind.LongNumber or TokenKind.Date or TokenKind.DateTime or TokenKind.Time or TokenKind.TimeWithOffset:
                return Literal();
            default:
                return Invocation(null);
        }
    }

    private Expression Literal()
    {
        var token = Take();
        if (token.Kind != TokenKind.Number)
        {
            return LiteralReader.Read(token);
        }

        return Current.Kind == TokenKind.String || (Current.Kind == TokenKind.Identifier && CalendarUnits.IsKeyword(Current.Text))
            ? LiteralReader.Quantity(token, Take().Text)
            : LiteralReader.Read(token);
    }

    private Expression Invocation(Expression? source)
    {
        var token = Current;
        if (token.Kind == TokenKind.Dollar && token.Text is "this" or "index" or "total")
        {
            _at++;
            return new ScopeExpression(token.Text, token.Position);
        }

        var operatorFirst = source is null && token.Kind == TokenKind.Identifier && token.Text is "and" or "or" or "xor" or "implies" or "div" or "mod";
        if (operatorFirst || token.Kind is not (TokenKind.Identifier or TokenKind.DelimitedIdentifier))
        {
            throw Unexpected();
        }

        _at++;

        return Current.IsSymbol("(")
            ? new CallExpression(source, token.Text, Arguments(sorts: token.Text == "sort"), token.Position)
            : new MemberExpression(source, token.Text, token.Kind == TokenKind.DelimitedIdentifier, token.Position);
    }

    private List<Argument> Arguments(bool sorts)
    {
        _at++;
        var arguments = new List<Argument>();
        if (Current.IsSymbol(")"))
        {
            _at++;
            return arguments;
        }

        while (true)
        {
            var value = Binary(1);
            var descending = sorts && Current.IsWord("desc");
            if (descending || (sorts && Current.IsWord("asc")))
            {
                _at++;
            }

            arguments.Add(new Argument(value, descending));
            if (Current.IsSymbol(")"))
            {
                _at++;
                return arguments;
            }

            Expect(",");
        }
    }

    private string TypeName()
    {
        var name = Identifier();
        while (Current.IsSymbol("."))
        {
            _at++;
            name += "." + Identifier();
        }

        return name;
    }

    private string Identifier() =>
        Current.Kind is TokenKind.Identifier or TokenKind.DelimitedIdentifier ? Take().Text : throw Unexpected();

    private void Enter()
    {
        if (++_depth > MaxDepth)
        {
            throw FhirPathException.Syntax("the expression is nested too deeply", Current.Position);
        }
    }

    private Token Take() => _tokens[Current.Kind == TokenKind.End ? _at : _at++];

    private void Expect(string symbol)
    {
        if (!Current.IsSymbol(symbol))
        {
            throw Unexpected($", '{symbol}' is expected");
        }

        _at++;
    }

    private FhirPathException Unexpected(string more = "") => FhirPathException.Syntax(
        Current.Kind == TokenKind.End ? $"the expression ends unexpectedly{more}" : $"unexpected '{Current.Text}'{more}", Current.Position);
}
