using System.Text;
using Platform.Testing;
using Platform.Worker.Contracts;
using Platform.Worker.Loading;
using Platform.Worker.Loading.Quarantine;

namespace Platform.Worker.Tests.Loading.Quarantine;

/// <summary>A shop with contracts of its own and everything that works on its quarantined rows.</summary>
internal sealed class QuarantineDesk : IAsyncDisposable
{
    public const string Header = "item_id,name,price,currency,quantity,sold_on,voucher";

    public static readonly string BuiltContracts = Path.Combine(AppContext.BaseDirectory, "Loading", "Quarantine", "Contracts");

    public static readonly QuarantineActor Ann = new("ann", "as agreed with the supplier");

    private readonly DirectoryInfo _contracts = Directory.CreateTempSubdirectory("platform-contracts-");

    private QuarantineDesk(Shop shop)
    {
        Shop = shop;
        foreach (var file in Directory.GetFiles(BuiltContracts))
        {
            File.Copy(file, Path.Combine(_contracts.FullName, Path.GetFileName(file)));
        }
    }

    public Shop Shop { get; }

    public ContractCatalog Contracts => ContractCatalog.Load([_contracts.FullName]);

    public string ContractFolder => _contracts.FullName;

    public QuarantineReader Reader => new(Shop.Database.DataSource, Contracts);

    public QuarantineExport Export => new(Reader, Contracts);

    public QuarantineFix Fix => new(Shop.Database.DataSource, Contracts, Reader, TimeProvider.System);

    public QuarantineReplay Replay => new(Shop.Database.DataSource, Contracts, new QuarantinePartitions(Shop.Database.DataSource, Contracts), TimeProvider.System);

    public QuarantineDiscard Discard => new(Shop.Database.DataSource, Contracts, new QuarantinePartitions(Shop.Database.DataSource, Contracts), TimeProvider.System);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<QuarantineDesk> OpenAsync(EmbeddedServers servers) => new(await Shop.OpenAsync(servers));

    /// <summary>Replaces text in a contract, which changes it for what is asked for from now on.</summary>
    public void ChangeContract(string dataset, string text, string replacement)
    {
        var file = Path.Combine(_contracts.FullName, $"{dataset}.odcs.yaml");
        var contract = File.ReadAllText(file);
        Assert.Contains(text, contract, StringComparison.Ordinal);
        File.WriteAllText(file, contract.Replace(text, replacement, StringComparison.Ordinal));
    }

    /// <summary>Lands items and reviews of the shop's date.</summary>
    public Task LandAsync(string[] items, params string[] reviews) =>
        Shop.LandAsync(Shop.Date, (Shop.Items, Shop.Csv(Header, items)), (Shop.Reviews, Shop.Csv(Shop.ReviewsHeader, reviews)));

    public Task<DomainLoad> LoadAsync(bool force = false) => Shop.Loader(_contracts.FullName).LoadAsync(Shop.Domain, Shop.Date, force, Token);

    public async Task<DomainLoad> LandAndLoadAsync(string[] items, params string[] reviews)
    {
        await LandAsync(items, reviews);
        return await LoadAsync();
    }

    /// <summary>The id of the row of a line that is not superseded.</summary>
    public async Task<long> IdAsync(string dataset, int line) => long.Parse(
        Assert.Single(await Shop.QueryAsync(
            $"select quarantine_id from meta.quarantine where dataset = '{dataset}' and line = {line} and state <> 'superseded'")),
        System.Globalization.CultureInfo.InvariantCulture);

    public async Task FixAsync(string dataset, int line, params (string Column, string Value)[] values) => await Fix.FixAsync(
        await IdAsync(dataset, line), values.ToDictionary(item => item.Column, item => item.Value, StringComparer.Ordinal), Ann, Token);

    public Task<ReplayResult> ReplayAsync(QuarantineFilter? filter = null, bool allOrNone = false) =>
        Replay.ReplayAsync(filter ?? new QuarantineFilter(), allOrNone, Ann, Token);

    public async Task<string> ExportAsync(bool raw = true, string dataset = Shop.Items)
    {
        using var target = new MemoryStream();
        await Export.WriteAsync(new QuarantineFilter { Dataset = dataset, States = [QuarantineState.Open] }, raw, target, Token);
        return Encoding.UTF8.GetString(target.ToArray());
    }

    public Task<string[]> StatesAsync() => Shop.QueryAsync(
        "select dataset, line, rule, state from meta.quarantine where state <> 'superseded' order by dataset, line");

    public Task<string[]> ItemsAsync() => Shop.QueryAsync(
        "select item_id, name, price, currency, quantity, voucher, _partition, _line from shop.items order by _line");

    /// <summary>The counts of the current loads, and the states of their rows, which say the same.</summary>
    public async Task<string[]> CountsAsync()
    {
        await RequireInvariantsAsync();
        return await Shop.QueryAsync(
            """
            select dataset, file_rows, loaded_rows, quarantined_rows, replayed_rows, discarded_rows from meta.partition_load where current order by dataset
            """);
    }

    /// <summary>Whatever was done: every row of a file is in one place, every load's record says so, and sums tie out to the cent.</summary>
    public async Task RequireInvariantsAsync()
    {
        Assert.Empty(await Shop.QueryAsync(
            """
            select l.* from meta.partition_load l
            left join lateral (
                select count(*) filter (where state = 'open') as open, count(*) filter (where state = 'replayed') as replayed,
                    count(*) filter (where state = 'discarded') as discarded
                from meta.quarantine q where q.load_id = l.load_id) q on true
            where l.current and (l.file_rows <> l.loaded_rows + l.quarantined_rows or q.replayed <> l.replayed_rows
                or q.discarded <> l.discarded_rows or q.open <> l.quarantined_rows - l.discarded_rows)
            """));
        Assert.Empty(await Shop.QueryAsync(
            """
            select l.control_sums from meta.partition_load l, lateral jsonb_each(l.control_sums) c
            where l.current and (c.value ->> 'file')::numeric + coalesce((c.value ->> 'corrected')::numeric, 0)
                <> (c.value ->> 'loaded')::numeric + (c.value ->> 'quarantined')::numeric
            """));
        Assert.Empty(await Shop.QueryAsync(
            """
            select l.control_sums, f.* from meta.partition_load l,
                (select count(*) as rows, coalesce(sum(price), 0) as price, coalesce(sum(quantity), 0) as quantity from shop.items) f
            where l.current and l.dataset = 'items' and (l.loaded_rows <> f.rows
                or (l.control_sums #>> '{price,loaded}')::numeric <> f.price or (l.control_sums #>> '{quantity,loaded}')::numeric <> f.quantity)
            """));
        Assert.Empty(await Shop.QueryAsync(
            """
            select l.load_id from meta.partition_load l, lateral (
                select coalesce(sum((sums ->> 'price')::numeric), 0) as price from meta.quarantine q
                where q.load_id = l.load_id and q.state in ('open', 'discarded')) q
            where l.current and l.dataset = 'items' and (l.control_sums #>> '{price,quarantined}')::numeric <> q.price
            """));
    }

    public async ValueTask DisposeAsync()
    {
        await Shop.DisposeAsync();
        _contracts.Delete(recursive: true);
    }
}
