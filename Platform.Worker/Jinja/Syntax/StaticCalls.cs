using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Jinja.Syntax;

/// <summary>Reads a template without rendering it.</summary>
internal static class StaticCalls
{
    public static IEnumerable<StaticCall> Find(Template template, IReadOnlyCollection<string> functions) =>
        Calls(template, Expressions(template), name => functions.Contains(name, StringComparer.Ordinal));

    /// <summary>Every call by name inside a macro, defaults of its parameters included.</summary>
    public static IEnumerable<StaticCall> Of(MacroDefinition macro)
    {
        var expressions = Statements(macro.Body).SelectMany(static statement => statement.Expressions)
            .Concat(macro.Parameters.Select(static parameter => parameter.Default).OfType<Expression>());
        return Calls(macro.Template, Nested(expressions), static _ => true);
    }

    /// <summary>Every name that a macro mentions, its own variables included.</summary>
    public static IEnumerable<string> Names(MacroDefinition macro) =>
        Nested(Statements(macro.Body).SelectMany(static statement => statement.Expressions)
            .Concat(macro.Parameters.Select(static parameter => parameter.Default).OfType<Expression>()))
            .OfType<NameExpression>().Select(static name => name.Name);

    /// <summary>Every call by name in a template.</summary>
    public static IEnumerable<StaticCall> Of(Template template) => Calls(template, Expressions(template), static _ => true);

    /// <summary>Every expression of the template, nested ones included.</summary>
    public static IEnumerable<Expression> Expressions(Template template)
    {
        var roots = Statements(template).SelectMany(static statement => statement.Expressions);
        return Nested(template.Expression is null ? roots : roots.Prepend(template.Expression));
    }

    /// <summary>Every statement of the template and its tagged blocks, nested ones included.</summary>
    public static IEnumerable<Statement> Statements(Template template) =>
        Statements(template.Body.Concat(template.TaggedBlocks.SelectMany(static block => block.Body.Body)));

    private static IEnumerable<Statement> Statements(IEnumerable<Statement> roots)
    {
        var pending = new Stack<Statement>(roots);
        while (pending.TryPop(out var statement))
        {
            yield return statement;
            foreach (var child in statement.Children)
            {
                pending.Push(child);
            }
        }
    }

    private static IEnumerable<Expression> Nested(IEnumerable<Expression> roots)
    {
        var pending = new Stack<Expression>(roots);
        while (pending.TryPop(out var expression))
        {
            yield return expression;
            foreach (var child in expression.Children)
            {
                pending.Push(child);
            }
        }
    }

    private static IEnumerable<StaticCall> Calls(Template template, IEnumerable<Expression> expressions, Func<string, bool> wanted) =>
        expressions
            .OfType<CallExpression>()
            .Select(call => (Call: call, Name: DottedName(call.Target)))
            .Where(found => found.Name is not null && wanted(found.Name))
            .OrderBy(static found => found.Call.Position)
            .Select(found => Describe(template, found.Name!, found.Call));

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
        return new StaticCall(function, positional, named, line, column, isLiteral)
        {
            Expressions = arguments.Named.Where(argument => named[argument.Name] is null).ToDictionary(argument => argument.Name, argument => Outline(argument.Value)),
        };
    }

    /// <summary>The expression as nested kinds, names and values.</summary>
    private static string Outline(Expression expression)
    {
        var self = expression switch
        {
            LiteralExpression literal => literal.Value.Repr(),
            NameExpression name => name.Name,
            AttributeExpression attribute => $".{attribute.Name}",
            FilterExpression filter => $"|{filter.Name}",
            TestExpression test => $"is {test.Name}",
            _ => expression.Kind.ToString(),
        };
        var children = string.Join(", ", expression.Children.Select(Outline));
        return children.Length == 0 ? self : $"{self}({children})";
    }

    private static Value? Literal(Expression expression) => TryLiteral(expression, out var value) ? value : (Value?)null;
}
