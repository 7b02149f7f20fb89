using System.Collections.Immutable;
using Platform.Api.Metrics.Catalogue;

namespace Platform.Api.Metrics.Filters;

/// <summary>
/// Reads the filter language of requests: comparison, <c>and</c>, <c>or</c>, <c>not</c>, <c>in</c>, <c>between</c>, <c>like</c>,
/// <c>ilike</c>, <c>is null</c> over dimensions (plain or in <c>{{ Dimension('...') }}</c>) and literals. Nothing else is SQL here, so
/// nothing else can reach the database.
/// </summary>
internal sealed class FilterParser
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

    /// <summary>Reads what stands between <c>{{</c> and <c>}}</c>, or one name.</summary>
    /// <exception cref="FilterException">The text names no dimension, time dimension or entity.</exception>
    public static ElementName ParseElement(string text)
    {
        var parser = new FilterParser(Lexer.Read(text));
        var element = parser.ElementReference();
        return parser.Current.Kind == TokenKind.End ? element : throw parser.Unexpected("the end");
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
        if (Current.IsSymbol("("))
        {
            using (Deeper())
            {
                at++;
                var inner = Or();
                Expect(")");
                return inner;
            }
        }

        var position = Current.Position;
        var operand = Operand();
        if (Current.Kind == TokenKind.Symbol && Comparisons.Contains(Current.Value))
        {
            var symbol = tokens[at++].Value;
            if (Current.IsWord("null"))
            {
                throw new FilterException($"Nothing is {symbol} null; write 'is null' or 'is not null'.", Current.Position);
            }

            return new Comparison(symbol == "!=" ? "<>" : symbol, operand, Operand(), position);
        }

        if (TakeWord("is"))
        {
            var not = TakeWord("not");
            return TakeWord("null") ? new NullTest(operand, not, position) : throw Unexpected(not ? "'null'" : "'null' or 'not null'");
        }

        var negated = TakeWord("not");
        if (TakeWord("in"))
        {
            return new Membership(operand, Values(), negated, position);
        }

        if (TakeWord("between"))
        {
            var low = Operand();
            return TakeWord("and") ? new Between(operand, low, Operand(), negated, position) : throw Unexpected("'and'");
        }

        if (Current.IsWord("like") || Current.IsWord("ilike"))
        {
            var ignoreCase = tokens[at++].IsWord("ilike");
            return Current.Kind == TokenKind.Text
                ? new Like(operand, LiteralOrNull()!, ignoreCase, negated, position)
                : throw Unexpected("a text in quotes");
        }

        if (negated)
        {
            throw Unexpected("'in', 'between', 'like' or 'ilike'");
        }

        // A boolean dimension, or true and false, stand alone.
        return operand is Reference or Literal { Kind: LiteralKind.Boolean } ? operand : throw Unexpected("a comparison");
    }

    private ImmutableArray<Expression> Values()
    {
        Expect("(");
        var values = ImmutableArray.CreateBuilder<Expression>();
        do
        {
            values.Add(LiteralOrNull() ?? throw Unexpected("a text in quotes, a number, true or false"));
            if (values.Count > MaxValues)
            {
                throw new FilterException($"The list has more than {MaxValues} values.", Current.Position);
            }
        }
        while (TakeSymbol(","));
        Expect(")");
        return values.ToImmutable();
    }

    private Expression Operand()
    {
        if (LiteralOrNull() is { } literal)
        {
            return literal;
        }

        var position = Current.Position;
        if (TakeSymbol("{{"))
        {
            var element = ElementReference();
            Expect("}}");
            return new Reference(element, position);
        }

        if (Current.Kind != TokenKind.Word)
        {
            throw Unexpected("a dimension, a text in quotes, a number, true or false");
        }

        return new Reference(ElementReference(), position);
    }

    private Literal? LiteralOrNull()
    {
        var token = Current;
        if (token.Kind == TokenKind.Text)
        {
            at++;
            return new Literal(LiteralKind.Text, token.Value, token.Position);
        }

        if (token.Kind == TokenKind.Number)
        {
            at++;
            return new Literal(LiteralKind.Number, token.Value, token.Position);
        }

        if ((token.IsSymbol("-") || token.IsSymbol("+")) && tokens[at + 1].Kind == TokenKind.Number)
        {
            at += 2;
            return new Literal(LiteralKind.Number, (token.IsSymbol("-") ? "-" : "") + tokens[at - 1].Value, token.Position);
        }

        if (token.IsWord("true") || token.IsWord("false"))
        {
            at++;
            return new Literal(LiteralKind.Boolean, token.IsWord("true") ? "true" : "false", token.Position);
        }

        // date '2026-01-31' says no more than '2026-01-31'.
        if ((token.IsWord("date") || token.IsWord("timestamp")) && tokens[at + 1].Kind == TokenKind.Text)
        {
            at += 2;
            return new Literal(LiteralKind.Text, tokens[at - 1].Value, token.Position);
        }

        return null;
    }

    /// <summary>
    /// <c>customer__region</c>, <c>Dimension('customer__region')</c>, <c>TimeDimension('metric_time', 'month')</c>, <c>Entity('customer')</c>,
    /// with <c>entity_path=[...]</c>, <c>.grain('month')</c> or <c>.date_part('year')</c> as MetricFlow has them.
    /// </summary>
    private ElementName ElementReference()
    {
        var word = Current;
        if (word.Kind != TokenKind.Word)
        {
            throw Unexpected("the name of a dimension");
        }

        at++;
        if (!Current.IsSymbol("("))
        {
            return ElementName.Parse(word.Value);
        }

        if (word.Value == "Metric")
        {
            throw new FilterException("Metric(...) cannot be filtered by; filter by dimensions and entities.", word.Position);
        }

        if (word.Value is not ("Dimension" or "TimeDimension" or "Entity"))
        {
            throw new FilterException(
                $"'{word.Value}' is no function here; known are Dimension('...'), TimeDimension('...', 'month') and Entity('...').",
                word.Position);
        }

        Expect("(");
        var name = ElementName.Parse(Text("a name in quotes"));
        var path = ImmutableArray<string>.Empty;
        while (TakeSymbol(","))
        {
            if (TakeWord("entity_path"))
            {
                Expect("=");
                path = Texts();
            }
            else if (Current.IsSymbol("["))
            {
                path = Texts();
            }
            else
            {
                _ = TakeWord("time_granularity_name") && Expect("=");
                name = AtGrain(name);
            }
        }

        Expect(")");
        while (TakeSymbol("."))
        {
            var member = Current.Kind == TokenKind.Word ? tokens[at++] : throw Unexpected("'grain' or 'date_part'");
            Expect("(");
            name = member.Value switch
            {
                "grain" => AtGrain(name),
                "date_part" => AtPart(name),
                _ => throw new FilterException($"'{member.Value}' is not known here; expected grain or date_part.", member.Position),
            };
            Expect(")");
        }

        return path.IsEmpty ? name : ElementName.Of([.. path, .. name.Parts], name.Grain, name.Part);
    }

    private ElementName AtGrain(ElementName name)
    {
        var position = Current.Position;
        var text = Text("a grain in quotes");
        return TimeGrainNames.Find(text) is { } grain
            ? ElementName.Of(name.Parts, grain, null)
            : throw new FilterException($"'{text}' is no grain; known are {string.Join(", ", TimeGrainNames.All)}.", position);
    }

    private ElementName AtPart(ElementName name)
    {
        var position = Current.Position;
        var text = Text("a date part in quotes");
        return TimeGrainNames.FindPart(text) is { } part
            ? ElementName.Of(name.Parts, null, part)
            : throw new FilterException($"'{text}' is no date part; known are year, quarter, month, day, dow, doy.", position);
    }

    private ImmutableArray<string> Texts()
    {
        Expect("[");
        var texts = ImmutableArray.CreateBuilder<string>();
        do
        {
            texts.Add(Text("an entity in quotes"));
        }
        while (TakeSymbol(","));
        Expect("]");
        return texts.ToImmutable();
    }

    private string Text(string expected) => Current.Kind == TokenKind.Text ? tokens[at++].Value : throw Unexpected(expected);

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

    private Depth Deeper() =>
        ++depth <= MaxDepth ? new Depth(this) : throw new FilterException($"The filter nests deeper than {MaxDepth} levels.", Current.Position);

    private readonly ref struct Depth(FilterParser parser)
    {
        public void Dispose() => parser.depth--;
    }
}
