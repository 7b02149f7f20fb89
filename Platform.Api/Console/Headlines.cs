using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Extensions.Options;
using Npgsql;
using Platform.Api.Metrics.Catalogue;
using Platform.Api.Metrics.Query;
using Platform.Metrics.Catalogue;
using Platform.Metrics.Filters;
using Platform.Metrics.Query;

namespace Platform.Api.Console;

/// <summary>The headline metrics of the current publication; computed once for each.</summary>
internal sealed class Headlines(CatalogueSource catalogues, MetricQueries queries, IOptions<ConsoleOptions> options, ILogger<Headlines> logger) : IDisposable
{
    // Publications are minutes apart; one may come while the metrics are computed, hardly ever three.
    private const int Attempts = 3;

    private readonly SemaphoreSlim computing = new(1, 1);
    private volatile Kept? kept;

    /// <exception cref="NothingPublishedException">There is no publication yet.</exception>
    /// <exception cref="TimeoutException">The publications follow each other too fast.</exception>
    public async Task<ImmutableArray<DomainHeadlines>> ReadAsync(CancellationToken cancellationToken)
    {
        var catalogue = await catalogues.CurrentAsync(cancellationToken);
        if (kept is { } before && before.PublicationId == catalogue.Publication.Id)
        {
            return before.Domains;
        }

        await computing.WaitAsync(cancellationToken);
        try
        {
            for (var attempt = 1; attempt <= Attempts; attempt++)
            {
                if (kept is { } meanwhile && meanwhile.PublicationId == catalogue.Publication.Id)
                {
                    return meanwhile.Domains;
                }

                // Every value is read by a query of its own. They are of one publication when it is still the current one after the last.
                var domains = await ComputeAsync(catalogue, cancellationToken);
                var current = await catalogues.CurrentAsync(cancellationToken);
                if (current.Publication.Id == catalogue.Publication.Id)
                {
                    kept = new Kept(catalogue.Publication.Id, domains);
                    return domains;
                }

                catalogue = current;
            }

            throw new TimeoutException("Another publication came at every attempt to compute the headline metrics of one.");
        }
        finally
        {
            computing.Release();
        }
    }

    public void Dispose() => computing.Dispose();

    private async Task<ImmutableArray<DomainHeadlines>> ComputeAsync(MetricCatalogue catalogue, CancellationToken cancellationToken)
    {
        var last = catalogue.Publication.DataDateTo ?? DateOnly.FromDateTime(catalogue.Publication.PublishedAt.UtcDateTime).AddDays(-1);

        // Days before the first published one are no gap in the data; the chart does not show them.
        var first = last.AddDays(1 - Headline.ChartDays);
        if (catalogue.Publication.DataDateFrom is { } oldest && oldest > first)
        {
            first = oldest < last ? oldest : last;
        }

        var domains = ImmutableArray.CreateBuilder<DomainHeadlines>();
        foreach (var (domain, metrics) in Chosen(catalogue))
        {
            var headlines = ImmutableArray.CreateBuilder<Headline>();
            foreach (var metric in metrics)
            {
                if (headlines.Count < options.Value.TilesPerDomain && await HeadlineAsync(metric, first, last, cancellationToken) is { } headline)
                {
                    headlines.Add(headline);
                }
            }

            if (headlines.Count > 0)
            {
                domains.Add(new DomainHeadlines(domain, headlines.ToImmutable()));
            }
        }

        return domains.ToImmutable();
    }

    /// <summary>Domains in the configured order, then the others; of each its headline metrics, then the others.</summary>
    private IEnumerable<(string Domain, IEnumerable<Metric> Metrics)> Chosen(MetricCatalogue catalogue)
    {
        var configured = options.Value.Headlines;
        var order = configured.Keys.ToList();
        return catalogue.Metrics.Values
            .Where(metric => metric.Meta.Domain is not null && metric.Definition is not UnsupportedMetric)
            .GroupBy(metric => metric.Meta.Domain!)
            .OrderBy(group => order.IndexOf(group.Key) is var at and >= 0 ? at : int.MaxValue)
            .ThenBy(group => group.Key, StringComparer.Ordinal)
            .Select(group =>
            {
                var names = configured.TryGetValue(group.Key, out var list) ? list : [];
                return (group.Key, (IEnumerable<Metric>)group
                    .OrderBy(metric => Array.IndexOf(names, metric.Name) is var at and >= 0 ? at : int.MaxValue)
                    .ThenBy(metric => metric.Name, StringComparer.Ordinal));
            });
    }

    /// <summary>The metric's values; null when it is not a number or cannot be asked by day.</summary>
    private async Task<Headline?> HeadlineAsync(Metric metric, DateOnly first, DateOnly last, CancellationToken cancellationToken)
    {
        try
        {
            var days = await DaysAsync(metric, first, last, cancellationToken);
            var (value, before) = await PeriodsAsync(metric, days, last, cancellationToken);
            return new Headline(metric.Name, metric.Label ?? metric.Name, metric.Description, metric.Meta.Unit, value, before, days);
        }
        catch (Exception exception) when (exception is QueryException or PostgresException or FormatException)
        {
            ConsoleLog.MetricLeftOut(logger, metric.Name, exception);
            return null;
        }
    }

    private async Task<ImmutableArray<HeadlineDay>> DaysAsync(
        Metric metric, DateOnly first, DateOnly last, CancellationToken cancellationToken)
    {
        var query = new MetricQuery
        {
            Reader = ReaderPolicy.Unrestricted,
            Metrics = [metric.Name],
            GroupBy = [ElementName.Of([ElementName.MetricTime], TimeGrain.Day, null)],
            Start = first,
            End = last,
        };
        var values = new Dictionary<DateOnly, decimal?>();
        await using var answer = await queries.RunAsync(query, cancellationToken);
        while (await answer.ReadAsync(cancellationToken))
        {
            values[DateOnly.ParseExact(answer.Value(0)!, "yyyy-MM-dd", CultureInfo.InvariantCulture)] = Number(answer.Value(1));
        }

        return [.. Enumerable.Range(0, last.DayNumber - first.DayNumber + 1).Select(first.AddDays).Select(day => new HeadlineDay(day, values.GetValueOrDefault(day)))];
    }

    /// <summary>The last seven days and the seven before. What is cumulative by day already is compared as it stood at their ends.</summary>
    private async Task<(decimal? Value, decimal? Before)> PeriodsAsync(
        Metric metric, ImmutableArray<HeadlineDay> days, DateOnly last, CancellationToken cancellationToken)
    {
        try
        {
            var value = await PeriodAsync(metric, last, cancellationToken);
            var before = last.AddDays(-Headline.Period);

            // A period that is loaded in part would make a change of something that did not change.
            var isLoaded = days.Any(day => day.Value is not null && day.Date <= before.AddDays(1 - Headline.Period));
            return (value, isLoaded ? await PeriodAsync(metric, before, cancellationToken) : null);
        }
        catch (QueryException)
        {
            return (days[^1].Value, days.Length > Headline.Period ? days[^(1 + Headline.Period)].Value : null);
        }
    }

    private async Task<decimal?> PeriodAsync(Metric metric, DateOnly last, CancellationToken cancellationToken)
    {
        await using var answer = await queries.RunAsync(
            new MetricQuery { Reader = ReaderPolicy.Unrestricted, Metrics = [metric.Name], Start = last.AddDays(1 - Headline.Period), End = last }, cancellationToken);
        return await answer.ReadAsync(cancellationToken) ? Number(answer.Value(0)) : null;
    }

    private static decimal? Number(string? text) => text is null ? null : decimal.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);

    private sealed record Kept(long PublicationId, ImmutableArray<DomainHeadlines> Domains);
}
