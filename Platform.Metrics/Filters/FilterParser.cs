using System.Collections.Immutable;

namespace Platform.Metrics.Filters;

/// <summary>
/// Reads the filter language of requests: comparison, <c>and</c>, <c>or</c>, <c>not</c>, <c>in</c>, <c>between</c>, <c>like</c>, <c>is ...</c>,
/// <c>case</c>, casts, arithmetic and a list of functions over dimensions (plain or in <c>{{ Dimension('...') }}</c>) and literals. Nothing else is
/// SQL here, so nothing else can reach the database.
/// </summary>
internal sealed partial class FilterParser
{
    /// <summary>Characters of one filter.</summary>
    public const int MaxLength = 10_000;

    /// <summary>Values of one <c>in</c> list.</summary>
    public const int MaxValues = 1_000;

    private const int MaxDepth = 50;

    private static readonly string[] Comparisons = ["=", "<>", "!=", "<", "<=", ">", ">="];

    private readonly ImmutableArray<Token> tokens;
    private int at;
    private int depth;

    private FilterParser(ImmutableArray<Token> tokens) => this.tokens = tokens;

    private Token Current => tokens[at];

    private Token Next => tokens[Math.Min(at + 1, tokens.Length - 1)];

    /// <exception cref="FilterException">The text does not follow the grammar.</exception>
    public static Expression Parse(string text)
    {
        if (text.Length > MaxLength)
        {
            throw new FilterException($"The filter has {text.Length} characters; at most {MaxLength} are read.", MaxLength);
        }

        var parser = new FilterParser(Lexer.Read(text));
        var expression = parser.Or();
        return parser.Current.Kind == TokenKind.End ? expression : throw parser.Unexpected("'and', 'or' or the end");
    }

    /// <summary>Reads the name of a dimension, time dimension or entity, plain or as <c>Dimension('...')</c>.</summary>
    /// <exception cref="FilterException">The text names none.</exception>
    public static ElementName ParseElement(string text) => ParseReference(text) is Reference reference
        ? reference.Element
        : throw new FilterException("Metric(...) is no column to group by; name a dimension or an entity.", 0);

    /// <summary>Reads what stands between <c>{{</c> and <c>}}</c>, or one name.</summary>
    /// <exception cref="FilterException">The text names no dimension, time dimension, entity or metric.</exception>
    public static Expression ParseReference(string text)
    {
        var parser = new FilterParser(Lexer.Read(text));
        var reference = parser.Reference();
        return parser.Current.Kind == TokenKind.End ? reference : throw parser.Unexpected("the end");
    }

    private Expression Or() => Chain(And, "or");

    private Expression And() => Chain(Not, "and");

    private Expression Chain(Func<Expression> operand, string word)
    {
        var first = operand();
        if (!Current.IsWord(word))
        {
            return first;
        }

        var operands = ImmutableArray.CreateBuilder<Expression>();
        operands.Add(first);
        while (TakeWord(word))
        {
            operands.Add(operand());
        }

        return new Logical(word == "and", operands.ToImmutable(), first.Position);
    }

    private Expression Not()
    {
        var position = Current.Position;
        if (!TakeWord("not"))
        {
            return Predicate();
        }

        using (Deeper())
        {
            return new Negation(Not(), position);
        }
    }

    private Expression Predicate()
    {
        var position = Current.Position;
        var operand = Concatenation();
        while (true)
        {
            if (Current.Kind == TokenKind.Symbol && Comparisons.Contains(Current.Value))
            {
                var symbol = tokens[at++].Value;
                if (Current.IsWord("null"))
                {
                    throw new FilterException($"Nothing is {symbol} null; write 'is null' or 'is not null'.", Current.Position);
                }

                operand = new Comparison(symbol == "!=" ? "<>" : symbol, operand, Concatenation(), position);
            }
            else if (TakeWord("is"))
            {
                operand = Is(operand, position);
            }
            else if (Current.IsWord("in") || Current.IsWord("between") || Current.IsWord("like") || Current.IsWord("ilike") || Current.IsWord("not"))
            {
                operand = Range(operand, position);
            }
            else
            {
                return operand;
            }
        }
    }

    private Expression Is(Expression operand, int position)
    {
        var not = TakeWord("not");
        if (TakeWord("null"))
        {
            return new NullTest(operand, not, position);
        }

        if (Current.IsWord("true") || Current.IsWord("false") || Current.IsWord("unknown"))
        {
            return new TruthTest(operand, Lower(tokens[at++].Value), not, position);
        }

        if (Current.IsWord("distinct") && Next.IsWord("from"))
        {
            at += 2;
            return new Distinct(operand, Concatenation(), not, position);
        }

        throw Unexpected(not ? "'null', 'true', 'false' or 'distinct from'" : "'null', 'not null', 'true', 'false' or 'distinct from'");
    }

    private Expression Range(Expression operand, int position)
    {
        var negated = TakeWord("not");
        if (TakeWord("in"))
        {
            return new Membership(operand, Values(), negated, position);
        }

        if (TakeWord("between"))
        {
            var low = Concatenation();
            return TakeWord("and") ? new Between(operand, low, Concatenation(), negated, position) : throw Unexpected("'and'");
        }

        if (Current.IsWord("like") || Current.IsWord("ilike"))
        {
            var ignoreCase = tokens[at++].IsWord("ilike");
            return new Like(operand, Concatenation(), ignoreCase, negated, position);
        }

        throw Unexpected("'in', 'between', 'like' or 'ilike'");
    }

    private ImmutableArray<Expression> Values()
    {
        Expect("(");
        if (Current.IsSymbol(")"))
        {
            throw Unexpected("a text in quotes, a number, true or false");
        }

        return List(MaxValues, "values");
    }

    /// <summary>Expressions up to the closing parenthesis.</summary>
    private ImmutableArray<Expression> List(int most, string what)
    {
        var values = ImmutableArray.CreateBuilder<Expression>();
        do
        {
            values.Add(Or());
            if (values.Count > most)
            {
                throw new FilterException($"The list has more than {most} {what}.", Current.Position);
            }
        }
        while (TakeSymbol(","));
        Expect(")");
        return values.ToImmutable();
    }

    private Expression Concatenation() => Left(Sum, ["||"]);

    private Expression Sum() => Left(Product, ["+", "-"]);

    private Expression Product() => Left(Unary, ["*", "/", "%"]);

    private Expression Left(Func<Expression> operand, string[] operators)
    {
        var left = operand();
        while (Current.Kind == TokenKind.Symbol && operators.Contains(Current.Value))
        {
            var symbol = tokens[at++];
            left = new Arithmetic(symbol.Value, left, operand(), left.Position);
        }

        return left;
    }

    private Expression Unary()
    {
        var position = Current.Position;
        if ((Current.IsSymbol("-") || Current.IsSymbol("+")) && Next.Kind == TokenKind.Number)
        {
            at += 2;
            return Casts(new Literal(LiteralKind.Number, (tokens[at - 2].Value == "-" ? "-" : "") + tokens[at - 1].Value, position));
        }

        if (!Current.IsSymbol("-") && !Current.IsSymbol("+"))
        {
            return Casts(Primary());
        }

        using (Deeper())
        {
            return TakeSymbol("+") ? Unary() : TakeSymbol("-") ? new Minus(Unary(), position) : throw Unexpected("a value");
        }
    }

    private Expression Casts(Expression operand)
    {
        while (TakeSymbol("::"))
        {
            operand = new Cast(operand, TypeName(), operand.Position);
        }

        return operand;
    }

    private bool TakeWord(string word)
    {
        if (!Current.IsWord(word))
        {
            return false;
        }

        at++;
        return true;
    }

    private bool TakeSymbol(string symbol)
    {
        if (!Current.IsSymbol(symbol))
        {
            return false;
        }

        at++;
        return true;
    }

    private bool Expect(string symbol) => TakeSymbol(symbol) ? true : throw Unexpected($"'{symbol}'");

    private FilterException Unexpected(string expected) => new($"Found {Current}, expected {expected}.", Current.Position);

#pragma warning disable CA1308 // Words of SQL are lower case here.
    private static string Lower(string text) => text.ToLowerInvariant();
#pragma warning restore CA1308

    private Depth Deeper() =>
        ++depth <= MaxDepth ? new Depth(this) : throw new FilterException($"The filter nests deeper than {MaxDepth} levels.", Current.Position);

    private readonly ref struct Depth(FilterParser parser)
    {
        public void Dispose() => parser.depth--;
    }
}
