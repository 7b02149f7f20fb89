using System.Collections.Immutable;
using Platform.Metrics.Catalogue;

namespace Platform.Metrics.Filters;

/// <summary>Values, references and calls.</summary>
internal sealed partial class FilterParser
{
    private static readonly string[] Parts = ["year", "quarter", "month", "day", "dow", "doy"];

    private Expression Primary()
    {
        var token = Current;
        if (TakeSymbol("("))
        {
            using (Deeper())
            {
                var inner = Or();
                Expect(")");
                return inner;
            }
        }

        if (TakeSymbol("{{"))
        {
            var reference = Reference();
            Expect("}}");
            return reference;
        }

        if (token.Kind == TokenKind.Text || token.Kind == TokenKind.Number)
        {
            at++;
            return new Literal(token.Kind == TokenKind.Text ? LiteralKind.Text : LiteralKind.Number, token.Value, token.Position);
        }

        if (token.Kind != TokenKind.Word)
        {
            throw Unexpected("a dimension, a text in quotes, a number, true or false");
        }

        return Word(token);
    }

    private Expression Word(Token token)
    {
        var word = Lower(token.Value);
        switch (word)
        {
            case "true" or "false":
                at++;
                return new Literal(LiteralKind.Boolean, word, token.Position);
            case "null":
                at++;
                return new Literal(LiteralKind.Null, word, token.Position);

            // date '2026-01-31' says no more than '2026-01-31'.
            case "date" or "timestamp" when Next.Kind == TokenKind.Text:
                at += 2;
                return new Literal(LiteralKind.Text, tokens[at - 1].Value, token.Position);
            case "interval" when Next.Kind == TokenKind.Text:
                at += 2;
                return new Literal(LiteralKind.Interval, tokens[at - 1].Value, token.Position);
        }

        using (Deeper())
        {
            return word switch
            {
                "case" => CaseOf(token),
                "cast" when Next.IsSymbol("(") => CastOf(token),
                "extract" when Next.IsSymbol("(") => Extract(token),
                "date_trunc" or "date_part" when Next.IsSymbol("(") => TimeFunction(token, word),
                _ when Next.IsSymbol("(") && FilterFunctions.Find(word) is { } function => CallOf(token, function),
                _ => Reference(),
            };
        }
    }

    private Case CaseOf(Token token)
    {
        at++;
        var subject = Current.IsWord("when") ? null : Or();
        var branches = ImmutableArray.CreateBuilder<(Expression, Expression)>();
        while (TakeWord("when"))
        {
            var when = Or();
            branches.Add(TakeWord("then") ? (when, Or()) : throw Unexpected("'then'"));
        }

        if (branches.Count == 0)
        {
            throw Unexpected("'when'");
        }

        var otherwise = TakeWord("else") ? Or() : null;
        return TakeWord("end") ? new Case(subject, branches.ToImmutable(), otherwise, token.Position) : throw Unexpected("'when', 'else' or 'end'");
    }

    private Cast CastOf(Token token)
    {
        at += 2;
        var operand = Or();
        if (!TakeWord("as"))
        {
            throw Unexpected("'as'");
        }

        var type = TypeName();
        Expect(")");
        return new Cast(operand, type, token.Position);
    }

    private DataType TypeName()
    {
        var token = Current.Kind == TokenKind.Word ? tokens[at++] : throw Unexpected("a type");
        return Lower(token.Value) switch
        {
            "text" or "varchar" or "string" => DataType.Text,
            "int" or "integer" or "bigint" or "smallint" => DataType.Integer,
            "numeric" or "decimal" => DataType.Decimal,
            "double" when TakeWord("precision") => DataType.Double,
            "float" or "real" => DataType.Double,
            "boolean" or "bool" => DataType.Boolean,
            "date" => DataType.Date,
            "timestamp" => DataType.Timestamp,
            _ => throw new FilterException(
                $"'{token.Value}' is no type here; known are text, integer, bigint, numeric, double precision, boolean, date and timestamp.", token.Position),
        };
    }

    /// <summary><c>extract(month from a)</c>, as the function <c>date_part('month', a)</c>.</summary>
    private Call Extract(Token token)
    {
        at += 2;
        var part = Current.Kind == TokenKind.Word ? tokens[at++] : throw Unexpected("a date part");
        if (!TakeWord("from"))
        {
            throw Unexpected("'from'");
        }

        return OfTime("date_part", new Token(TokenKind.Text, part.Value, part.Position), token);
    }

    /// <summary><c>date_trunc('month', a)</c>, <c>date_part('month', a)</c></summary>
    private Call TimeFunction(Token token, string function)
    {
        at += 2;
        var unit = Current.Kind == TokenKind.Text ? tokens[at++] : throw Unexpected(function == "date_trunc" ? "a grain in quotes" : "a date part in quotes");
        Expect(",");
        return OfTime(function, unit, token);
    }

    private Call OfTime(string function, Token unit, Token token)
    {
        var name = Lower(unit.Value);
        if (function == "date_trunc" ? TimeGrainNames.Find(name) is null : TimeGrainNames.FindPart(name) is null)
        {
            throw new FilterException(
                function == "date_trunc"
                    ? $"'{unit.Value}' is no grain; known are {string.Join(", ", TimeGrainNames.All)}."
                    : $"'{unit.Value}' is no date part; known are {string.Join(", ", Parts)}.",
                unit.Position);
        }

        var argument = Or();
        Expect(")");
        return new Call(function, [new Literal(LiteralKind.Text, name, unit.Position), argument], token.Position);
    }

    private Call CallOf(Token token, FilterFunction function)
    {
        at += 2;
        var arguments = Current.IsSymbol(")") && Expect(")") ? [] : List(function.Most, "arguments");
        return arguments.Length >= function.Least
            ? new Call(function.Name, arguments, token.Position)
            : throw new FilterException($"{function.Name}() takes {function.Least} arguments or more; found {arguments.Length}.", token.Position);
    }

    /// <summary>
    /// <c>customer__region</c>, <c>Dimension('customer__region')</c>, <c>TimeDimension('metric_time', 'month')</c>, <c>Entity('customer')</c>,
    /// <c>Metric('revenue', group_by=['customer'])</c>, with <c>entity_path=[...]</c>, <c>.grain('month')</c> or <c>.date_part('year')</c> as
    /// MetricFlow has them.
    /// </summary>
    private Expression Reference()
    {
        var word = Current;
        if (word.Kind != TokenKind.Word)
        {
            throw Unexpected("the name of a dimension");
        }

        at++;
        if (!Current.IsSymbol("("))
        {
            return new Reference(ElementName.Parse(word.Value), word.Position);
        }

        if (word.Value is not ("Dimension" or "TimeDimension" or "Entity" or "Metric"))
        {
            throw new FilterException(
                $"'{word.Value}' is no function here; known are {string.Join(", ", FilterFunctions.Names)}, Dimension('...'), " +
                "TimeDimension('...', 'month'), Entity('...') and Metric('...', group_by=['...']).",
                word.Position);
        }

        Expect("(");
        return word.Value == "Metric" ? OfMetric(word) : new Reference(OfElement(), word.Position);
    }

    private MetricReference OfMetric(Token word)
    {
        var metric = Text("the name of a metric in quotes");
        if (!TakeSymbol(","))
        {
            throw new FilterException("Metric(...) needs what it is grouped by, as in Metric('revenue', group_by=['customer']).", word.Position);
        }

        _ = TakeWord("group_by") && Expect("=");
        ImmutableArray<ElementName> groupBy = [.. Texts("a dimension or entity in quotes").Select(ElementName.Parse)];
        Expect(")");
        return new MetricReference(metric, groupBy, word.Position);
    }

    private ElementName OfElement()
    {
        var name = ElementName.Parse(Text("a name in quotes"));
        var path = ImmutableArray<string>.Empty;
        while (TakeSymbol(","))
        {
            if (TakeWord("entity_path"))
            {
                Expect("=");
                path = Texts("an entity in quotes");
            }
            else if (Current.IsSymbol("["))
            {
                path = Texts("an entity in quotes");
            }
            else if (TakeWord("date_part_name") || TakeWord("date_part"))
            {
                Expect("=");
                name = AtPart(name);
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

        return path.IsEmpty ? name
            : name.CustomGrain is { } custom ? ElementName.AtGrain([.. path, .. name.Parts], custom)
            : ElementName.Of([.. path, .. name.Parts], name.Grain, name.Part);
    }

    private ElementName AtGrain(ElementName name) => ElementName.AtGrain(name.Parts, Lower(Text("a grain in quotes")));

    private ElementName AtPart(ElementName name)
    {
        var position = Current.Position;
        var text = Text("a date part in quotes");
        return TimeGrainNames.FindPart(text) is { } part
            ? ElementName.Of(name.Parts, null, part)
            : throw new FilterException($"'{text}' is no date part; known are {string.Join(", ", Parts)}.", position);
    }

    private ImmutableArray<string> Texts(string expected)
    {
        Expect("[");
        var texts = ImmutableArray.CreateBuilder<string>();
        do
        {
            texts.Add(Text(expected));
        }
        while (TakeSymbol(","));
        Expect("]");
        return texts.ToImmutable();
    }

    private string Text(string expected) => Current.Kind == TokenKind.Text ? tokens[at++].Value : throw Unexpected(expected);
}
