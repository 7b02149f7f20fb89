using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Platform.Testing;
using Platform.Worker.Tests.Pipeline;
using Platform.Worker.Transform;

namespace Platform.Worker.Tests.Analytics;

/// <summary>The dbt project on a few days of mock data.</summary>
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
        var engine = Engine(system);
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
        var engine = Engine(system);
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

    [Fact]
    public async Task Build_DaysInAnyOrderAndRowsWithdrawn_HoldsWhatAFullRefreshHolds()
    {
        await using var system = await TestSystem.CreateAsync(servers);
        await system.RunAsync("backfill --from 2026-01-24 --to 2026-01-27");
        await system.RunAsync("run --date 2026-01-30");
        await system.RunAsync("backfill --from 2026-01-28 --to 2026-01-29");
        await system.RunAsync("run --date 2026-01-23");
        var engine = Engine(system);
        await SameAsAFullRefreshAsync();

        // A price that was another for a day: one version becomes three.
        await ExecuteAsync(system, "update sales.products set list_price = list_price + 1 where _partition = '2026-01-26' and product_id = (select min(product_id) from sales.products)");
        var repriced = await engine.BuildAsync(new BuildRequest { From = Date("2026-01-26"), To = Date("2026-01-26") }, null, Token);
        Assert.True(repriced.Success, string.Join('\n', repriced.Failures.Select(node => $"{node.Name}: {node.Message}")));
        Assert.Equal(3, await ScalarAsync<long>(system, "select count(*) from analytics.dim_product_history where product_id = (select min(product_id) from sales.products)"));

        // What is withdrawn of a day takes with it what other days' rows knew from it.
        await WithdrawAsync("2026-01-27", "sales.returns", "true");
        await WithdrawAsync("2026-01-28", "finance.payments", "true");
        await WithdrawAsync("2026-01-28", "operations.shipments", "status = 'delivered'");
        await WithdrawAsync("2026-01-28", "operations.support_tickets", "status = 'resolved'");
        await WithdrawAsync("2026-01-28", "sales.customers", "right(customer_id, 1) < '5'");
        await WithdrawAsync("2026-01-28", "operations.inventory_movements", "right(product_id, 1) < '5'");
        await WithdrawAsync("2026-01-30", "sales.products", "right(product_id, 1) < '5'");
        await WithdrawAsync("2026-01-30", "operations.shipments", "status = 'delivered'");
        await WithdrawAsync("2026-01-24", "operations.inventory_movements", "true");
        foreach (var (from, to) in new[] { ("2026-01-30", "2026-01-30"), ("2026-01-27", "2026-01-28"), ("2026-01-24", "2026-01-26") })
        {
            await UntestedAsync(new BuildRequest { From = Date(from), To = Date(to) });
        }

        await SameAsAFullRefreshAsync();

        async Task WithdrawAsync(string day, string table, string which)
        {
            await using var command = system.Warehouse.CreateCommand($"delete from {table} where _partition = '{day}' and {which}");
            Assert.NotEqual(0, await command.ExecuteNonQueryAsync(Token));
        }

        // The days no longer tie to what was loaded, which the tests would say.
        async Task UntestedAsync(BuildRequest request)
        {
            var result = await engine.BuildAsync(request with { ExcludeResourceTypes = ["test"] }, null, Token);
            Assert.True(result.Success, string.Join('\n', result.Failures.Select(node => $"{node.Name}: {node.Message}")));
        }

        async Task SameAsAFullRefreshAsync()
        {
            var built = await system.ContentAsync();
            await UntestedAsync(new BuildRequest { FullRefresh = true });
            Assert.Equal(await system.ContentAsync(), built);
        }
    }

    [Theory]
    [InlineData("fct_journal_lines set debit = debit + 0.01 where _partition = '2026-01-29' and line_number = 1 and journal_id = (select min(journal_id) from analytics.fct_journal_lines where _partition = '2026-01-29')", "assert_journals_balance")]
    [InlineData("fct_payments set method = 'cheque' where payment_id = (select min(payment_id) from analytics.fct_payments where _partition = '2026-01-29')", "accepted_values_fct_payments_method")]
    [InlineData("fct_inventory_movements set warehouse = 'XXX' where movement_id = (select min(movement_id) from analytics.fct_inventory_movements where _partition = '2026-01-29')", "relationships_fct_inventory_movements_warehouse")]
    [InlineData("mart_sales_daily set order_count = order_count + 1 where order_date = '2026-01-29' and ctid = (select min(ctid) from analytics.mart_sales_daily where order_date = '2026-01-29')", "assert_sales_daily_ties_to_order_lines")]
    public async Task Build_AWrongRowOfAnEarlierDay_IsFoundWhenWholeTablesAreTested(string change, string test)
    {
        await using var system = await TestSystem.CreateAsync(servers);
        await system.RunAsync("backfill --from 2026-01-29 --to 2026-01-30");
        var engine = Engine(system);
        await ExecuteAsync(system, "update analytics." + change);

        var daily = await BuildAsync(engine);
        var whole = await engine.BuildAsync(
            new BuildRequest { From = Date(Day), To = Date(Day), Vars = new Dictionary<string, object?> { ["test_whole_tables"] = true } }, null, Token);

        Assert.True(daily.Success, string.Join('\n', daily.Failures.Select(node => $"{node.Name}: {node.Message}")));
        Assert.Contains(whole.Failures, node => node.Name.StartsWith(test, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("mart_product_daily set revenue_eur = revenue_eur + 1 where sales_date = '2026-01-29' and product_id = (select min(product_id) from analytics.mart_product_daily where sales_date = '2026-01-29')", "assert_product_performance_ties_to_sales_daily")]
    [InlineData("mart_receivables_daily set outstanding_eur = outstanding_eur + 1 where balance_date = '2026-01-29' and currency = 'EUR'", "assert_receivables_ageing_ties_to_closing_balance")]
    public async Task Build_AWrongRowOfAnEarlierDayThatTheBuildGoesOnFrom_IsFoundAtOnce(string change, string test)
    {
        await using var system = await TestSystem.CreateAsync(servers);
        await system.RunAsync("backfill --from 2026-01-29 --to 2026-01-30");
        await ExecuteAsync(system, "update analytics." + change);

        var result = await BuildAsync(Engine(system));

        Assert.Equal([test], result.Failures.Select(node => node.Name));
    }

    [Fact]
    public async Task Build_AKeyOfTheDayThatAnEarlierDayHas_IsFoundAtOnce()
    {
        await using var system = await TestSystem.CreateAsync(servers);
        await system.RunAsync("backfill --from 2026-01-29 --to 2026-01-30");
        await ExecuteAsync(
            system,
            "update analytics.fct_payments set payment_id = (select min(payment_id) from analytics.fct_payments where _partition = '2026-01-30')"
            + " where payment_id = (select min(payment_id) from analytics.fct_payments where _partition = '2026-01-29')");

        var result = await BuildAsync(Engine(system));

        Assert.Equal(["unique_fct_payments_payment_id"], result.Failures.Select(node => node.Name));
    }

    [Fact]
    public async Task Build_AnOrderThatIsThereNoMore_IsMissedByWhatRefersToIt()
    {
        await using var system = await TestSystem.CreateAsync(servers);
        await system.RunAsync("backfill --from 2026-01-26 --to 2026-01-30");
        await ExecuteAsync(
            system,
            "with gone as (delete from sales.order_lines where order_id = (select min(order_id) from finance.invoices where order_date = '2026-01-26' and invoice_date > order_date)"
            + " returning order_id) delete from sales.orders where order_id in (select order_id from gone)");

        var result = await Engine(system).BuildAsync(
            new BuildRequest
            {
                From = Date("2026-01-26"),
                To = Date("2026-01-26"),
                Exclude = ["test_name:rows_tie_to_partition_load", "test_name:sum_ties_to_partition_load"],
            },
            null, Token);

        Assert.Contains(result.Failures, node => node.Name.StartsWith("common_relationships_when_loaded_fct_invoices_order_id", StringComparison.Ordinal));
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

    private static TransformEngine Engine(TestSystem system) =>
        new(system.Warehouse, Options.Create(new TransformOptions()), TimeProvider.System, NullLogger<TransformEngine>.Instance);

    private static Task<BuildResult> BuildAsync(TransformEngine engine) => engine.BuildAsync(new BuildRequest { From = Date(Day), To = Date(Day) }, null, Token);

    private static DateOnly Date(string day) => DateOnly.ParseExact(day, "O", CultureInfo.InvariantCulture);

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
