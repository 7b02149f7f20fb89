using System.Collections.Immutable;

namespace Platform.Api.Metrics.Filters;

/// <summary>A node of a filter's syntax tree.</summary>
/// <param name="Position">Place in the filter's text, counted from 0.</param>
internal abstract record Expression(int Position);

/// <summary>A dimension, time dimension or entity.</summary>
internal sealed record Reference(ElementName Element, int Position) : Expression(Position);

/// <summary>A text, a number (its digits, so that nothing is lost), true or false.</summary>
internal sealed record Literal(LiteralKind Kind, string Value, int Position) : Expression(Position);

internal enum LiteralKind
{
    Text,
    Number,
    Boolean,
}

/// <summary><c>a = b</c>; the operator as SQL writes it.</summary>
internal sealed record Comparison(string Operator, Expression Left, Expression Right, int Position) : Expression(Position);

/// <summary><c>a and b and c</c>, or with <c>or</c>.</summary>
internal sealed record Logical(bool IsAnd, ImmutableArray<Expression> Operands, int Position) : Expression(Position);

internal sealed record Negation(Expression Operand, int Position) : Expression(Position);

/// <summary><c>a in (1, 2)</c></summary>
internal sealed record Membership(Expression Operand, ImmutableArray<Expression> Values, bool Negated, int Position) : Expression(Position);

/// <summary><c>a between 1 and 2</c>, both ends included.</summary>
internal sealed record Between(Expression Operand, Expression Low, Expression High, bool Negated, int Position) : Expression(Position);

/// <summary><c>a like 'b%'</c></summary>
internal sealed record Like(Expression Operand, Expression Pattern, bool IgnoreCase, bool Negated, int Position) : Expression(Position);

internal sealed record NullTest(Expression Operand, bool Negated, int Position) : Expression(Position);
