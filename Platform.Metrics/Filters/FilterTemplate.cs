using System.Collections.Immutable;

namespace Platform.Metrics.Filters;

/// <summary>
/// A filter of a metric definition: reviewed SQL with <c>{{ Dimension('...') }}</c> in it. Only what stands in braces is read; the rest is
/// the project's own code.
/// </summary>
internal sealed record FilterTemplate(string Text, ImmutableArray<FilterTemplatePart> Parts)
{
    /// <exception cref="FilterException">A brace that does not close, or an unknown reference in it.</exception>
    public static FilterTemplate Parse(string text)
    {
        var parts = ImmutableArray.CreateBuilder<FilterTemplatePart>();
        var at = 0;
        while (at < text.Length)
        {
            var open = text.IndexOf("{{", at, StringComparison.Ordinal);
            if (open < 0)
            {
                break;
            }

            var close = text.IndexOf("}}", open, StringComparison.Ordinal);
            if (close < 0)
            {
                throw new FilterException("The braces that open here do not close.", open);
            }

            if (open > at)
            {
                parts.Add(new FilterTemplatePart(text[at..open], null));
            }

            parts.Add(new FilterTemplatePart("", Read(text[(open + 2)..close], open + 2)));
            at = close + 2;
        }

        if (at < text.Length)
        {
            parts.Add(new FilterTemplatePart(text[at..], null));
        }

        return new FilterTemplate(text.Trim(), parts.ToImmutable());
    }

    public IEnumerable<Expression> References => Parts.Select(part => part.Reference).OfType<Expression>();

    private static Expression Read(string text, int offset)
    {
        try
        {
            return FilterParser.ParseReference(text);
        }
        catch (FilterException exception)
        {
            throw new FilterException(exception.Message, offset + exception.Position);
        }
    }

    public bool Equals(FilterTemplate? other) => other?.Text == Text;

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);
}

/// <summary>SQL, or a reference: to a dimension, an entity or a metric.</summary>
internal sealed record FilterTemplatePart(string Sql, Expression? Reference);
