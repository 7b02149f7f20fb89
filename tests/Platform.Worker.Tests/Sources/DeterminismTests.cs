using System.Globalization;
using Platform.Worker.Sources;
using Platform.Worker.Sources.Story;

namespace Platform.Worker.Tests.Sources;

/// <summary>Seed, scale and date determine every byte.</summary>
public sealed class DeterminismTests
{
    private static readonly DateOnly Date = new(2026, 3, 2);

    /// <summary>
    /// SHA-256 of the files of one small partition. When one changes, so does every installation's data: raise <see
    /// cref="MockData.Version"/>.
    /// </summary>
    [Theory]
    [InlineData("customers", "768dbc6e277004781c966f4ae2b60e22caf2fd6c1e9e9a6198ade9a599812997")]
    [InlineData("products", "da3088d5e7d03f49805e8952c77d5a5eb1fb107836d1bd4ebb944e13d235a619")]
    [InlineData("orders", "0e47690fa03d87410d5c647dce0a8fa4e2ed9baf0d4fd11330c058636b37d0dd")]
    [InlineData("order_lines", "584df2edcebaed9f8a65b1fe082f035a126c0fe1d30859cf1280c35d13e10545")]
    [InlineData("returns", "20dff8dab072b45551607c92d6d651b43646249a85e6b4cdc7aef14d8af4555e")]
    [InlineData("shipments", "11e18ec7f6970eeadb32774a0822ddbdcae24c28a1ce4b0ef5ffef53a8b6a935")]
    [InlineData("inventory_movements", "2830e29d1d642fa450553a8ef4ecc5ec4b7a820bf51dc90e4e0d5b1e5d2018e5")]
    [InlineData("support_tickets", "613979539a207fd1da3bf005089d6285ec125dc903d2a301fdde82392b75ba6c")]
    [InlineData("invoices", "b925f679bcd799d9ab302820f86af20f8b1c40d0bb5fa567cced9cae040a1acb")]
    [InlineData("payments", "1e47144f488e2ecd52aa9a96c1ae213134fa63a8f99effc046a2fd0fa2e58035")]
    [InlineData("journal_lines", "d704b445cd018e958c54d9a42d1af6bf17541f430f2ae359bb9e4d77a9680d8a")]
    [InlineData("fx_rates", "85f5e6655b29b8ba31a795f9653eb8d8c316fe4d21c21017ba038a4ad2fbe3d8")]
    [InlineData("budgets", "ab868ec82577a8d5560c1d5af4547d051b34d2a5e3a73c034f84929266a9b47c")]
    public async Task File_OfAKnownSeedScaleAndDate_HasTheKnownHash(string dataset, string sha256)
    {
        var file = await GeneratedFile.CreateAsync(Company(), GeneratedFile.Dataset(dataset), Date);

        Assert.Equal(sha256, file.Manifest.Sha256);
    }

    [Fact]
    public async Task Files_InAnyOrderAndInParallel_AreTheSame()
    {
        var company = Company();
        var work = DomainGenerator.All.SelectMany(domain => domain.Datasets)
            .SelectMany(dataset => Enumerable.Range(0, 6).Select(day => (dataset, date: Date.AddDays(day))))
            .ToList();
        var inOrder = new Dictionary<(string, DateOnly), string>();
        foreach (var (dataset, date) in work)
        {
            inOrder.Add((dataset.Name, date), (await GeneratedFile.CreateAsync(company, dataset, date)).Manifest.Sha256);
        }

        var another = Company();
        await Parallel.ForEachAsync(Enumerable.Reverse(work), TestContext.Current.CancellationToken, async (item, _) =>
        {
            var file = await GeneratedFile.CreateAsync(another, item.dataset, item.date);
            Assert.Equal(inOrder[(item.dataset.Name, item.date)], file.Manifest.Sha256);
        });
    }

    [Theory]
    [InlineData("customers")]
    [InlineData("support_tickets")]
    [InlineData("journal_lines")]
    public async Task File_UnderAnotherCulture_IsTheSame(string dataset)
    {
        var expected = (await GeneratedFile.CreateAsync(Company(), GeneratedFile.Dataset(dataset), Date)).Manifest;
        var before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = new CultureInfo("")
        {
            NumberFormat = { NumberDecimalSeparator = ",", NegativeSign = "~" },
            DateTimeFormat = { DateSeparator = "." },
        };
        try
        {
            var file = await GeneratedFile.CreateAsync(Company(), GeneratedFile.Dataset(dataset), Date);
            Assert.Equal((expected.Sha256, expected.Bytes), (file.Manifest.Sha256, file.Manifest.Bytes));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public async Task File_OfAnotherSeed_IsAnother()
    {
        var one = await GeneratedFile.CreateAsync(Company(), GeneratedFile.Dataset("orders"), Date);
        var other = await GeneratedFile.CreateAsync(
            new Company(new GeneratorOptions { Seed = 43, OrdersPerDay = 20 }), GeneratedFile.Dataset("orders"), Date);

        Assert.NotEqual(one.Manifest.Sha256, other.Manifest.Sha256);
    }

    private static Company Company() => new(new GeneratorOptions { Seed = 42, OrdersPerDay = 20 });
}
