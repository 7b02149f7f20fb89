namespace Platform.Worker.Tests.Sources;

/// <summary>
/// The three domains tell one story: what one of them says, the others say too, to the cent. Computed from the files alone.
/// </summary>
public sealed class TieOutTests
{
    [Fact]
    public async Task Orders_AreTheSumsOfTheirLines()
    {
        var window = await StoryWindow.GetAsync();
        var lines = window.Rows("order_lines").ToLookup(row => row["order_id"]);

        foreach (var order in window.Rows("orders"))
        {
            var own = lines[order["order_id"]].ToList();
            Assert.Equal(order.Integer("line_count"), own.Count);
            Assert.Equal(Enumerable.Range(1, own.Count), own.Select(line => line.Integer("line_number")));
            Assert.Equal(order.Amount("net_amount"), own.Sum(line => line.Amount("net_amount")));
            Assert.Equal(order.Amount("tax_amount"), own.Sum(line => line.Amount("tax_amount")));
            Assert.Equal(order.Amount("discount_amount"), own.Sum(line => line.Amount("discount_amount")));
            Assert.Equal(order.Amount("gross_amount"), order.Amount("net_amount") + order.Amount("tax_amount") + order.Amount("shipping_fee"));
            foreach (var line in own)
            {
                Assert.Equal(line.Amount("net_amount"), (line.Amount("quantity") * line.Amount("unit_price")) - line.Amount("discount_amount"));
                Assert.Equal(line.Amount("tax_amount"), Rounded(line.Amount("net_amount") * line.Amount("tax_rate")));
                Assert.Equal(line.Amount("net_amount_eur"), Rounded(line.Amount("net_amount") * order.Amount("fx_rate")));
            }
        }

        Assert.Equal(window.Rows("orders").Sum(order => order.Integer("line_count")), lines.Sum(group => group.Count()));
    }

    [Fact]
    public async Task Orders_AreBookedAtTheRateOfTheDay()
    {
        var window = await StoryWindow.GetAsync();
        var rates = window.Rows("fx_rates").ToDictionary(row => (row.Date("rate_date"), row["currency"]), row => row.Amount("rate_to_eur"));

        Assert.All(window.Rows("orders"), order => Assert.Equal(rates[(order.Date("order_date"), order["currency"])], order.Amount("fx_rate")));
        Assert.All(window.Rows("payments"), paid => Assert.Equal(rates[(paid.Date("payment_date"), paid["currency"])], paid.Amount("fx_rate")));
        Assert.All(rates, rate => Assert.True(rate.Key.Item2 != "EUR" || rate.Value == 1));
    }

    [Fact]
    public async Task OrderLines_AreSoldAtTheCataloguesPrices()
    {
        var window = await StoryWindow.GetAsync();
        var orders = Orders(window);
        var products = StoryWindow.Dates.ToDictionary(
            date => date, date => window.File("products", date).Rows.ToDictionary(row => row["product_id"]));

        foreach (var line in window.Rows("order_lines"))
        {
            var product = products[line.Date("order_date")][line["product_id"]];
            var listPrice = product.Amount("list_price") / orders[line["order_id"]].Amount("fx_rate");
            Assert.Equal(Rounded(listPrice), line.Amount("unit_price"));
            Assert.Equal(product.Amount("unit_cost"), line.Amount("unit_cost"));
        }
    }

    [Fact]
    public async Task Ledger_EveryJournalBalances_AndEachLineHasOneSide()
    {
        var window = await StoryWindow.GetAsync();

        foreach (var journal in window.Rows("journal_lines").GroupBy(row => row["journal_id"]))
        {
            Assert.Equal(journal.Sum(line => line.Amount("debit")), journal.Sum(line => line.Amount("credit")));
            Assert.All(journal, line => Assert.True(line.Amount("debit") > 0 ^ line.Amount("credit") > 0));
            Assert.Equal(Enumerable.Range(1, journal.Count()), journal.Select(line => line.Integer("line_number")));
        }
    }

    [Fact]
    public async Task Ledger_HasRevenueCostAndReturnsOfTheOtherDomains_ByDay()
    {
        var window = await StoryWindow.GetAsync();
        foreach (var date in StoryWindow.Dates)
        {
            var lines = window.File("order_lines", date).Rows;
            var returns = window.File("returns", date).Rows;
            var shipped = window.File("shipments", date).Rows.Where(row => row["status"] == "shipped");

            Assert.Equal(lines.Sum(line => line.Amount("net_amount_eur")), -Balance(window, date, "4000"));
            Assert.Equal(
                lines.Sum(line => line.Amount("quantity") * line.Amount("unit_cost")),
                Balance(window, date, "5000", "order"));
            Assert.Equal(returns.Sum(row => row.Amount("refund_net_eur")), Balance(window, date, "4050"));
            Assert.Equal(returns.Sum(row => row.Amount("quantity") * row.Amount("unit_cost")), -Balance(window, date, "5000", "return"));
            Assert.Equal(shipped.Sum(row => row.Amount("shipping_cost")), Balance(window, date, "5200"));
            Assert.Equal(window.File("invoices", date).Rows.Sum(row => row.Amount("gross_amount_eur")), Balance(window, date, "1200", "invoice"));
            Assert.Equal(window.File("payments", date).Rows.Sum(row => row.Amount("amount_eur")), Balance(window, date, "1000", "payment"));
            Assert.Equal(window.File("payments", date).Rows.Sum(row => row.Amount("invoice_amount_eur")), -Balance(window, date, "1200", "payment"));
            Assert.Equal(
                window.File("payments", date).Rows.Sum(row => row.Amount("amount_eur") - row.Amount("invoice_amount_eur")),
                -Balance(window, date, "7000"));
        }
    }

    [Fact]
    public async Task Ledger_SuppliesAreTheReceiptsAndAdjustmentsOfTheStock()
    {
        var window = await StoryWindow.GetAsync();
        foreach (var date in StoryWindow.Dates)
        {
            var supplies = window.File("inventory_movements", date).Rows.Where(row => row["movement_type"] is "receipt" or "adjustment").ToList();
            var posted = window.File("journal_lines", date).Rows
                .Where(row => row["source_type"] == "inventory_receipt" && row["account_code"] == "1300")
                .ToDictionary(row => row["source_id"], row => row.Amount("debit") - row.Amount("credit"));

            Assert.Equal(supplies.Count, posted.Count);
            Assert.All(supplies, row => Assert.Equal(row.Amount("quantity") * row.Amount("unit_cost"), posted[row["movement_id"]]));
        }
    }

    [Fact]
    public async Task Invoices_EqualTheirOrders_AndClearWhatWasUnbilled()
    {
        var window = await StoryWindow.GetAsync();
        var orders = Orders(window);
        var unbilled = window.Rows("journal_lines")
            .Where(row => row["source_type"] == "order" && row["account_code"] == "1210")
            .ToDictionary(row => row["source_id"], row => row.Amount("debit"));

        foreach (var invoice in InWindow(window.Rows("invoices")))
        {
            var order = orders[invoice["order_id"]];
            Assert.All(
                (string[])["customer_id", "currency", "fx_rate", "net_amount", "tax_amount", "shipping_fee", "gross_amount"],
                column => Assert.Equal(order[column], invoice[column]));
            Assert.Equal(unbilled[invoice["order_id"]], invoice.Amount("gross_amount_eur"));
            Assert.InRange(invoice.Date("invoice_date").DayNumber - invoice.Date("order_date").DayNumber, 0, 3);
        }
    }

    [Fact]
    public async Task Orders_AreEachInvoicedShippedAndDeliveredOnce()
    {
        var window = await StoryWindow.GetAsync();
        var settled = window.Rows("orders")
            .Where(order => order.Date("order_date") <= StoryWindow.Last.AddDays(-17))
            .Select(order => order["order_id"])
            .ToList();
        var invoiced = window.Rows("invoices").CountBy(row => row["order_id"]).ToDictionary();
        var events = window.Rows("shipments").CountBy(row => (row["order_id"], row["status"])).ToDictionary();

        Assert.NotEmpty(settled);
        Assert.All(settled, order => Assert.Equal((1, 1, 1), (invoiced[order], events[(order, "shipped")], events[(order, "delivered")])));
        Assert.All(invoiced.Values, count => Assert.Equal(1, count));
    }

    [Fact]
    public async Task Shipments_CarryAllUnitsOfTheirOrder_AndTellTheSameTwice()
    {
        var window = await StoryWindow.GetAsync();
        var units = window.Rows("order_lines")
            .GroupBy(row => row["order_id"])
            .ToDictionary(group => group.Key, group => group.Sum(row => row.Integer("quantity")));

        foreach (var shipment in InWindow(window.Rows("shipments")).GroupBy(row => row["order_id"]))
        {
            var rows = shipment.ToList();
            Assert.All(rows, row => Assert.Equal(units[shipment.Key], row.Integer("units")));
            Assert.All(
                (string[])["shipment_id", "order_date", "carrier", "warehouse", "promised_date", "shipped_date", "units", "weight_kg", "shipping_cost"],
                column => Assert.Single(rows.Select(row => row[column]).Distinct()));
        }
    }

    [Fact]
    public async Task Shipments_ReportOnTheirDay_SomeOfThemLate()
    {
        var window = await StoryWindow.GetAsync();
        foreach (var date in StoryWindow.Dates)
        {
            foreach (var row in window.File("shipments", date).Rows)
            {
                Assert.Equal(date, row.Date(row["status"] == "shipped" ? "shipped_date" : "delivered_date"));
                Assert.Equal(row["status"] == "shipped", row["delivered_date"].Length == 0);
            }
        }

        var delivered = window.Rows("shipments").Where(row => row["status"] == "delivered").ToList();
        var late = delivered.Count(row => row.Date("delivered_date") > row.Date("promised_date"));
        Assert.InRange((double)late / delivered.Count, 0.03, 0.25);
    }

    [Fact]
    public async Task Payments_OfAnInvoice_AddUpToIt_AndAreNeverMore()
    {
        var window = await StoryWindow.GetAsync();
        var invoices = window.Rows("invoices").ToDictionary(row => row["invoice_id"]);
        var isPaidInParts = false;

        foreach (var paid in window.Rows("payments").GroupBy(row => row["invoice_id"]))
        {
            if (!invoices.TryGetValue(paid.Key, out var invoice))
            {
                Assert.All(paid, row => Assert.True(row.Date("invoice_date") < StoryWindow.First));
                continue;
            }

            var hasRest = paid.Any(row => row["payment_id"].EndsWith("-2", StringComparison.Ordinal));
            isPaidInParts |= hasRest;
            Assert.True(paid.Sum(row => row.Amount("amount")) <= invoice.Amount("gross_amount"));
            Assert.True(paid.Sum(row => row.Amount("invoice_amount_eur")) <= invoice.Amount("gross_amount_eur"));
            if (hasRest)
            {
                Assert.Equal(invoice.Amount("gross_amount"), paid.Sum(row => row.Amount("amount")));
                Assert.Equal(invoice.Amount("gross_amount_eur"), paid.Sum(row => row.Amount("invoice_amount_eur")));
            }

            Assert.All(paid, row => Assert.Equal(
                (invoice["invoice_date"], invoice["customer_id"], invoice["currency"]), (row["invoice_date"], row["customer_id"], row["currency"])));
            Assert.All(paid, row => Assert.Equal(Rounded(row.Amount("amount") * row.Amount("fx_rate")), row.Amount("amount_eur")));
            Assert.All(paid, row => Assert.True(row.Date("payment_date") >= invoice.Date("invoice_date")));
        }

        Assert.True(isPaidInParts);
    }

    [Fact]
    public async Task Payments_SomeComeLongAfterTheOrder_AndSomeNever()
    {
        var window = await StoryWindow.GetAsync();
        var atOnce = window.Rows("invoices")
            .Where(row => row["due_date"] == row["invoice_date"] && row.Date("invoice_date") < StoryWindow.Last)
            .ToList();
        var paid = window.Rows("payments").Select(row => row["invoice_id"]).ToHashSet();

        Assert.Contains(window.Rows("payments"), row => row.Date("payment_date").DayNumber - row.Date("order_date").DayNumber > 40);
        Assert.InRange(atOnce.Count(row => !paid.Contains(row["invoice_id"])) / (double)atOnce.Count, 0.005, 0.03);
    }

    [Fact]
    public async Task Returns_AreOfTheOrdersLines_AndRefundNoMoreThanWasPaid()
    {
        var window = await StoryWindow.GetAsync();
        var lines = window.Rows("order_lines").ToDictionary(row => (row["order_id"], row["line_number"]));
        var checkedReturns = 0;

        foreach (var returned in InWindow(window.Rows("returns")))
        {
            var line = lines[(returned["order_id"], returned["line_number"])];
            Assert.Equal((line["product_id"], line["unit_cost"]), (returned["product_id"], returned["unit_cost"]));
            Assert.InRange(returned.Integer("quantity"), 1, line.Integer("quantity"));
            var (units, ordered) = (returned.Amount("quantity"), line.Amount("quantity"));
            Assert.Equal(Rounded(line.Amount("net_amount") * units / ordered), returned.Amount("refund_net"));
            Assert.Equal(Rounded(line.Amount("tax_amount") * units / ordered), returned.Amount("refund_tax"));
            Assert.Equal(Rounded(returned.Amount("refund_net") * returned.Amount("fx_rate")), returned.Amount("refund_net_eur"));
            checkedReturns++;
        }

        Assert.True(checkedReturns > 20);
    }

    [Fact]
    public async Task Stock_BalancesTieAcrossMovementsAndDays_AndAreCountedEveryFourWeeks()
    {
        var window = await StoryWindow.GetAsync();
        var onHand = new Dictionary<(string, string), int>();
        var counted = new Dictionary<(string, string), DateOnly>();

        foreach (var movement in window.Rows("inventory_movements"))
        {
            var cell = (movement["product_id"], movement["warehouse"]);
            var after = movement.Integer("on_hand_after");
            Assert.True(after >= 0);
            if (onHand.TryGetValue(cell, out var before))
            {
                Assert.Equal(before + movement.Integer("quantity"), after);
            }

            onHand[cell] = after;
            if (movement["movement_type"] == "count")
            {
                Assert.Equal(0, movement.Integer("quantity"));
                counted[cell] = movement.Date("movement_date");
            }
        }

        Assert.Equal(600, counted.Count);
        Assert.All(counted.Values, date => Assert.True(StoryWindow.Last.DayNumber - date.DayNumber < 28));
        Assert.All(StoryWindow.Dates, date =>
        {
            var ids = window.File("inventory_movements", date).Rows.Select(row => row["movement_id"]).ToList();
            Assert.Equal(ids.Order(StringComparer.Ordinal), ids);
        });
    }

    [Fact]
    public async Task Stock_MovesWhatIsShippedAndReturned()
    {
        var window = await StoryWindow.GetAsync();
        foreach (var date in StoryWindow.Dates)
        {
            var moved = window.File("inventory_movements", date).Rows;
            Assert.Equal(
                window.File("shipments", date).Rows.Where(row => row["status"] == "shipped").Sum(row => row.Integer("units")),
                -moved.Where(row => row["movement_type"] == "shipment").Sum(row => row.Integer("quantity")));
            Assert.Equal(
                window.File("returns", date).Rows.Sum(row => row.Integer("quantity")),
                moved.Where(row => row["movement_type"] == "return").Sum(row => row.Integer("quantity")));
        }
    }

    [Fact]
    public async Task Tickets_AreResolvedAfterTheyWereOpened_AndTellTheSameTwice()
    {
        var window = await StoryWindow.GetAsync();
        var opened = window.Rows("support_tickets").Where(row => row["status"] == "opened").ToDictionary(row => row["ticket_id"]);
        var resolved = window.Rows("support_tickets").Where(row => row["status"] == "resolved").ToList();

        foreach (var row in resolved)
        {
            Assert.True(string.CompareOrdinal(row["resolved_at"], row["opened_at"]) > 0);
            if (row.Date("opened_at") < StoryWindow.First)
            {
                continue;
            }

            var before = opened[row["ticket_id"]];
            Assert.All(
                (string[])["opened_at", "customer_id", "order_id", "order_date", "category", "priority", "subject"],
                column => Assert.Equal(before[column], row[column]));
        }

        Assert.Contains(opened.Values, row => row["order_id"].Length == 0);
        Assert.All(opened.Values.Where(row => row["order_id"].Length > 0), row => Assert.True(row.Date("opened_at") > row.Date("order_date")));
        Assert.InRange(resolved.Count / (double)opened.Count, 0.8, 1.2);
    }

    [Fact]
    public async Task Customers_OfADay_AreThoseWhoOrderRegisterOrChange()
    {
        var window = await StoryWindow.GetAsync();
        var isWithoutOrder = false;
        foreach (var date in StoryWindow.Dates)
        {
            var customers = window.File("customers", date).Rows.ToDictionary(row => row["customer_id"]);
            var buyers = window.File("orders", date).Rows.Select(row => row["customer_id"]).ToHashSet();

            Assert.Subset(customers.Keys.ToHashSet(), buyers);
            Assert.All(customers, customer => Assert.Equal(buyers.Contains(customer.Key), customer.Value["last_order_date"] == $"{date:yyyy-MM-dd}"));
            Assert.All(customers.Values, customer => Assert.Equal(date, customer.Date("updated_at")));
            Assert.All(customers.Values, customer => Assert.True(customer.Date("created_date") <= date));
            Assert.All(window.File("orders", date).Rows, order => Assert.Equal(
                (order["region"], order["currency"]), (customers[order["customer_id"]]["region"], customers[order["customer_id"]]["currency"])));
            isWithoutOrder |= customers.Values.Any(customer => customer["last_order_date"].Length > 0 && customer.Date("last_order_date") < date);
        }

        Assert.True(isWithoutOrder);
    }

    [Fact]
    public async Task Customers_RegisteredInTheWindow_AppearOnTheirDayFirst()
    {
        var window = await StoryWindow.GetAsync();
        var seen = new HashSet<string>();
        var registered = 0;

        foreach (var customer in window.Rows("customers").Where(row => row.Date("created_date") >= StoryWindow.First))
        {
            if (seen.Add(customer["customer_id"]))
            {
                registered++;
                Assert.Equal(customer.Date("created_date"), customer.Date("updated_at"));
            }
        }

        Assert.True(registered > 50);
    }

    [Fact]
    public async Task Budgets_AreTheSameOnEveryDayOfAMonth()
    {
        var window = await StoryWindow.GetAsync();

        foreach (var month in StoryWindow.Dates.GroupBy(date => (date.Year, date.Month)))
        {
            var first = window.File("budgets", month.First()).Rows.Select(row => string.Join(',', row.Fields)).ToList();
            Assert.All(month, date => Assert.Equal(first, window.File("budgets", date).Rows.Select(row => string.Join(',', row.Fields))));
        }
    }

    [Fact]
    public async Task Overhead_IsPostedByTheCalendar()
    {
        var window = await StoryWindow.GetAsync();
        foreach (var date in StoryWindow.Dates)
        {
            var posted = window.File("journal_lines", date).Rows.Select(row => row["source_type"]).ToHashSet();
            var isMonthEnd = date.AddDays(1).Day == 1;
            Assert.Equal(
                (date.Day == 1, date.Day == 1, date.DayOfWeek == DayOfWeek.Monday, isMonthEnd, isMonthEnd),
                (posted.Contains("rent"), posted.Contains("software"), posted.Contains("marketing"), posted.Contains("payroll"), posted.Contains("depreciation")));
        }
    }

    private static Dictionary<string, CsvRow> Orders(StoryWindow window) => window.Rows("orders").ToDictionary(row => row["order_id"]);

    private static IEnumerable<CsvRow> InWindow(IEnumerable<CsvRow> rows) => rows.Where(row => row.Date("order_date") >= StoryWindow.First);

    private static decimal Balance(StoryWindow window, DateOnly date, string account, string? source = null) =>
        window.File("journal_lines", date).Rows
            .Where(row => row["account_code"] == account && (source is null || row["source_type"] == source))
            .Sum(row => row.Amount("debit") - row.Amount("credit"));

    private static decimal Rounded(decimal amount) => Math.Round(amount, 2, MidpointRounding.AwayFromZero);
}
