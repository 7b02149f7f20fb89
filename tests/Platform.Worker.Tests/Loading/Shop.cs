using System.Security.Cryptography;
using System.Text;
using Azure.Storage.Blobs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using Platform.Testing;
using Platform.Worker.Contracts;
using Platform.Worker.Landing;
using Platform.Worker.Loading;
using Platform.Worker.Warehouse;

namespace Platform.Worker.Tests.Loading;

/// <summary>A migrated warehouse, an empty landing zone, and the loader between them.</summary>
internal sealed class Shop : IAsyncDisposable
{
    public const string Domain = "shop";
    public const string Items = "items";
    public const string Reviews = "reviews";
    public const string ItemsHeader = "item_id,name,kind,price,quantity,serial,sold_on,sold_at,gift";
    public const string ReviewsHeader = "item_id,number,text";

    public static readonly DateOnly Date = new(2026, 1, 31);
    public static readonly string Contracts = Path.Combine(AppContext.BaseDirectory, "Loading", "Shop");

    public static readonly string BuiltInContracts = Path.Combine(AppContext.BaseDirectory, "Sources");

    private readonly TestContainer _container;

    private Shop(TestDatabase database, TestContainer container)
    {
        Database = database;
        _container = container;
    }

    public TestDatabase Database { get; }

    public BlobContainerClient Landing => _container.Client;

    public static async Task<Shop> OpenAsync(EmbeddedServers servers)
    {
        var shop = new Shop(
            await servers.CreateDatabaseAsync(TestContext.Current.CancellationToken),
            await servers.CreateContainerAsync(TestContext.Current.CancellationToken));
        await new MigrationRunner(shop.Database.DataSource, Options.Create(new WarehouseOptions()), NullLogger<MigrationRunner>.Instance)
            .RunAsync(TestContext.Current.CancellationToken);
        return shop;
    }

    public PartitionLoader Loader(string? contracts = null, NpgsqlDataSource? dataSource = null) => new(
        ContractCatalog.Load([contracts ?? Contracts]),
        new PartitionReader(_container.Client),
        dataSource ?? Database.DataSource,
        TimeProvider.System,
        new LoadingTelemetry(new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>()),
        NullLogger<PartitionLoader>.Instance);

    public Task<DomainLoad> LoadAsync(DateOnly? date = null) =>
        Loader().LoadAsync(Domain, date ?? Date, TestContext.Current.CancellationToken);

    /// <summary>Lands items, and reviews of none.</summary>
    public Task LandItemsAsync(params string[] rows) => LandAsync(Date, (Items, Csv(ItemsHeader, rows)), (Reviews, Csv(ReviewsHeader)));

    public static byte[] Csv(string header, params string[] rows) => Encoding.UTF8.GetBytes(string.Concat(rows.Prepend(header).Select(row => row + "\n")));

    public Task LandAsync(DateOnly date, params (string Dataset, byte[] Csv)[] files) =>
        LandAsync(date, files, manifest => manifest);

    /// <summary>Lands files with a manifest that counts their lines; <paramref name="correct"/> makes it say something else.</summary>
    public async Task LandAsync(DateOnly date, IReadOnlyList<(string Dataset, byte[] Csv)> files, Func<ManifestFile, ManifestFile> correct)
    {
        var listed = new List<ManifestFile>();
        foreach (var (dataset, csv) in files)
        {
            await PutAsync(LandingPath.For(Domain, date, dataset), csv);
            listed.Add(correct(new ManifestFile
            {
                Name = LandingPath.FileName(dataset),
                Dataset = dataset,
                Rows = Encoding.Latin1.GetString(csv).Split('\n').Skip(1).Count(line => line.Trim('\r').Length > 0),
                Bytes = csv.Length,
                Sha256 = Convert.ToHexStringLower(SHA256.HashData(csv)),
                ControlSums = new Dictionary<string, string>(),
            }));
        }

        await PutAsync(LandingPath.Manifest(Domain, date), new Manifest { Domain = Domain, Partition = date, Files = listed }.ToJson());
    }

    public async Task PutAsync(string path, byte[] content) => await _container.Client.GetBlobClient(path)
        .UploadAsync(new BinaryData(content), overwrite: true, TestContext.Current.CancellationToken);

    /// <summary>The rows of a query, values separated by '|'.</summary>
    public async Task<string[]> QueryAsync(string sql)
    {
        await using var command = Database.DataSource.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var rows = new List<string>();
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
        {
            rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(field => reader.IsDBNull(field) ? "-" : reader.GetValue(field) switch
            {
                DateOnly date => date.ToString("O"),
                DateTime date => date.ToString("O"),
                IFormattable value => value.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
                var value => value.ToString(),
            })));
        }

        return [.. rows];
    }

    public Task<string[]> QuarantineAsync() =>
        QueryAsync("select dataset, line, coalesce(column_name, ''), rule from meta.quarantine where state <> 'superseded' order by dataset, line");

    /// <summary>Everything of the fact tables but the load's number.</summary>
    public Task<string[]> FactsAsync() => QueryAsync(
        """
        select 'items', (to_jsonb(i) - '_load')::text from shop.items i union all
        select 'reviews', (to_jsonb(r) - '_load')::text from shop.reviews r order by 1, 2
        """);

    public async Task ExecuteAsync(string sql)
    {
        await using var command = Database.DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _container.DisposeAsync();
        await Database.DisposeAsync();
    }
}
