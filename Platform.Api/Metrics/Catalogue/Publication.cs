namespace Platform.Api.Metrics.Catalogue;

/// <summary>What was published together: marts, metrics and the data dates they cover.</summary>
internal sealed record Publication(
    long Id, DateTimeOffset PublishedAt, Guid InvocationId, DateOnly? DataDateFrom, DateOnly? DataDateTo, string? ProjectVersion);
