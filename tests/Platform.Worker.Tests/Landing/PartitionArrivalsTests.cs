using System.Text;
using Azure.Storage.Blobs;
using Platform.Testing;
using Platform.Worker.Landing;

namespace Platform.Worker.Tests.Landing;

public sealed class PartitionArrivalsTests(EmbeddedServers servers) : IAsyncLifetime
{
    private static readonly DateOnly Date = new(2026, 1, 31);

    private static readonly ManifestGenerator Generator = new() { Seed = 42, Version = "1" };

    private static readonly ExpectedPartition WithManifest = new("sales", Date, ["orders", "returns"]);

    private static readonly ExpectedPartition WithoutManifest = WithManifest with { NeedsManifest = false };

    private TestContainer _container = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private PartitionReader Reader => new(_container.Client);

    private PartitionArrivals Arrivals => new(_container.Client, Reader);

    public async ValueTask InitializeAsync() => _container = await servers.CreateContainerAsync(Cancellation);

    public ValueTask DisposeAsync() => _container.DisposeAsync();

    [Fact]
    public async Task Find_NothingThere_SaysSo()
    {
        var arrival = await Arrivals.FindAsync(WithManifest, Cancellation);

        Assert.Equal("sales/20260131 has not landed: nothing is there", arrival.Missing);
        Assert.Empty(arrival.Files);
    }

    [Fact]
    public async Task Find_NoContainerYet_HasNotLanded()
    {
        var container = new BlobServiceClient(_container.ConnectionString).GetBlobContainerClient("never-made");

        Assert.False((await new PartitionArrivals(container, new PartitionReader(container)).FindAsync(WithoutManifest, Cancellation)).HasLanded);
    }

    [Fact]
    public async Task Find_FilesBeforeTheirManifest_HasLandedWithTheManifest()
    {
        await PutAsync("orders.csv", "a");
        await PutAsync("returns.csv", "b");
        Assert.Equal(
            "sales/20260131 is being landed: orders.csv, returns.csv there, _manifest.json still missing",
            (await Arrivals.FindAsync(WithManifest, Cancellation)).Missing);

        await PutManifestAsync("orders.csv", "returns.csv");

        var arrival = await Arrivals.FindAsync(WithManifest, Cancellation);
        Assert.True(arrival.HasLanded);
        Assert.True(arrival.HasManifest);
        Assert.Equal(["orders", "returns"], arrival.Files.Select(file => file.Dataset));
    }

    [Fact]
    public async Task Find_ManifestBeforeItsFiles_HasLandedWithTheLastFile()
    {
        await PutManifestAsync("orders.csv", "returns.csv");
        await PutAsync("orders.csv", "a");
        Assert.Equal(
            "sales/20260131 is being landed: _manifest.json lists returns.csv, still missing",
            (await Arrivals.FindAsync(WithManifest, Cancellation)).Missing);

        await PutAsync("returns.csv", "b");

        Assert.True((await Arrivals.FindAsync(WithManifest, Cancellation)).HasLanded);
    }

    [Fact]
    public async Task Find_ManifestThatIsNone_HasLandedSoThatTheLoadTellsWhatIsWrong()
    {
        await PutAsync(LandingPath.ManifestName, "{");

        Assert.True((await Arrivals.FindAsync(WithManifest, Cancellation)).HasLanded);
    }

    [Fact]
    public async Task Find_NoManifestNeeded_HasLandedWhenEveryRequiredDatasetHasAFile()
    {
        await PutAsync("orders.2.csv.gz", "a");
        await PutAsync("_SUCCESS", "no data file");
        Assert.Equal("sales/20260131 has not landed: no file of returns", (await Arrivals.FindAsync(WithoutManifest, Cancellation)).Missing);

        await PutAsync("returns.csv", "b");

        var arrival = await Arrivals.FindAsync(WithoutManifest, Cancellation);
        Assert.True(arrival.HasLanded);
        Assert.False(arrival.HasManifest);
    }

    [Fact]
    public async Task Find_NoManifestNeededButThere_CountsAsSoonAsItsFilesAreThere()
    {
        await PutManifestAsync("orders.csv");
        Assert.False((await Arrivals.FindAsync(WithoutManifest, Cancellation)).HasLanded);

        await PutAsync("orders.csv", "a");

        Assert.True((await Arrivals.FindAsync(WithoutManifest, Cancellation)).HasLanded);
    }

    [Fact]
    public async Task Identity_ChangesWithTheContentAndWithNothingElse()
    {
        await PutAsync("orders.csv", "a");
        await PutAsync("returns.csv", "b");
        var first = (await Arrivals.FindAsync(WithoutManifest, Cancellation)).Identity;

        await PutAsync("orders.csv", "a");
        Assert.Equal(first, (await Arrivals.FindAsync(WithoutManifest, Cancellation)).Identity);

        await PutAsync("orders.csv", "c");
        var other = (await Arrivals.FindAsync(WithoutManifest, Cancellation)).Identity;
        Assert.NotEqual(first, other);

        await PutAsync("orders.2.csv", "d");
        Assert.NotEqual(other, (await Arrivals.FindAsync(WithoutManifest, Cancellation)).Identity);
    }

    [Fact]
    public async Task IsSuppliers_GeneratedPartition_IsNotWhileItIsWrittenAndWhenItIsThere()
    {
        var writer = await new LandingZone(_container.Client).StartPartitionAsync("sales", Date, Generator, Cancellation);
        await using (var file = writer.StartFile("orders", ["order_id"], []))
        {
            await file.CompleteAsync(Cancellation);
        }
        Assert.False(await Arrivals.IsSuppliersAsync("sales", Date, Cancellation));

        await writer.CompleteAsync(Cancellation);

        Assert.False(await Arrivals.IsSuppliersAsync("sales", Date, Cancellation));
        Assert.All((await Arrivals.FindAsync(WithoutManifest, Cancellation)).Files, file => Assert.True(file.IsGenerated));
    }

    [Fact]
    public async Task IsSuppliers_ASuppliersFileOverAGeneratedPartition_Is()
    {
        var writer = await new LandingZone(_container.Client).StartPartitionAsync("sales", Date, Generator, Cancellation);
        await using (var file = writer.StartFile("orders", ["order_id"], []))
        {
            await file.CompleteAsync(Cancellation);
        }
        await writer.CompleteAsync(Cancellation);

        await PutAsync("orders.csv", "order_id\n1\n");

        Assert.True(await Arrivals.IsSuppliersAsync("sales", Date, Cancellation));
    }

    [Fact]
    public async Task IsSuppliers_GeneratedBeforeFilesBoreAMark_IsNotUnlessAFileIsAnother()
    {
        await PutAsync("orders.csv", "a");
        await PutAsync(LandingPath.ManifestName, Encoding.UTF8.GetString(Manifest(Generator, "orders.csv").ToJson()));
        Assert.False(await Arrivals.IsSuppliersAsync("sales", Date, Cancellation));

        await PutAsync("orders.csv", "longer");

        Assert.True(await Arrivals.IsSuppliersAsync("sales", Date, Cancellation));
    }

    private Task PutManifestAsync(params string[] files) => PutAsync(LandingPath.ManifestName, Encoding.UTF8.GetString(Manifest(null, files).ToJson()));

    private static Manifest Manifest(ManifestGenerator? generator, params string[] files) => new()
    {
        Domain = "sales",
        Partition = Date,
        Generator = generator,
        Files = [.. files.Select(name => new ManifestFile
        {
            Name = name, Dataset = LandingPath.DatasetOf(name), Rows = 0, Bytes = 1, Sha256 = "", ControlSums = new Dictionary<string, string>(),
        })],
    };

    private async Task PutAsync(string name, string content) => await _container.Client
        .GetBlobClient($"{LandingPath.For("sales", Date)}/{name}").UploadAsync(new BinaryData(content), overwrite: true, Cancellation);
}
