namespace Platform.Metrics.Catalogue;

/// <summary>What was published together: marts and metrics; the data dates are those that this and earlier publications built.</summary>
internal sealed record Publication(
    long Id, DateTimeOffset PublishedAt, Guid InvocationId, DateOnly? DataDateFrom, DateOnly? DataDateTo, string? ProjectVersion);
