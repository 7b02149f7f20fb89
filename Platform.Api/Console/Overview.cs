using System.Collections.Immutable;
using Microsoft.Extensions.Options;
using Npgsql;
using Platform.Api.Runs;
using Platform.Metrics.Catalogue;

namespace Platform.Api.Console;

/// <summary>Gathers what the start page shows.</summary>
internal sealed class Overview(
    Freshness freshness, RunHistory history, Headlines headlines, IOptions<ConsoleOptions> options, TimeProvider time, ILogger<Overview> logger)
{
    /// <summary>The page's content; null when the warehouse does not answer.</summary>
    public async Task<OverviewContent?> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            var report = await freshness.ReadAsync(cancellationToken);
            return new OverviewContent(
                time.GetUtcNow(),
                report,
                await HeadlinesAsync(report, cancellationToken),
                await history.ActivityAsync(options.Value.Runs, cancellationToken),
                report.PublicationId is null ? await history.ProgressAsync(cancellationToken) : LoadProgress.None,
                await history.ChecksAsync(cancellationToken));
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException)
        {
            ConsoleLog.WarehouseUnavailable(logger, exception);
            return null;
        }
    }

    private async Task<ImmutableArray<DomainHeadlines>> HeadlinesAsync(FreshnessReport report, CancellationToken cancellationToken)
    {
        if (report.PublicationId is null)
        {
            return [];
        }

        try
        {
            return await headlines.ReadAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is NothingPublishedException or CatalogueException)
        {
            return [];
        }
    }
}

/// <summary>What the start page shows.</summary>
public sealed record OverviewContent(
    DateTimeOffset Now,
    FreshnessReport Freshness,
    ImmutableArray<DomainHeadlines> Domains,
    ImmutableArray<PipelineRun> Runs,
    LoadProgress Progress,
    CheckSummary Checks)
{
    /// <summary>Something is going on; the page looks again by itself.</summary>
    public bool IsBusy => Freshness.PublicationId is null || Runs.Any(run => run.State is "queued" or "running");
}
