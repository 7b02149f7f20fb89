using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Npgsql;
using Platform.Testing;

namespace Platform.Benchmarks.Api;

/// <summary>A million rows out, in every format, against <c>psql \copy</c> of the same statement to a file; and the memory of the process that serves them.</summary>
internal sealed class ExportBenchmark : IBenchmark
{
    private const int DefaultRows = 1_000_000;
    private const double MemoryGoal = 1.5;

    private static readonly string[] Formats = ["csv", "json", "records", "arrow", "parquet"];

    private static readonly string? Psql = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? "psql.exe" : "psql")).FirstOrDefault(File.Exists);

    public string Name => "export";

    public string Description => @"a million rows as CSV, JSON, Arrow and Parquet against psql \copy of the same statement; SIZE is rows";

    public async Task RunAsync(int? size, CancellationToken cancellationToken)
    {
        var rows = size ?? DefaultRows;
        await using var servers = new EmbeddedServers();
        await using var database = await servers.CreateDatabaseAsync(cancellationToken);
        await ApiWarehouse.FillAsync(database, rows, cancellationToken);
        await using var api = await ApiProcess.StartAsync(database.ConnectionString, cancellationToken);
        var file = Path.GetTempFileName();
        try
        {
            var sql = await StatementAsync(api, rows, cancellationToken);
            long peak = 0;
            using var watching = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var watch = WatchAsync(api, memory => peak = Math.Max(peak, memory), watching.Token);
            foreach (var format in Formats)
            {
                await ServeAsync(api, format, rows / 5, file, cancellationToken);
            }

            var fewer = peak;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{rows:N0} rows, 6 columns; {Environment.ProcessorCount} cores; the Api took {fewer / 1e6:F0} MB for a fifth of them"));
            var reference = Psql is null ? "text COPY by Npgsql (there is no psql)" : @"psql \copy";
            var rates = await Measure.AlternatelyAsync(rows, "rows",
            [
                (reference, () => Task.CompletedTask, () => CopyAsync(database, sql, file, cancellationToken)),
                .. Formats.Select(format =>
                    (format, (Func<Task>)(() => Task.CompletedTask), (Func<Task>)(() => ServeAsync(api, format, rows, file, cancellationToken)))),
            ]);
            await watching.CancelAsync();
            await watch;
            foreach (var format in Formats)
            {
                Measure.Conclude($"export-{format}", rates[format] / rates[reference], 0.7);
            }

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"the Api took {peak / 1e6:F0} MB for all of them"));
            Measure.Conclude("export-memory", (double)peak / fewer, MemoryGoal, atMost: true);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static string Address(string path, int rows) =>
        string.Create(CultureInfo.InvariantCulture, $"/api/v1/{path}?metrics=revenue,units&group_by=sale,metric_time__day,sale__channel,sale__product&limit={rows}");

    /// <summary>The Api's own statement, with its parameters as literals: psql's copy takes none.</summary>
    private static async Task<string> StatementAsync(ApiProcess api, int rows, CancellationToken cancellationToken)
    {
        using var plan = JsonDocument.Parse(await api.Client.GetStringAsync(new Uri(Address("explain", rows), UriKind.Relative), cancellationToken));
        var sql = plan.RootElement.GetProperty("sql").GetString()!;
        foreach (var parameter in plan.RootElement.GetProperty("parameters").EnumerateArray().Reverse())
        {
            var value = parameter.GetProperty("value");
            sql = sql.Replace(parameter.GetProperty("name").GetString()!, value.ValueKind == JsonValueKind.Number ? value.GetRawText() : $"'{value}'", StringComparison.Ordinal);
        }

        return sql.Replace('\n', ' ');
    }

    private static async Task ServeAsync(ApiProcess api, string format, int rows, string file, CancellationToken cancellationToken)
    {
        using var response = await api.Client.GetAsync(
            new Uri($"{Address("query", rows)}&format={format}", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        response.EnsureSuccessStatusCode();
        await using var target = File.Create(file);
        await response.Content.CopyToAsync(target, cancellationToken);
    }

    private static async Task CopyAsync(TestDatabase database, string sql, string file, CancellationToken cancellationToken)
    {
        if (Psql is null)
        {
            await using var own = await database.DataSource.OpenConnectionAsync(cancellationToken);
            using var reader = await own.BeginTextExportAsync($"copy ({sql}) to stdout with (format csv, header)", cancellationToken);
            await using var target = new StreamWriter(file);
            while (await reader.ReadLineAsync(cancellationToken) is { } line)
            {
                await target.WriteLineAsync(line.AsMemory(), cancellationToken);
            }

            return;
        }

        var connection = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        var start = new ProcessStartInfo(Psql,
        [
            "--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", "--host", connection.Host!, "--port", $"{connection.Port}", "--username", connection.Username!,
            "--dbname", connection.Database!, "--command", $@"\copy ({sql}) to '{file}' with (format csv, header)",
        ]);
        start.Environment["PGPASSWORD"] = connection.Password;
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"psql ended with {process.ExitCode}.");
        }
    }

    private static async Task WatchAsync(ApiProcess api, Action<long> note, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            note(api.Memory);
            await Task.Delay(50, CancellationToken.None);
        }
    }
}
