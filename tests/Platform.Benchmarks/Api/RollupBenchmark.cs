using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Npgsql;
using Platform.Testing;

namespace Platform.Benchmarks.Api;

/// <summary>A dashboard of 12 queries from the facts and from a rollup of them: all are sent at once, as a browser does, and the last answer counts.</summary>
internal sealed class RollupBenchmark : IBenchmark
{
    private const int DefaultRows = 20_000_000;
    private const int FactRounds = 3;
    private const int RollupRounds = 9;

    private static readonly string[] Dashboard =
    [
        "metrics=revenue,units,sales_count,average_price",
        "metrics=revenue&group_by=metric_time__month",
        "metrics=revenue,units&group_by=metric_time__quarter,sale__channel",
        "metrics=average_price&group_by=metric_time__week",
        "metrics=revenue&group_by=sale__channel&order_by=-revenue",
        "metrics=revenue&group_by=sale__region&order_by=-revenue&limit=10",
        "metrics=sales_count&group_by=metric_time__month,sale__region",
        "metrics=revenue,average_price&group_by=sale__region,sale__channel",
        "metrics=revenue&group_by=metric_time__day&start=2025-11-01",
        "metrics=units&group_by=metric_time__month&where=sale__channel = 'web'",
        "metrics=revenue&group_by=metric_time__month&where=sale__region in ('region 1', 'region 2')",
        "metrics=revenue,sales_count&group_by=metric_time__year,sale__channel&where=sale__region <> 'region 3'",
    ];

    public string Name => "rollup";

    public string Description => "a dashboard of 12 queries from facts and from a rollup; SIZE is fact rows";

    public async Task RunAsync(int? size, CancellationToken cancellationToken)
    {
        var rows = size ?? DefaultRows;
        await using var servers = new EmbeddedServers();
        await using var database = await servers.CreateDatabaseAsync(cancellationToken);
        await ApiWarehouse.FillAsync(database, rows, cancellationToken);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{rows:N0} fact rows, {Dashboard.Length} queries, {Environment.ProcessorCount} cores"));
        var (facts, fromFacts) = await AskAsync(database, FactRounds, rollup: false, cancellationToken);
        await ApiWarehouse.RollUpAsync(database, cancellationToken);
        var (rollup, fromRollup) = await AskAsync(database, RollupRounds, rollup: true, cancellationToken);
        for (var query = 0; query < Dashboard.Length; query++)
        {
            if (fromFacts[query] != fromRollup[query])
            {
                throw new InvalidOperationException($"{Dashboard[query]} is answered otherwise from the rollup.");
            }
        }

        var held = await RowsAsync(database.DataSource, cancellationToken);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"from the facts {facts:N0} ms, from a rollup of {held:N0} rows {rollup:N1} ms"));
        Measure.Conclude("rollup-speedup", facts / rollup, 50);
        Measure.ConcludeMilliseconds("rollup-dashboard", rollup, 300);
    }

    /// <summary>The median time of the dashboard and its answers.</summary>
    private static async Task<(double Milliseconds, string[] Rows)> AskAsync(TestDatabase database, int rounds, bool rollup, CancellationToken cancellationToken)
    {
        await using var api = await ApiProcess.StartAsync(database.ConnectionString, cancellationToken);
        foreach (var query in Dashboard)
        {
            using var plan = JsonDocument.Parse(await api.Client.GetStringAsync(new Uri($"/api/v1/explain?{query}", UriKind.Relative), cancellationToken));
            if (plan.RootElement.GetProperty("facts").EnumerateArray().Any(fact => (fact.GetProperty("rollup").ValueKind == JsonValueKind.String) != rollup))
            {
                throw new InvalidOperationException($"{query} is {(rollup ? "not " : "")}planned from a rollup.");
            }
        }

        var times = new List<double>();
        string[] answers = [];
        for (var round = 0; round <= rounds; round++)
        {
            // Another condition each time, which holds for every row: no answer is kept.
            string Address(string query) => query.Contains("where=", StringComparison.Ordinal) ? $"{query} and sale__region <> 'none {round}'" : $"{query}&where=sale__region <> 'none {round}'";
            var started = Stopwatch.GetTimestamp();
            answers = await Task.WhenAll(Dashboard.Select(query => api.Client.GetStringAsync(new Uri($"/api/v1/query?{Address(query)}", UriKind.Relative), cancellationToken)));
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        // The first round is for the compiler and the page cache.
        double[] sorted = [.. times.Skip(1).Order()];
        return (sorted[sorted.Length / 2], [.. answers.Select(Rows)]);
    }

    private static string Rows(string answer)
    {
        using var json = JsonDocument.Parse(answer);
        return json.RootElement.GetProperty("rows").GetRawText();
    }

    private static async Task<long> RowsAsync(NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        await using var count = dataSource.CreateCommand("select count(*) from analytics.rollup_sales");
        return (long)(await count.ExecuteScalarAsync(cancellationToken))!;
    }
}
