using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Jinja.Syntax;

internal enum ExpressionKind : byte
{
    Literal,
    Name,
    List,
    Tuple,
    Dict,
    Not,
    Negate,
    Plus,
    Binary,
    Concat,
    And,
    Or,
    Compare,
    Conditional,
    Attribute,
    Item,
    Slice,
    Call,
    Filter,
    Test,
    CapturedText,
}

internal enum CompareOperator : byte
{
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    In,
    NotIn,
}

/// <summary>A node of an expression. <see cref="Position"/> is its offset in the template's source.</summary>
internal abstract class Expression(ExpressionKind kind, int position)
{
    public ExpressionKind Kind { get; } = kind;

    public int Position { get; } = position;

    /// <summary>The expressions directly inside.</summary>
    public virtual IEnumerable<Expression> Children => [];

    /// <summary>
    /// Told by the parser that nothing else happens to the value inside its statement, so that a call which ends the macro needs no exception.
    /// </summary>
    public virtual void MarkTail()
    {
    }
}

internal sealed class LiteralExpression(int position, Value value) : Expression(ExpressionKind.Literal, position)
{
    public Value Value { get; } = value;
}

/// <summary>Where a scope keeps a variable: so many scopes outwards, in that slot.</summary>
internal readonly record struct SlotReference(int Hops, int Slot);

internal sealed class NameExpression(int position, string name) : Expression(ExpressionKind.Name, position)
{
    public string Name { get; } = name;

    /// <summary>The scopes that may hold it, innermost first; after them the context.</summary>
    public SlotReference[] Slots { get; set; } = [];
}

internal sealed class ListExpression(int position, Expression[] items) : Expression(ExpressionKind.List, position)
{
    public Expression[] Items { get; } = items;

    public override IEnumerable<Expression> Children => Items;
}

internal sealed class TupleExpression(int position, Expression[] items) : Expression(ExpressionKind.Tuple, position)
{
    public Expression[] Items { get; } = items;

    public override IEnumerable<Expression> Children => Items;
}

internal sealed class DictExpression(int position, (Expression Key, Expression Value)[] pairs) : Expression(ExpressionKind.Dict, position)
{
    public (Expression Key, Expression Value)[] Pairs { get; } = pairs;

    public override IEnumerable<Expression> Children => Pairs.SelectMany(static pair => new[] { pair.Key, pair.Value });
}

/// <summary><c>not x</c>, <c>-x</c>, <c>+x</c>.</summary>
internal sealed class UnaryExpression(ExpressionKind kind, int position, Expression operand) : Expression(kind, position)
{
    public Expression Operand { get; } = operand;

    public override IEnumerable<Expression> Children => [Operand];
}

internal sealed class BinaryExpression(int position, BinaryOperator op, Expression left, Expression right)
    : Expression(ExpressionKind.Binary, position)
{
    public BinaryOperator Operator { get; } = op;

    public Expression Left { get; } = left;

    public Expression Right { get; } = right;

    public override IEnumerable<Expression> Children => [Left, Right];
}

/// <summary><c>a ~ b ~ c</c>.</summary>
internal sealed class ConcatExpression(int position, Expression[] items) : Expression(ExpressionKind.Concat, position)
{
    public Expression[] Items { get; } = items;

    public override IEnumerable<Expression> Children => Items;
}

/// <summary><c>a and b</c>, <c>a or b</c>.</summary>
internal sealed class LogicalExpression(ExpressionKind kind, int position, Expression left, Expression right) : Expression(kind, position)
{
    public Expression Left { get; } = left;

    public Expression Right { get; } = right;

    public override IEnumerable<Expression> Children => [Left, Right];

    public override void MarkTail() => Right.MarkTail();
}

/// <summary><c>a &lt; b &lt;= c</c>.</summary>
internal sealed class CompareExpression(int position, Expression first, (CompareOperator Operator, Expression Operand)[] rest)
    : Expression(ExpressionKind.Compare, position)
{
    public Expression First { get; } = first;

    public (CompareOperator Operator, Expression Operand)[] Rest { get; } = rest;

    public override IEnumerable<Expression> Children => Rest.Select(static step => step.Operand).Prepend(First);
}

/// <summary><c>a if test else b</c>.</summary>
internal sealed class ConditionalExpression(int position, Expression test, Expression then, Expression? otherwise)
    : Expression(ExpressionKind.Conditional, position)
{
    public Expression Test { get; } = test;

    public Expression Then { get; } = then;

    public Expression? Otherwise { get; } = otherwise;

    public override IEnumerable<Expression> Children => Otherwise is null ? [Test, Then] : [Test, Then, Otherwise];

    public override void MarkTail()
    {
        // A loop, since `a if b if c if …` nests without bound.
        Expression last = this;
        while (last is ConditionalExpression conditional)
        {
            conditional.Otherwise?.MarkTail();
            last = conditional.Then;
        }

        last.MarkTail();
    }
}

/// <summary><c>target.name</c>.</summary>
internal sealed class AttributeExpression(int position, Expression target, string name) : Expression(ExpressionKind.Attribute, position)
{
    public Expression Target { get; } = target;

    public string Name { get; } = name;

    public override IEnumerable<Expression> Children => [Target];
}

/// <summary><c>target[key]</c>, <c>target.0</c>.</summary>
internal sealed class ItemExpression(int position, Expression target, Expression key) : Expression(ExpressionKind.Item, position)
{
    public Expression Target { get; } = target;

    public Expression Key { get; } = key;

    public override IEnumerable<Expression> Children => [Target, Key];
}

/// <summary><c>target[start:stop:step]</c>.</summary>
internal sealed class SliceExpression(int position, Expression target, Expression? start, Expression? stop, Expression? step)
    : Expression(ExpressionKind.Slice, position)
{
    public Expression Target { get; } = target;

    public Expression? Start { get; } = start;

    public Expression? Stop { get; } = stop;

    public Expression? Step { get; } = step;

    public override IEnumerable<Expression> Children => new[] { Target, Start, Stop, Step }.OfType<Expression>();
}

/// <summary>The arguments of a call, filter or test as written.</summary>
internal sealed class CallArguments(Expression[] positional, (string Name, Expression Value)[] named, Expression? spread, Expression? spreadNamed)
{
    public static readonly CallArguments Empty = new([], [], null, null);

    public Expression[] Positional { get; } = positional;

    public (string Name, Expression Value)[] Named { get; } = named;

    /// <summary>The operand of <c>*</c>.</summary>
    public Expression? Spread { get; } = spread;

    /// <summary>The operand of <c>**</c>.</summary>
    public Expression? SpreadNamed { get; } = spreadNamed;

    public IEnumerable<Expression> Children =>
        Positional.Concat(Named.Select(static pair => pair.Value)).Concat(new[] { Spread, SpreadNamed }.OfType<Expression>());
}

/// <summary><c>target(arguments)</c>.</summary>
internal sealed class CallExpression(int position, Expression target, CallArguments arguments) : Expression(ExpressionKind.Call, position)
{
    public Expression Target { get; } = target;

    public CallArguments Arguments { get; } = arguments;

    public bool IsTail { get; private set; }

    public override IEnumerable<Expression> Children => Arguments.Children.Prepend(Target);

    public override void MarkTail() => IsTail = true;
}

/// <summary><c>target | name(arguments)</c>.</summary>
internal sealed class FilterExpression(int position, Expression target, string name, CallArguments arguments)
    : Expression(ExpressionKind.Filter, position)
{
    public Expression Target { get; } = target;

    public string Name { get; } = name;

    public CallArguments Arguments { get; } = arguments;

    public override IEnumerable<Expression> Children => Arguments.Children.Prepend(Target);
}

/// <summary><c>target is name(arguments)</c>.</summary>
internal sealed class TestExpression(int position, Expression target, string name, CallArguments arguments)
    : Expression(ExpressionKind.Test, position)
{
    public Expression Target { get; } = target;

    public string Name { get; } = name;

    public CallArguments Arguments { get; } = arguments;

    public override IEnumerable<Expression> Children => Arguments.Children.Prepend(Target);
}

/// <summary>The rendered body that a filter block or a set block with filter starts from.</summary>
internal sealed class CapturedTextExpression(int position) : Expression(ExpressionKind.CapturedText, position);
