using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Jinja.Syntax;

internal sealed partial class Parser
{
    internal Expression ParseExpression(bool withConditional = true)
    {
        EnsureStack();
        return withConditional ? ParseConditional() : ParseOr();
    }

    /// <summary>An expression, or a tuple when commas follow.</summary>
    private Expression ParseTuple(bool withConditional = true, string? endWord = null, bool parenthesized = false)
    {
        var position = Current.Start;
        var items = new List<Expression>();
        var isTuple = false;
        while (true)
        {
            if (items.Count > 0)
            {
                Expect(TokenKind.Comma);
            }

            if (AtTupleEnd(endWord))
            {
                break;
            }

            items.Add(ParseExpression(withConditional));
            if (Current.Kind != TokenKind.Comma)
            {
                break;
            }

            isTuple = true;
        }

        if (!isTuple && items.Count > 0)
        {
            return items[0];
        }

        if (items.Count == 0 && !parenthesized)
        {
            throw Error($"Expected an expression, got {PythonString.Repr(Current.Describe())}", Current.Start);
        }

        return new TupleExpression(position, [.. items]);
    }

    private bool AtTupleEnd(string? endWord) => Current.Kind is TokenKind.VariableEnd or TokenKind.BlockEnd or TokenKind.RParen
        || (endWord is not null && Current.IsName(endWord));

    private Expression ParseConditional()
    {
        var position = Current.Start;
        var unknown = _unknown.Count;
        var expression = ParseOr();
        while (SkipIf("if"))
        {
            var test = ParseOr();
            var otherwise = SkipIf("else") ? ParseExpression() : null;
            expression = new ConditionalExpression(position, test, expression, otherwise);
            _unknown.RemoveRange(unknown, _unknown.Count - unknown);
        }

        return expression;
    }

    private Expression ParseOr()
    {
        var left = ParseAnd();
        while (Current.IsName("or"))
        {
            var position = Next().Start;
            left = new LogicalExpression(ExpressionKind.Or, position, left, ParseAnd());
        }

        return left;
    }

    private Expression ParseAnd()
    {
        var left = ParseNot();
        while (Current.IsName("and"))
        {
            var position = Next().Start;
            left = new LogicalExpression(ExpressionKind.And, position, left, ParseNot());
        }

        return left;
    }

    private Expression ParseNot()
    {
        EnsureStack();
        if (!Current.IsName("not"))
        {
            return ParseCompare();
        }

        var position = Next().Start;
        return new UnaryExpression(ExpressionKind.Not, position, ParseNot());
    }

    private Expression ParseCompare()
    {
        var first = ParseSum();
        var position = Current.Start;
        List<(CompareOperator, Expression)>? rest = null;
        while (TryCompareOperator(out var op))
        {
            (rest ??= []).Add((op, ParseSum()));
        }

        return rest is null ? first : new CompareExpression(position, first, [.. rest]);
    }

    private bool TryCompareOperator(out CompareOperator op)
    {
        op = Current.Kind switch
        {
            TokenKind.Eq => CompareOperator.Equal,
            TokenKind.Ne => CompareOperator.NotEqual,
            TokenKind.Lt => CompareOperator.Less,
            TokenKind.LtEq => CompareOperator.LessOrEqual,
            TokenKind.Gt => CompareOperator.Greater,
            TokenKind.GtEq => CompareOperator.GreaterOrEqual,
            TokenKind.Name when Current.Text == "in" => CompareOperator.In,
            _ => CompareOperator.NotIn,
        };
        if (op != CompareOperator.NotIn)
        {
            Next();
            return true;
        }

        if (!Current.IsName("not") || !_tokens[_next + 1].IsName("in"))
        {
            return false;
        }

        Next();
        Next();
        return true;
    }

    private Expression ParseSum()
    {
        var left = ParseConcat();
        while (Current.Kind is TokenKind.Add or TokenKind.Sub)
        {
            var token = Next();
            var op = token.Kind == TokenKind.Add ? BinaryOperator.Add : BinaryOperator.Subtract;
            left = new BinaryExpression(token.Start, op, left, ParseConcat());
        }

        return left;
    }

    private Expression ParseConcat()
    {
        var position = Current.Start;
        var first = ParseProduct();
        if (Current.Kind != TokenKind.Tilde)
        {
            return first;
        }

        var items = new List<Expression> { first };
        while (SkipIf(TokenKind.Tilde))
        {
            items.Add(ParseProduct());
        }

        return new ConcatExpression(position, [.. items]);
    }

    private Expression ParseProduct()
    {
        var left = ParsePower();
        while (Current.Kind is TokenKind.Mul or TokenKind.Div or TokenKind.FloorDiv or TokenKind.Mod)
        {
            var token = Next();
            var op = token.Kind switch
            {
                TokenKind.Mul => BinaryOperator.Multiply,
                TokenKind.Div => BinaryOperator.Divide,
                TokenKind.FloorDiv => BinaryOperator.FloorDivide,
                _ => BinaryOperator.Modulo,
            };
            left = new BinaryExpression(token.Start, op, left, ParsePower());
        }

        return left;
    }

    /// <summary>Associates to the left, as in Jinja (not in Python).</summary>
    private Expression ParsePower()
    {
        var left = ParseUnary();
        while (Current.Kind == TokenKind.Pow)
        {
            var position = Next().Start;
            left = new BinaryExpression(position, BinaryOperator.Power, left, ParseUnary());
        }

        return left;
    }

    private Expression ParseUnary(bool withFilters = true)
    {
        EnsureStack();
        Expression expression;
        if (Current.Kind is TokenKind.Sub or TokenKind.Add)
        {
            var token = Next();
            var kind = token.Kind == TokenKind.Sub ? ExpressionKind.Negate : ExpressionKind.Plus;
            expression = new UnaryExpression(kind, token.Start, ParseUnary(withFilters: false));
        }
        else
        {
            expression = ParsePrimary();
        }

        expression = ParsePostfix(expression);
        return withFilters ? ParseFiltersAndTests(expression) : expression;
    }

    private Expression ParsePrimary()
    {
        var token = Current;
        switch (token.Kind)
        {
            case TokenKind.Name:
                Next();
                return token.Text switch
                {
                    "true" or "True" => new LiteralExpression(token.Start, true),
                    "false" or "False" => new LiteralExpression(token.Start, false),
                    "none" or "None" => new LiteralExpression(token.Start, Value.None),
                    _ => Name(token),
                };
            case TokenKind.String:
                Next();
                var text = token.Text;
                while (Current.Kind == TokenKind.String)
                {
                    text += Next().Text;
                }

                return new LiteralExpression(token.Start, text);
            case TokenKind.Integer or TokenKind.Float:
                Next();
                return new LiteralExpression(token.Start, token.Number);
            case TokenKind.LParen:
                Next();
                var inner = ParseTuple(parenthesized: true);
                Expect(TokenKind.RParen);
                return inner;
            case TokenKind.LBracket:
                return ParseList();
            case TokenKind.LBrace:
                return ParseDict();
            default:
                throw Error($"unexpected {PythonString.Repr(token.Describe())}", token.Start);
        }
    }

    private NameExpression Name(Token token)
    {
        var name = new NameExpression(token.Start, token.Text);
        _names.Add((name, _scope));
        if (token.Text is "loop" or "caller" or "kwargs" or "varargs" or "self" or "super")
        {
            _scope.MentionSpecial(token.Text);
        }

        return name;
    }

    private ListExpression ParseList()
    {
        var position = Next().Start;
        var items = new List<Expression>();
        while (Current.Kind != TokenKind.RBracket)
        {
            if (items.Count > 0)
            {
                Expect(TokenKind.Comma);
                if (Current.Kind == TokenKind.RBracket)
                {
                    break;
                }
            }

            items.Add(ParseExpression());
        }

        Expect(TokenKind.RBracket);
        return new ListExpression(position, [.. items]);
    }

    private DictExpression ParseDict()
    {
        var position = Next().Start;
        var pairs = new List<(Expression, Expression)>();
        while (Current.Kind != TokenKind.RBrace)
        {
            if (pairs.Count > 0)
            {
                Expect(TokenKind.Comma);
                if (Current.Kind == TokenKind.RBrace)
                {
                    break;
                }
            }

            var key = ParseExpression();
            Expect(TokenKind.Colon);
            pairs.Add((key, ParseExpression()));
        }

        Expect(TokenKind.RBrace);
        return new DictExpression(position, [.. pairs]);
    }

    private Expression ParsePostfix(Expression expression)
    {
        while (true)
        {
            switch (Current.Kind)
            {
                case TokenKind.Dot:
                    expression = ParseAttribute(expression);
                    break;
                case TokenKind.LBracket:
                    expression = ParseSubscript(expression);
                    break;
                case TokenKind.LParen:
                    expression = new CallExpression(Current.Start, expression, ParseArguments());
                    break;
                default:
                    return expression;
            }
        }
    }

    private Expression ParseFiltersAndTests(Expression expression)
    {
        while (true)
        {
            if (Current.Kind == TokenKind.Pipe)
            {
                expression = ParseFilters(expression);
            }
            else if (Current.IsName("is"))
            {
                expression = ParseTest(expression);
            }
            else if (Current.Kind == TokenKind.LParen)
            {
                expression = new CallExpression(Current.Start, expression, ParseArguments());
            }
            else
            {
                return expression;
            }
        }
    }

    private Expression ParseAttribute(Expression target)
    {
        var position = Next().Start;
        var name = Next();
        return name.Kind switch
        {
            TokenKind.Name => new AttributeExpression(name.Start, target, name.Text),
            TokenKind.Integer => new ItemExpression(position, target, new LiteralExpression(name.Start, name.Number)),
            _ => throw Error("expected name or number", name.Start),
        };
    }

    private Expression ParseSubscript(Expression target)
    {
        var position = Next().Start;
        var items = new List<Expression>();
        while (Current.Kind != TokenKind.RBracket)
        {
            if (items.Count > 0)
            {
                Expect(TokenKind.Comma);
            }

            var start = Current.Kind == TokenKind.Colon ? null : ParseExpression();
            if (Current.Kind != TokenKind.Colon)
            {
                items.Add(start!);
                continue;
            }

            Next();
            var stop = Current.Kind is TokenKind.Colon or TokenKind.RBracket or TokenKind.Comma ? null : ParseExpression();
            Expression? step = null;
            if (SkipIf(TokenKind.Colon))
            {
                step = Current.Kind is TokenKind.RBracket or TokenKind.Comma ? null : ParseExpression();
            }

            if (items.Count > 0 || Current.Kind != TokenKind.RBracket)
            {
                throw Error("a slice can not be part of a tuple of subscripts", position);
            }

            Next();
            return new SliceExpression(position, target, start, stop, step);
        }

        Next();
        return new ItemExpression(position, target, items.Count == 1 ? items[0] : new TupleExpression(position, [.. items]));
    }

    private CallArguments ParseArguments()
    {
        var open = Expect(TokenKind.LParen);
        if (SkipIf(TokenKind.RParen))
        {
            return CallArguments.Empty;
        }

        var positional = new List<Expression>();
        var named = new List<(string, Expression)>();
        Expression? spread = null;
        Expression? spreadNamed = null;
        for (var first = true; Current.Kind != TokenKind.RParen; first = false)
        {
            if (!first)
            {
                Expect(TokenKind.Comma);
                if (Current.Kind == TokenKind.RParen)
                {
                    break;
                }
            }

            if (Current.Kind == TokenKind.Mul)
            {
                Ensure(spread is null && spreadNamed is null);
                Next();
                spread = ParseExpression();
            }
            else if (Current.Kind == TokenKind.Pow)
            {
                Ensure(spreadNamed is null);
                Next();
                spreadNamed = ParseExpression();
            }
            else if (Current.Kind == TokenKind.Name && _tokens[_next + 1].Kind == TokenKind.Assign)
            {
                Ensure(spreadNamed is null);
                var name = Next().Text;
                Next();
                named.Add((name, ParseExpression()));
            }
            else
            {
                Ensure(spread is null && spreadNamed is null && named.Count == 0);
                positional.Add(ParseExpression());
            }
        }

        Expect(TokenKind.RParen);
        return new CallArguments([.. positional], [.. named], spread, spreadNamed);

        void Ensure(bool allowed)
        {
            if (!allowed)
            {
                throw Error("invalid syntax for function call expression", open.Start);
            }
        }
    }

    private Expression ParseFilters(Expression expression, bool startsInline = false)
    {
        while (startsInline || Current.Kind == TokenKind.Pipe)
        {
            if (!startsInline)
            {
                Next();
            }

            startsInline = false;
            var position = Current.Start;
            var name = DottedName();
            Require(_template.Environment.Filters.ContainsKey(name), "filter", name, position);
            var arguments = Current.Kind == TokenKind.LParen ? ParseArguments() : CallArguments.Empty;
            expression = new FilterExpression(position, expression, name, arguments);
        }

        return expression;
    }

    private Expression ParseTest(Expression expression)
    {
        var position = Next().Start;
        var negated = SkipIf("not");
        var name = DottedName();
        Require(_template.Environment.Tests.ContainsKey(name), "test", name, position);
        var arguments = CallArguments.Empty;
        if (Current.Kind == TokenKind.LParen)
        {
            arguments = ParseArguments();
        }
        else if (Current.Kind is TokenKind.Name or TokenKind.String or TokenKind.Integer or TokenKind.Float
                or TokenKind.LBracket or TokenKind.LBrace
            && !(Current.IsName("else") || Current.IsName("or") || Current.IsName("and")))
        {
            if (Current.IsName("is"))
            {
                throw Error("You cannot chain multiple tests with is", Current.Start);
            }

            arguments = new CallArguments([ParsePostfix(ParsePrimary())], [], null, null);
        }

        Expression test = new TestExpression(position, expression, name, arguments);
        return negated ? new UnaryExpression(ExpressionKind.Not, position, test) : test;
    }

    /// <summary>Unknown filters and tests are errors of the template, but as in Jinja not below a condition: it may guard them.</summary>
    private void Require(bool exists, string kind, string name, int position)
    {
        if (!exists && _branches == 0)
        {
            _unknown.Add(($"No {kind} named '{name}'.", position));
        }
    }

    private string DottedName()
    {
        var name = Expect(TokenKind.Name).Text;
        while (SkipIf(TokenKind.Dot))
        {
            name += "." + Expect(TokenKind.Name).Text;
        }

        return name;
    }

    /// <summary>The left side of an assignment, declared in the current scope.</summary>
    private AssignmentTarget ParseTarget(bool withNamespace, string? endWord = null)
    {
        var position = Current.Start;
        var items = new List<AssignmentTarget>();
        var isTuple = false;
        while (true)
        {
            if (items.Count > 0)
            {
                Expect(TokenKind.Comma);
            }

            if (AtTupleEnd(endWord))
            {
                break;
            }

            items.Add(ParseSingleTarget(withNamespace));
            if (Current.Kind != TokenKind.Comma)
            {
                break;
            }

            isTuple = true;
        }

        if (items.Count == 0)
        {
            throw Error($"Expected an expression, got {PythonString.Repr(Current.Describe())}", Current.Start);
        }

        return isTuple ? new TupleTarget(position, [.. items]) : items[0];
    }

    private AssignmentTarget ParseSingleTarget(bool withNamespace)
    {
        EnsureStack();
        var token = Current;
        if (token.Kind == TokenKind.LParen)
        {
            Next();
            var inner = Current.Kind == TokenKind.RParen
                ? new TupleTarget(token.Start, [])
                : ParseTarget(withNamespace: false);
            Expect(TokenKind.RParen);
            return inner;
        }

        if (token.Kind == TokenKind.Name && token.Text is not ("true" or "false" or "none" or "True" or "False" or "None"))
        {
            Next();
            if (withNamespace && SkipIf(TokenKind.Dot))
            {
                var owner = Name(token);
                return new NamespaceTarget(token.Start, owner, Expect(TokenKind.Name).Text);
            }

            return Declare(token.Text, token.Start);
        }

        var what = ParsePrimary().Kind switch
        {
            ExpressionKind.List => "list",
            ExpressionKind.Dict => "dict",
            _ => "const",
        };
        throw Error($"can't assign to '{what}'", token.Start);
    }
}
