using Platform.Metrics.Filters;

namespace Platform.Metrics.Plan;

/// <summary>A filter names what is not there; near matches may be meant.</summary>
internal sealed class UnknownElementException(string message, int position, IReadOnlyList<string> near) : FilterException(message, position)
{
    public IReadOnlyList<string> Near { get; } = near;
}
