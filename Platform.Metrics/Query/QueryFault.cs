namespace Platform.Metrics.Query;

/// <summary>One thing wrong with a request.</summary>
/// <param name="Parameter">The request parameter, e.g. <c>group_by</c>.</param>
/// <param name="Message">What was found, what was expected, and the remedy.</param>
/// <param name="Position">Place in the parameter's value, counted from 1, when there is one.</param>
/// <param name="DidYouMean">Near matches, best first.</param>
internal sealed record QueryFault(string Parameter, string Message, int? Position = null, IReadOnlyList<string>? DidYouMean = null);

/// <summary>A request that cannot be answered as it is; the reader's to change. Lists every fault that was found.</summary>
internal sealed class QueryException(IReadOnlyList<QueryFault> faults) : Exception(faults[0].Message)
{
    public QueryException(QueryFault fault)
        : this([fault])
    {
    }

    public IReadOnlyList<QueryFault> Faults { get; } = faults;
}
