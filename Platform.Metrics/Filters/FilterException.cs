namespace Platform.Metrics.Filters;

/// <summary>A filter that does not follow the grammar, or compares what cannot be compared.</summary>
/// <param name="message">What was found and what was expected.</param>
/// <param name="position">Place in the filter's text, counted from 0.</param>
internal class FilterException(string message, int position) : Exception(message)
{
    public int Position { get; } = position;
}
