using Platform.Worker.Contracts;
using Platform.Worker.Contracts.Plan;
using Platform.Worker.Sources;
using Platform.Worker.Sources.Story;

namespace Platform.Worker.Tests.Sources;

public sealed class DefectTests
{
    private static readonly DateOnly Date = new(2026, 3, 2);

    public static TheoryData<string, string> Datasets => ContractTests.Datasets;

    [Theory]
    [MemberData(nameof(Datasets))]
    public async Task BadRows_AreAddedAsReported_AndTheGoodOnesStayAsTheyWere(string domain, string dataset)
    {
        var generator = GeneratedFile.Dataset(dataset);
        var clean = await GeneratedFile.CreateAsync(Company(0), generator, Date);
        var spoilt = await GeneratedFile.CreateAsync(Company(0.4), generator, Date);
        var columns = ContractTests.Contract(domain, dataset).Columns.Select(column => CompiledColumn.Compile(column, FileForm.Default)).ToList();

        // The good rows are there in their order; what stands between them is bad, and each bad row breaks one rule.
        var good = new Queue<string>(clean.Csv.Rows.Select(Text));
        var found = new Dictionary<string, int>();
        var last = "";
        foreach (var row in spoilt.Csv.Rows)
        {
            if (good.TryPeek(out var next) && Text(row) == next)
            {
                last = good.Dequeue();
                continue;
            }

            var rule = BrokenRule(row, last);
            found[rule] = found.GetValueOrDefault(rule) + 1;
        }

        Assert.Empty(good);
        Assert.Equal(spoilt.Defects.OrderBy(rule => rule.Key, StringComparer.Ordinal), found.OrderBy(rule => rule.Key, StringComparer.Ordinal));
        Assert.Equal(clean.Manifest.Rows + spoilt.Defects.Values.Sum(), spoilt.Manifest.Rows);

        string BrokenRule(CsvRow row, string before)
        {
            if (row.Fields.Length != columns.Count)
            {
                return Rules.Columns;
            }

            if (Text(row) == before)
            {
                return Rules.Unique;
            }

            var plan = generator.Defects.Defects
                .Where(defect => defect.Column is not null && row.Bytes(defect.Column).AsSpan().SequenceEqual(defect.Value))
                .ToList();
            var violations = columns.SelectMany(column => column.Explain(row[column.Column.Name])).ToList();
            if (violations.Count > 0)
            {
                Assert.Single(violations.Select(violation => violation.Column).Distinct());
                return violations[0].Rule;
            }

            return Assert.Single(plan).Rule;
        }
    }

    [Fact]
    public async Task BadRows_OfALargeEnoughFile_AreOfEveryKind()
    {
        foreach (var dataset in (string[])["customers", "orders", "order_lines", "journal_lines"])
        {
            var generator = GeneratedFile.Dataset(dataset);
            var spoilt = await GeneratedFile.CreateAsync(Company(0.3), generator, Date);

            Assert.Equal(generator.Defects.Defects.Select(defect => defect.Rule).Order(StringComparer.Ordinal), spoilt.Defects.Keys);
        }
    }

    [Fact]
    public async Task Rate_IsTheShareOfBadRows()
    {
        var spoilt = await GeneratedFile.CreateAsync(Company(0.05), GeneratedFile.Dataset("journal_lines"), Date);

        Assert.InRange((double)spoilt.Defects.Values.Sum() / (spoilt.Manifest.Rows - spoilt.Defects.Values.Sum()), 0.03, 0.07);
    }

    private static string Text(CsvRow row) => string.Join('\u001f', row.Fields);

    private static Company Company(double defectRate) => new(new GeneratorOptions { OrdersPerDay = 100, DefectRate = defectRate });
}
