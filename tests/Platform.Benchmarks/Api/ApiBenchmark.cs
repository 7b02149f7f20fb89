using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using NpgsqlTypes;
using Platform.Api.Metrics.Catalogue;
using Platform.Metrics.Catalogue;
using Platform.Metrics.Plan;
using Platform.Metrics.Plan.Tree;
using Platform.Metrics.Query;
using Platform.Metrics.Sql;
using Platform.Testing;

namespace Platform.Benchmarks.Api;

/// <summary>
/// Kept answers against a bare endpoint that returns the same bytes through OutputCache, answers from the database against their own SQL by plain
/// Npgsql, and how long planning takes.
/// </summary>
internal sealed class ApiBenchmark : IBenchmark
{
    private const int DefaultRows = 1_000_000;
    private const int Rounds = 5;
    private const int Queries = 15;
    private const string Question = "/api/v1/query?metrics=revenue,units&group_by=metric_time__month,sale__channel";

    private static readonly TimeSpan Time = TimeSpan.FromSeconds(4);

    public string Name => "api";

    public string Description => "kept answers against OutputCache, fresh ones against their SQL by Npgsql, planning; SIZE is fact rows";

    public async Task RunAsync(int? size, CancellationToken cancellationToken)
    {
        await using var servers = new EmbeddedServers();
        await using var database = await servers.CreateDatabaseAsync(cancellationToken);
        await ApiWarehouse.FillAsync(database, size ?? DefaultRows, cancellationToken);
        await using var api = await ApiProcess.StartAsync(database.ConnectionString, cancellationToken);
        var file = Path.GetTempFileName();
        try
        {
            var bytes = await api.Client.GetByteArrayAsync(new Uri(Question, UriKind.Relative), cancellationToken);
            await File.WriteAllBytesAsync(file, bytes, cancellationToken);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{size ?? DefaultRows:N0} fact rows, answer of {bytes.Length:N0} bytes, {Environment.ProcessorCount} cores"));
            await using (var bare = await ApiProcess.StartBareAsync(file, cancellationToken))
            {
                await KeptAsync(api, bare, cancellationToken);
            }

            await FreshAsync(api, database.DataSource, cancellationToken);
            await PlanningAsync(database.DataSource, cancellationToken);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static async Task KeptAsync(ApiProcess api, ApiProcess bare, CancellationToken cancellationToken)
    {
        var (bares, ours) = (new List<(double Rate, double P99, double Cost)>(), new List<(double Rate, double P99, double Cost)>());
        for (var round = 0; round < Rounds; round++)
        {
            bares.Add(await LoadAsync(bare, "/", cancellationToken));
            ours.Add(await LoadAsync(api, Question, cancellationToken));
        }

        // The first round is for the compiler.
        var (reference, own) = (Median(bares.Skip(1).Select(run => run.Rate)), Median(ours.Skip(1).Select(run => run.Rate)));
        var p99 = Median(ours.Skip(1).Select(run => run.P99));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"bare endpoint with OutputCache {reference,12:N0} requests/s   p99 {Median(bares.Skip(1).Select(run => run.P99)):F2} ms   {Median(bares.Skip(1).Select(run => run.Cost)):F1} microseconds of the processor each"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"kept answer of the Api         {own,12:N0} requests/s   p99 {p99:F2} ms   {Median(ours.Skip(1).Select(run => run.Cost)):F1} microseconds of the processor each"));
        Measure.Conclude("api-cached", own / reference, 0.8);
        Measure.ConcludeMilliseconds("api-cached-p99", p99, 5);
    }

    /// <summary>Requests per second, their 99th percentile in milliseconds, and what one costs the server in microseconds of its processor.</summary>
    private static async Task<(double Rate, double P99, double Cost)> LoadAsync(ApiProcess server, string path, CancellationToken cancellationToken)
    {
        var before = server.Processor;
        var (rate, p99) = await LoadGenerator.RunAsync(server.Port, path, Time, cancellationToken);
        return (rate, p99, (server.Processor - before).TotalMicroseconds / (rate * Time.TotalSeconds));
    }

    /// <summary>Each query differs in a value, so that none is kept; the reference sends the Api's own statement with the same values.</summary>
    private static async Task FreshAsync(ApiProcess api, NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        string Address(string path, int number) => $"/api/v1/{path}?metrics=revenue,units&group_by=metric_time__month,sale__channel&where=sale__region <> 'none {number}'";
        using var plan = JsonDocument.Parse(await api.Client.GetStringAsync(new Uri(Address("explain", 0), UriKind.Relative), cancellationToken));
        var sql = plan.RootElement.GetProperty("sql").GetString()!;
        var parameters = plan.RootElement.GetProperty("parameters").EnumerateArray()
            .Select(parameter => (Enum.Parse<NpgsqlDbType>(parameter.GetProperty("type").GetString()!), parameter.GetProperty("value").Clone())).ToArray();

        var (direct, served) = (new List<double>(), new List<double>());
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        for (var number = 0; number < Queries; number++)
        {
            var started = Stopwatch.GetTimestamp();
            await DirectAsync(connection, sql, parameters, $"none {number}", cancellationToken);
            direct.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            started = Stopwatch.GetTimestamp();
            await api.Client.GetByteArrayAsync(new Uri(Address("query", number), UriKind.Relative), cancellationToken);
            served.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        var (reference, own) = (Median(direct.Skip(2)), Median(served.Skip(2)));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"its SQL by Npgsql {reference:F2} ms, by the Api {own:F2} ms"));
        Measure.Conclude("api-uncached", own / reference, 1.1, atMost: true);
    }

    private static async Task DirectAsync(
        NpgsqlConnection connection, string sql, (NpgsqlDbType Type, JsonElement Value)[] parameters, string literal, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var (type, value) in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter
            {
                NpgsqlDbType = type,
                Value = value.ValueKind == JsonValueKind.Number ? value.GetInt64() : value.GetString() is "none 0" ? literal : value.GetString()!,
            });
        }

        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var values = new object[reader.FieldCount];
        while (await reader.ReadAsync(cancellationToken))
        {
            reader.GetValues(values);
        }
    }

    private static async Task PlanningAsync(NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        const int plans = 2_000;
        using var source = new CatalogueSource(dataSource, NullLogger<CatalogueSource>.Instance);
        var catalogue = await source.CurrentAsync(cancellationToken);
        var options = new QueryOptions();
        var parameters = new QueryParameters
        {
            Metrics = ["revenue", "units", "average_price"],
            GroupBy = ["metric_time__month", "sale__channel"],
            Where = ["sale__region in ('region 1', 'region 2') and sale__product like 'product 1%'"],
        };
        var times = new List<double>(plans);
        for (var number = 0; number < plans; number++)
        {
            var started = Stopwatch.GetTimestamp();
            _ = PlanSql.Write(QueryPlanner.Plan(QueryReader.Read(parameters, ReaderPolicy.Unrestricted, options), catalogue, options.DefaultRows));
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"reading, planning and writing SQL: median {Median(times) * 1000:F0} microseconds"));
        Measure.ConcludeMilliseconds("api-planning", Median(times), 1);
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
