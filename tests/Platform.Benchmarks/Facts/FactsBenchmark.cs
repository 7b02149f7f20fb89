using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using Platform.Testing;
using Platform.Worker.Contracts;
using Platform.Worker.Landing;
using Platform.Worker.Loading;
using Platform.Worker.Warehouse;

namespace Platform.Benchmarks.Facts;

/// <summary>
/// Loads the same dates again and again into fact tables of 10 loaded days and of 1,000, per partitioning: the cost is to be the same. Then a query over
/// all partitions, and one of one day.
/// </summary>
internal sealed class FactsBenchmark : IBenchmark
{
    private const int DefaultRows = 20_000;
    private const int OldRows = 2_000;
    private const int FewDays = 10;
    private const int ManyDays = 1_000;
    private const double Goal = 0.9;
    private static readonly DateOnly First = new(2023, 5, 1);

    public string Name => "facts";

    public string Description => "load of a date at 1,000 loaded days against 10, per partitioning; SIZE is rows a day";

    public async Task RunAsync(int? size, CancellationToken cancellationToken)
    {
        var rows = size ?? DefaultRows;
        await using var servers = new EmbeddedServers();
        await using var database = await servers.CreateDatabaseAsync(cancellationToken);
        await using var container = await servers.CreateContainerAsync(cancellationToken);
        var dataSource = database.DataSource;
        await new MigrationRunner(dataSource, Options.Create(new WarehouseOptions()), NullLogger<MigrationRunner>.Instance).RunAsync(cancellationToken);
        var folder = Directory.CreateTempSubdirectory("facts");
        try
        {
            (string Domain, string Partitioning, int Days)[] ways =
            [
                .. from partitioning in new[] { "none", "month", "day" }
                from days in new[] { FewDays, ManyDays }
                select ($"{partitioning}_{days}", partitioning, days),
            ];
            var contracts = ContractCatalog.Load([.. ways.Select(way => WriteContract(folder, way.Domain, way.Partitioning))]);
            var meters = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();
            var loader = new PartitionLoader(
                contracts, new PartitionReader(container.Client), dataSource, TimeProvider.System, new LoadingTelemetry(meters),
                NullLogger<PartitionLoader>.Instance);
            DateOnly[] dates = [.. Enumerable.Range(ManyDays - FewDays, FewDays).Select(First.AddDays)];
            foreach (var (domain, _, days) in ways)
            {
                await FactTables.EnsureAsync(dataSource, contracts.Domain(domain), cancellationToken);
                if (days > FewDays)
                {
                    await FillAsync(dataSource, contracts.Domain(domain), days - FewDays, OldRows, cancellationToken);
                }

                foreach (var date in dates)
                {
                    await LandAsync(new LandingZone(container.Client), domain, date, rows, cancellationToken);
                    await loader.LoadAsync(domain, date, cancellationToken);
                }
            }

            await ExecuteAsync(dataSource, "analyze", cancellationToken);
            var loads = new List<(string Way, Func<Task> Prepare, Func<Task> Run)>();
            foreach (var (domain, partitioning, days) in ways)
            {
                loads.Add((Way(partitioning, days), () => Task.CompletedTask, () => LoadAsync(domain)));
            }

            var rates = await Measure.AlternatelyAsync(FewDays, "loads", loads);
            foreach (var (domain, partitioning, days) in ways.Where(way => way.Days == ManyDays))
            {
                foreach (var (what, sql) in new[] { ("all days", ""), ("one day", $" where _partition = '{dates[0]:yyyy-MM-dd}'") })
                {
                    var started = Stopwatch.GetTimestamp();
                    await ExecuteAsync(dataSource, $"select event_date, sum(amount) from {domain}.events{sql} group by 1", cancellationToken);
                    Console.WriteLine(string.Create(
                        CultureInfo.InvariantCulture, $"sum by date over {what}, partitioning {partitioning}: {Stopwatch.GetElapsedTime(started).TotalMilliseconds:N0} ms"));
                }
            }

            foreach (var few in ways.Where(way => way.Days == FewDays))
            {
                Measure.Conclude($"facts-{few.Partitioning}", Rate(few.Partitioning, ManyDays) / Rate(few.Partitioning, FewDays), Goal);
            }

            double Rate(string partitioning, int days) => rates[Way(partitioning, days)];

            static string Way(string partitioning, int days) => $"load a date again, partitioning {partitioning}, {days} days";

            async Task LoadAsync(string domain)
            {
                foreach (var date in dates)
                {
                    await loader.LoadAsync(domain, date, force: true, cancellationToken);
                }
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string WriteContract(DirectoryInfo folder, string domain, string partitioning)
    {
        var yaml = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Facts", "events.odcs.yaml"));
        var contracts = folder.CreateSubdirectory(domain);
        File.WriteAllText(
            Path.Combine(contracts.FullName, "events.odcs.yaml"),
            yaml.Replace("DOMAIN", domain, StringComparison.Ordinal).Replace("PARTITIONING", partitioning, StringComparison.Ordinal));
        return contracts.FullName;
    }

    /// <summary>Days that were loaded long ago, without their files.</summary>
    private static async Task FillAsync(NpgsqlDataSource dataSource, Domain domain, int days, int rows, CancellationToken cancellationToken)
    {
        var contract = domain.Datasets[0];
        var table = FactTables.Name(contract);
        var day = contract.Policy.Partitioning == FactPartitioning.Day;
        for (var date = First; date < First.AddDays(days); date = date.AddDays(1))
        {
            if (day)
            {
                await ExecuteAsync(
                    dataSource,
                    $"create table {Sql.Identifier(domain.Name, FactPartitions.Day("events", date))} partition of {table} {FactPartitions.Bounds(date, date.AddDays(1))}",
                    cancellationToken);
            }
            else
            {
                await FactPartitions.EnsureMonthsAsync(dataSource, domain, date, cancellationToken);
            }
        }

        await ExecuteAsync(
            dataSource,
            string.Create(CultureInfo.InvariantCulture, $"""
                insert into {table} ({FactTables.ColumnList(contract)})
                select number, '{First:yyyy-MM-dd}'::date + day, 'customer ' || number, number / 100.0, '{First:yyyy-MM-dd}'::date + day, 0, number + 1
                from generate_series(0, {days - 1}) day, generate_series(1, {rows}) number
                """),
            cancellationToken);
    }

    private static async Task LandAsync(LandingZone landing, string domain, DateOnly date, int rows, CancellationToken cancellationToken)
    {
        var partition = await landing.StartPartitionAsync(domain, date, generator: null, cancellationToken);
        await using var csv = partition.StartFile("events", ["event_id", "event_date", "customer", "amount"], ["amount"]);
        for (var row = 1; row <= rows; row++)
        {
            csv.Integer(row);
            csv.Date(date);
            csv.Text(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"customer {row}")));
            csv.Money(row);
            csv.EndRow();
            if (csv.IsBlockFull)
            {
                await csv.FlushAsync(cancellationToken);
            }
        }

        await csv.CompleteAsync(cancellationToken);
        await partition.CompleteAsync(cancellationToken);
    }

    private static async Task ExecuteAsync(NpgsqlDataSource dataSource, string sql, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(sql);
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
