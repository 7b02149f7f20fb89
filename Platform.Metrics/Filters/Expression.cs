using System.Collections.Immutable;
using Platform.Metrics.Catalogue;

namespace Platform.Metrics.Filters;

/// <summary>A node of a filter's syntax tree.</summary>
/// <param name="Position">Place in the filter's text, counted from 0.</param>
internal abstract record Expression(int Position)
{
    /// <summary>The nodes right below.</summary>
    public virtual IEnumerable<Expression> Operands => [];

    /// <summary>This node and all below it.</summary>
    public IEnumerable<Expression> All => Operands.SelectMany(operand => operand.All).Prepend(this);

    /// <summary>The conditions that must all hold.</summary>
    public IEnumerable<Expression> Conjuncts => this is Logical { IsAnd: true } and ? and.Parts.SelectMany(part => part.Conjuncts) : [this];
}

/// <summary>A dimension, time dimension or entity.</summary>
internal sealed record Reference(ElementName Element, int Position) : Expression(Position);

/// <summary><c>Metric('revenue', group_by=['customer'])</c>: the metric's value for the row's customer.</summary>
internal sealed record MetricReference(string Metric, ImmutableArray<ElementName> GroupBy, int Position) : Expression(Position)
{
    public string Text => $"Metric('{Metric}', group_by=[{string.Join(", ", GroupBy.Select(element => $"'{element}'"))}])";
}

/// <summary>A text, a number (its digits, so that nothing is lost), true or false, null, or an interval.</summary>
internal sealed record Literal(LiteralKind Kind, string Value, int Position) : Expression(Position);

internal enum LiteralKind
{
    Text,
    Number,
    Boolean,
    Null,
    Interval,
}

/// <summary><c>a = b</c>; the operator as SQL writes it.</summary>
internal sealed record Comparison(string Operator, Expression Left, Expression Right, int Position) : Expression(Position)
{
    public override IEnumerable<Expression> Operands => [Left, Right];
}

/// <summary><c>a is distinct from b</c>: as <c>&lt;&gt;</c>, but nulls are values like others.</summary>
internal sealed record Distinct(Expression Left, Expression Right, bool Negated, int Position) : Expression(Position)
{
    public override IEnumerable<Expression> Operands => [Left, Right];
}

/// <summary><c>a and b and c</c>, or with <c>or</c>.</summary>
internal sealed record Logical(bool IsAnd, ImmutableArray<Expression> Parts, int Position) : Expression(Position)
{
    public override IEnumerable<Expression> Operands => Parts;
}

internal sealed record Negation(Expression Operand, int Position) : Expression(Position)
{
    public override IEnumerable<Expression> Operands => [Operand];
}

/// <summary><c>a in (1, 2)</c></summary>
internal sealed record Membership(Expression Operand, ImmutableArray<Expression> Values, bool Negated, int Position) : Expression(Position)
{
    public override IEnumerable<Expression> Operands => [Operand, .. Values];
}

/// <summary><c>a between 1 and 2</c>, both ends included.</summary>
internal sealed record Between(Expression Operand, Expression Low, Expression High, bool Negated, int Position) : Expression(Position)
{
    public override IEnumerable<Expression> Operands => [Operand, Low, High];
}

/// <summary><c>a like 'b%'</c></summary>
internal sealed record Like(Expression Operand, Expression Pattern, bool IgnoreCase, bool Negated, int Position) : Expression(Position)
{
    public override IEnumerable<Expression> Operands => [Operand, Pattern];
}

internal sealed record NullTest(Expression Operand, bool Negated, int Position) : Expression(Position)
{
    public override IEnumerable<Expression> Operands => [Operand];
}

/// <summary><c>a is true</c>, <c>is not false</c>, <c>is unknown</c>.</summary>
internal sealed record TruthTest(Expression Operand, string Value, bool Negated, int Position) : Expression(Position)
{
    public override IEnumerable<Expression> Operands => [Operand];
}

/// <summary><c>+ - * / %</c> and <c>||</c>.</summary>
internal sealed record Arithmetic(string Operator, Expression Left, Expression Right, int Position) : Expression(Position)
{
    public override IEnumerable<Expression> Operands => [Left, Right];
}

internal sealed record Minus(Expression Operand, int Position) : Expression(Position)
{
    public override IEnumerable<Expression> Operands => [Operand];
}

/// <summary><c>case [a] when b then c ... [else d] end</c></summary>
internal sealed record Case(
    Expression? Subject, ImmutableArray<(Expression When, Expression Then)> Branches, Expression? Else, int Position) : Expression(Position)
{
    public override IEnumerable<Expression> Operands =>
        [.. new[] { Subject, Else }.OfType<Expression>(), .. Branches.SelectMany(branch => new[] { branch.When, branch.Then })];
}

/// <summary><c>cast(a as date)</c>, <c>a::date</c></summary>
internal sealed record Cast(Expression Operand, DataType Type, int Position) : Expression(Position)
{
    public override IEnumerable<Expression> Operands => [Operand];
}

/// <summary>A function of the allow list.</summary>
internal sealed record Call(string Function, ImmutableArray<Expression> Arguments, int Position) : Expression(Position)
{
    public override IEnumerable<Expression> Operands => Arguments;
}
