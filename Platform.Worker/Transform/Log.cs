namespace Platform.Worker.Transform;

internal static partial class Log
{
    [LoggerMessage(700, LogLevel.Information, "{Node}: {Message}")]
    public static partial void Macro(ILogger logger, string node, string message);

    [LoggerMessage(701, LogLevel.Information, "Build {InvocationId}: {Selected} nodes of {Project}, data dates {From} to {To}")]
    public static partial void BuildStarted(ILogger logger, Guid invocationId, int selected, string project, DateOnly? from, DateOnly? to);

    [LoggerMessage(702, LogLevel.Information, "Build {InvocationId} ended in {Duration}: {Summary}")]
    public static partial void BuildEnded(ILogger logger, Guid invocationId, TimeSpan duration, string summary);

    [LoggerMessage(703, LogLevel.Information, "Published {Relations} relations as publication {PublicationId}; readers could wait {Locked} ms")]
    public static partial void Published(ILogger logger, int relations, long publicationId, long locked);

    [LoggerMessage(704, LogLevel.Information, "Publishing waits for readers to end (try {Attempt})")]
    public static partial void PublishWaits(ILogger logger, int attempt);

    [LoggerMessage(705, LogLevel.Error, "{Node} {Status}: {Message}")]
    public static partial void NodeFailed(ILogger logger, string node, NodeStatus status, string? message);

    [LoggerMessage(706, LogLevel.Warning, "{Message}")]
    public static partial void Warning(ILogger logger, string message);

    [LoggerMessage(707, LogLevel.Information, "Ended {Sessions} sessions that a killed build left behind")]
    public static partial void LeftoversEnded(ILogger logger, int sessions);

    [LoggerMessage(708, LogLevel.Debug, "Parsed {Project}: {Nodes} nodes in {Duration}")]
    public static partial void Parsed(ILogger logger, string project, int nodes, TimeSpan duration);

    [LoggerMessage(709, LogLevel.Warning, "The saved query {SavedQuery} has no view: {Message}")]
    public static partial void SavedQueryWithoutView(ILogger logger, string savedQuery, string message);
}
