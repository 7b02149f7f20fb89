using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Platform.Testing;
using Platform.Worker.Tests.Pipeline;
using Platform.Worker.Transform;

namespace Platform.Worker.Tests.Analytics;

/// <summary>The dbt project on a day of mock data.</summary>
public sealed class AnalyticsProjectTests(EmbeddedServers servers)
{
    private const string Day = "2026-01-30";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Publication_EveryModelAndColumn_IsDescribed()
    {
        await using var system = await TestSystem.CreateAsync(servers);
        await system.RunAsync($"run --date {Day}");

        using var manifest = JsonDocument.Parse(await ScalarAsync<string>(system, "select manifest::text from meta.publication where is_current"));
        var models = manifest.RootElement.GetProperty("models").EnumerateArray().ToList();

        var undescribed = models.Where(model => Text(model, "description") == "").Select(model => Text(model, "name"))
            .Concat(models.SelectMany(model => model.GetProperty("columns").EnumerateArray()
                .Where(column => Text(column, "description") == "")
                .Select(column => $"{Text(model, "name")}.{Text(column, "name")}")));
        Assert.Empty(undescribed);
        Assert.True(models.Count >= 25, $"{models.Count} models");
    }

    [Fact]
    public async Task Build_DataThatDoesNotTie_FailsTheReconciliationAndPublishesNothing()
    {
        await using var system = await TestSystem.CreateAsync(servers);
        await system.RunAsync($"run --date {Day}");
        var engine = new TransformEngine(system.Warehouse, Options.Create(new TransformOptions()), TimeProvider.System, NullLogger<TransformEngine>.Instance);
        var before = await ScalarAsync<long>(system, "select publication_id from meta.publication where is_current");

        await ChangeAsync(
            "finance.journal_lines set debit = debit {0} 0.01 where line_number = 1 and journal_id = (select min(journal_id) from finance.journal_lines)",
            "assert_journals_balance");
        await ChangeAsync(
            "sales.order_lines set net_amount_eur = net_amount_eur {0} 0.01 where line_number = 1 and order_id = (select min(order_id) from sales.orders)",
            "common_expression_holds_fct_order_lin");
        await ChangeAsync(
            "operations.shipments set shipping_cost = shipping_cost {0} 0.01 where shipment_id = (select min(shipment_id) from operations.shipments where status = 'shipped')",
            "assert_shipping_cost_ties_to_ledger");
        await ChangeAsync(
            "operations.inventory_movements set on_hand_after = on_hand_after {0} 1 where movement_id = (select min(movement_id) from operations.inventory_movements group by product_id, warehouse having count(*) > 1 order by 1 limit 1)",
            "assert_inventory_ties_day_to_day");
        await ChangeAsync(
            "finance.payments set amount_eur = amount_eur {0} 0.01 where payment_id = (select min(payment_id) from finance.payments)",
            "sum_ties_to_partition_load_fct");

        Assert.Equal(before, await ScalarAsync<long>(system, "select publication_id from meta.publication where is_current"));
        Assert.True((await BuildAsync(engine)).Success);

        async Task ChangeAsync(string change, string test)
        {
            await ExecuteAsync(system, "update " + string.Format(CultureInfo.InvariantCulture, change, "+"));
            var result = await BuildAsync(engine);
            await ExecuteAsync(system, "update " + string.Format(CultureInfo.InvariantCulture, change, "-"));

            Assert.False(result.Success);
            Assert.Contains(result.Failures, node => node.Name.StartsWith(test, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Build_ADataDateLandedAgainWithoutRows_LosesItsOldRows()
    {
        await using var system = await TestSystem.CreateAsync(servers);
        await system.RunAsync($"run --date {Day}");
        var engine = new TransformEngine(system.Warehouse, Options.Create(new TransformOptions()), TimeProvider.System, NullLogger<TransformEngine>.Instance);
        var dated = await NamesAsync(
            system,
            "select table_name from information_schema.tables where table_schema = 'analytics' and table_name ~ '^(fct|mart)_'"
            + " and table_name not in ('fct_partition_loads', 'mart_daily_overview') order by table_name");
        Assert.True(dated.Count >= 20, $"{dated.Count} facts and marts");
        Assert.NotEqual(0, await ScalarAsync<long>(system, "select count(*) from analytics.fct_orders"));

        var landed = await NamesAsync(
            system,
            "select relnamespace::regnamespace || '.' || relname from pg_class"
            + " where relkind in ('r', 'p') and not relispartition and relnamespace::regnamespace::text in ('sales', 'operations', 'finance')");
        foreach (var table in landed)
        {
            await using var command = system.Warehouse.CreateCommand($"delete from {table}");
            await command.ExecuteNonQueryAsync(Token);
        }

        await using (var command = system.Warehouse.CreateCommand(
            "update meta.partition_load set file_rows = 0, loaded_rows = 0, quarantined_rows = 0, control_sums = '{}' where current"))
        {
            Assert.Equal(landed.Count, await command.ExecuteNonQueryAsync(Token));
        }

        var result = await BuildAsync(engine);

        Assert.True(result.Success, string.Join('\n', result.Failures.Select(node => $"{node.Name}: {node.Message}")));
        foreach (var table in dated)
        {
            Assert.Equal((table, 0L), (table, await ScalarAsync<long>(system, $"select count(*) from analytics.{table}")));
        }
    }

    private static async Task<List<string>> NamesAsync(TestSystem system, string sql)
    {
        await using var command = system.Warehouse.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync(Token);
        var names = new List<string>();
        while (await reader.ReadAsync(Token))
        {
            names.Add(reader.GetString(0));
        }

        return names;
    }

    private static Task<BuildResult> BuildAsync(TransformEngine engine)
    {
        var day = DateOnly.ParseExact(Day, "O", CultureInfo.InvariantCulture);
        return engine.BuildAsync(new BuildRequest { From = day, To = day }, null, Token);
    }

    private static async Task<T> ScalarAsync<T>(TestSystem system, string sql)
    {
        await using var command = system.Warehouse.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync(Token))!;
    }

    private static async Task ExecuteAsync(TestSystem system, string sql)
    {
        await using var command = system.Warehouse.CreateCommand(sql);
        Assert.Equal(1, await command.ExecuteNonQueryAsync(Token));
    }

    private static string Text(JsonElement element, string property) => element.GetProperty(property).GetString() ?? "";
}
