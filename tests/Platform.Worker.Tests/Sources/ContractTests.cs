using System.Text;
using Platform.Worker.Contracts;
using Platform.Worker.Contracts.Plan;
using Platform.Worker.Sources;

namespace Platform.Worker.Tests.Sources;

/// <summary>The generated files keep the contracts that lie beside their generators.</summary>
public sealed class ContractTests
{
    private static readonly ContractCatalog Catalog = ContractCatalog.Load([Path.Combine(AppContext.BaseDirectory, "Sources")]);

    public static TheoryData<string, string> Datasets
    {
        get
        {
            var datasets = new TheoryData<string, string>();
            foreach (var domain in DomainGenerator.All)
            {
                foreach (var dataset in domain.Datasets)
                {
                    datasets.Add(domain.Domain, dataset.Name);
                }
            }

            return datasets;
        }
    }

    internal static DatasetContract Contract(string domain, string dataset) => Catalog.Domain(domain).Datasets.Single(each => each.Dataset == dataset);

    [Fact]
    public void Catalogue_HasTheThreeDomains_InTheOrderInWhichTheyAreLoaded() => Assert.Equal(
        [
            "sales: customers, order_lines, orders, products, returns",
            "operations: inventory_movements, shipments, support_tickets",
            "finance: budgets, fx_rates, invoices, journal_lines, payments",
        ],
        Catalog.Domains.Select(domain =>
            $"{domain.Name}: {string.Join(", ", domain.Datasets.Select(dataset => dataset.Dataset).Order(StringComparer.Ordinal))}"));

    [Theory]
    [MemberData(nameof(Datasets))]
    public void Generator_WritesTheColumnsOfTheContract_AndAddsUpItsControlSums(string domain, string dataset)
    {
        var contract = Contract(domain, dataset);
        var generator = GeneratedFile.Dataset(dataset);

        Assert.Equal(contract.Columns.Select(column => column.Name), generator.Columns);
        Assert.Equal(contract.ControlSums, generator.ControlSums);
        Assert.All(contract.Columns, column => Assert.NotEqual("", column.Description));
    }

    [Theory]
    [MemberData(nameof(Datasets))]
    public async Task Rows_KeepEveryRuleOfTheContract(string domain, string dataset)
    {
        var window = await StoryWindow.GetAsync();
        var contract = Contract(domain, dataset);
        var columns = contract.Columns.Select(column => CompiledColumn.Compile(column, FileForm.Default)).ToList();
        var rows = 0;

        foreach (var date in StoryWindow.Dates)
        {
            var file = window.File(dataset, date);
            Assert.Equal(contract.Columns.Select(column => column.Name), file.Header);
            foreach (var row in file.Rows)
            {
                Assert.Equal(columns.Count, row.Fields.Length);
                Assert.Empty(columns.SelectMany(column => column.Explain(row[column.Column.Name])).Select(violation => violation.Message));
                rows++;
            }

            Assert.Equal(file.Rows.Count, file.Rows.DistinctBy(row => string.Join('|', contract.Key.Select(key => row[key]))).Count());
            if (contract.PartitionColumn is { } partition)
            {
                Assert.All(file.Rows, row => Assert.Equal(date, row.Date(partition)));
            }
        }

        Assert.True(rows > 0);
    }

    [Theory]
    [MemberData(nameof(Datasets))]
    public async Task References_AreInTheSamePartition(string domain, string dataset)
    {
        var window = await StoryWindow.GetAsync();
        foreach (var reference in Contract(domain, dataset).References)
        {
            foreach (var date in StoryWindow.Dates)
            {
                var keys = window.File(reference.ToDataset, date).Rows.Select(row => row[reference.ToColumn]).ToHashSet();
                Assert.All(window.File(dataset, date).Rows, row => Assert.Contains(row[reference.Column], keys));
            }
        }
    }

    [Theory]
    [InlineData("orders")]
    [InlineData("shipments")]
    [InlineData("invoices")]
    [InlineData("payments")]
    [InlineData("returns")]
    public async Task HistoryReferences_LeadToOrdersOfTheirDay(string dataset)
    {
        var window = await StoryWindow.GetAsync();
        var orders = StoryWindow.Dates.ToDictionary(date => date, date => window.File("orders", date).Rows.Select(row => row["order_id"]).ToHashSet());

        Assert.All(
            window.Rows(dataset).Where(row => row.Date("order_date") >= StoryWindow.First),
            row => Assert.Contains(row["order_id"], orders[row.Date("order_date")]));
    }

    [Theory]
    [MemberData(nameof(Datasets))]
    public void Defects_SpoilTheirColumnAgainstTheRuleThatTheyName(string domain, string dataset)
    {
        var contract = Contract(domain, dataset);

        foreach (var defect in GeneratedFile.Dataset(dataset).Defects.Defects.Where(defect => defect.Column is not null))
        {
            var column = contract.Column(defect.Column!);
            var broken = defect.Rule switch
            {
                Rules.Reference => contract.References.Any(reference => reference.Column == column.Name) ? Rules.Reference : "none",
                Rules.Partition => contract.PartitionColumn == column.Name ? Rules.Partition : "none",
                Rules.Encoding => IsUtf8(defect.Value) ? "none" : Rules.Encoding,
                _ => CompiledColumn.Compile(column, FileForm.Default).Explain(Encoding.UTF8.GetString(defect.Value)).FirstOrDefault()?.Rule,
            };
            Assert.Equal(defect.Rule, broken);
        }
    }

    private static bool IsUtf8(byte[] value)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(value).Length > 0;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }
}
