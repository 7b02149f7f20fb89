using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Jinja.Syntax;

/// <summary>Reads a template without rendering it.</summary>
internal static class StaticCalls
{
    public static IEnumerable<StaticCall> Find(Template template, IReadOnlyCollection<string> functions) =>
        Expressions(template)
            .OfType<CallExpression>()
            .Select(call => (Call: call, Name: DottedName(call.Target)))
            .Where(found => found.Name is not null && functions.Contains(found.Name, StringComparer.Ordinal))
            .OrderBy(static found => found.Call.Position)
            .Select(found => Describe(template, found.Name!, found.Call));

    /// <summary>Every expression of the template, nested ones included.</summary>
    public static IEnumerable<Expression> Expressions(Template template)
    {
        var pending = new Stack<Expression>();
        if (template.Expression is not null)
        {
            pending.Push(template.Expression);
        }

        foreach (var statement in Statements(template))
        {
            foreach (var expression in statement.Expressions)
            {
                pending.Push(expression);
            }
        }

        while (pending.TryPop(out var expression))
        {
            yield return expression;
            foreach (var child in expression.Children)
            {
                pending.Push(child);
            }
        }
    }

    /// <summary>Every statement of the template and its tagged blocks, nested ones included.</summary>
    public static IEnumerable<Statement> Statements(Template template)
    {
        var pending = new Stack<Statement>(template.Body.Concat(template.TaggedBlocks.SelectMany(static block => block.Body.Body)));
        while (pending.TryPop(out var statement))
        {
            yield return statement;
            foreach (var child in statement.Children)
            {
                pending.Push(child);
            }
        }
    }

    /// <summary>The value of a literal, or of a list, tuple, dict or signed number made of literals.</summary>
    public static bool TryLiteral(Expression expression, out Value value)
    {
        switch (expression)
        {
            case LiteralExpression literal:
                value = literal.Value;
                return true;
            case UnaryExpression { Kind: ExpressionKind.Negate } negated when TryLiteral(negated.Operand, out var operand) && operand.IsNumber:
                value = Operators.Negate(operand);
                return true;
            case ListExpression list when TryLiterals(list.Items, out var items):
                value = new ListValue(items);
                return true;
            case TupleExpression tuple when TryLiterals(tuple.Items, out var items):
                value = new TupleValue([.. items]);
                return true;
            case DictExpression dict when TryLiterals(dict.Pairs.Select(static pair => pair.Key), out var keys)
                && TryLiterals(dict.Pairs.Select(static pair => pair.Value), out var values)
                && keys.TrueForAll(static key => key.Kind is not (ValueKind.List or ValueKind.Dict)):
                var result = new DictValue();
                for (var i = 0; i < keys.Count; i++)
                {
                    result[keys[i]] = values[i];
                }

                value = result;
                return true;
            default:
                value = default;
                return false;
        }
    }

    private static bool TryLiterals(IEnumerable<Expression> expressions, out List<Value> values)
    {
        values = [];
        foreach (var expression in expressions)
        {
            if (!TryLiteral(expression, out var value))
            {
                return false;
            }

            values.Add(value);
        }

        return true;
    }

    private static string? DottedName(Expression expression) => expression switch
    {
        NameExpression name => name.Name,
        AttributeExpression attribute => DottedName(attribute.Target) is { } target ? $"{target}.{attribute.Name}" : null,
        _ => null,
    };

    private static StaticCall Describe(Template template, string function, CallExpression call)
    {
        var arguments = call.Arguments;
        var positional = arguments.Positional.Select(Literal).ToList();
        var named = new Dictionary<string, Value?>(StringComparer.Ordinal);
        foreach (var (name, expression) in arguments.Named)
        {
            named[name] = Literal(expression);
        }

        var (line, column, _) = template.Locate(call.Position);
        var isLiteral = arguments.Spread is null && arguments.SpreadNamed is null
            && positional.TrueForAll(static value => value is not null) && named.Values.All(static value => value is not null);
        return new StaticCall(function, positional, named, line, column, isLiteral);
    }

    private static Value? Literal(Expression expression) => TryLiteral(expression, out var value) ? value : (Value?)null;
}
