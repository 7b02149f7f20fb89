using System.Text;
using Azure.Storage.Blobs.Models;
using Platform.Testing;
using Platform.Worker.Landing;

namespace Platform.Worker.Tests.Landing;

/// <summary>A partition's way into the storage account and out of it.</summary>
public sealed class PartitionTests(EmbeddedServers servers) : IAsyncLifetime
{
    private static readonly DateOnly Date = new(2026, 1, 31);

    private TestContainer _container = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private LandingZone Landing => new(_container.Client);

    private PartitionReader Reader => new(_container.Client);

    public async ValueTask InitializeAsync() => _container = await servers.CreateContainerAsync(Cancellation);

    public ValueTask DisposeAsync() => _container.DisposeAsync();

    [Fact]
    public async Task Partition_Written_IsReadBackAsItWas()
    {
        var written = await WriteAsync("one", "two");

        var manifest = await Reader.ReadManifestAsync("sales", Date, needsManifest: true, Cancellation);
        await using var content = await Reader.OpenAsync(manifest, manifest.Files[0], read: null, Cancellation);
        using var text = new StreamReader(content);

        Assert.Equal(Encoding.UTF8.GetString(written.ToJson()), Encoding.UTF8.GetString(manifest.ToJson()));
        Assert.Equal("name,amount\none,1.00\ntwo,2.00\n", await text.ReadToEndAsync(Cancellation));
        Assert.Equal("3.00", manifest.Files[0].ControlSums["amount"]);
    }

    [Fact]
    public async Task Manifest_IsTheDocumentedJson()
    {
        await WriteAsync("one");

        Assert.Equal(
            """
            {
              "domain": "sales",
              "partition": "2026-01-31",
              "generator": {
                "seed": 42,
                "version": "1"
              },
              "files": [
                {
                  "name": "things.csv",
                  "dataset": "things",
                  "rows": 1,
                  "sha256": "60777db74eef781a1bf74cb1ee643850518ae5d192dd6a11f0e11fd153121565",
                  "bytes": 21,
                  "control_sums": {
                    "amount": "1.00"
                  }
                }
              ]
            }
            """,
            await BlobTextAsync("sales/20260131/_manifest.json"));
    }

    [Fact]
    public async Task Partition_WrittenTwice_HasTheSameBytes()
    {
        await WriteAsync("one", "two");
        var first = await BlobTextAsync("sales/20260131/_manifest.json");

        await WriteAsync("one", "two");

        Assert.Equal(first, await BlobTextAsync("sales/20260131/_manifest.json"));
    }

    [Fact]
    public async Task Partition_OfManyBlocks_IsReadBackWhole()
    {
        var names = Enumerable.Range(0, 90_000).Select(number => $"{number:00000}-{new string('x', 50)}").ToArray();

        var manifest = await WriteAsync(names);
        await using var content = await Reader.OpenAsync(manifest, manifest.Files[0], read: null, Cancellation);
        using var copy = new MemoryStream();
        await content.CopyToAsync(copy, Cancellation);

        Assert.True(manifest.Files[0].Bytes > 5_000_000);
        Assert.Equal(manifest.Files[0].Bytes, copy.Length);
    }

    [Fact]
    public async Task StartPartition_OfOneThatLanded_TakesItsManifestAwayUntilItIsComplete()
    {
        await WriteAsync("one");

        var partition = await Landing.StartPartitionAsync("sales", Date, null, Cancellation);

        var error = await Assert.ThrowsAsync<LandingException>(() => Reader.ReadManifestAsync("sales", Date, needsManifest: true, Cancellation));
        Assert.Equal("sales/20260131/_manifest.json", error.Blob);
        Assert.NotNull(partition);
    }

    [Fact]
    public async Task FileAbandoned_LeavesWhatWasThereBefore()
    {
        await WriteAsync("one");
        var partition = await Landing.StartPartitionAsync("sales", Date, null, Cancellation);
        await using (var csv = partition.StartFile("things", ["name", "amount"], ["amount"]))
        {
            WriteRow(csv, "half", 5_00);
            await csv.FlushAsync(Cancellation);
        }

        await Assert.ThrowsAsync<InvalidOperationException>(() => partition.CompleteAsync(Cancellation));
        Assert.Equal("name,amount\none,1.00\n", await BlobTextAsync("sales/20260131/things.csv"));
    }

    [Fact]
    public async Task ReadManifest_NothingLanded_SaysWhichBlobIsMissingAndWhatToDo()
    {
        var error = await Assert.ThrowsAsync<LandingException>(() => Reader.ReadManifestAsync("finance", Date, needsManifest: true, Cancellation));

        Assert.Equal(
            $"{_container.Name}/finance/20260131/_manifest.json is not there: the partition has not landed, or is being written. "
            + "Generate it or have its supplier send it.",
            error.Message);
    }

    [Theory]
    [InlineData("no json")]
    [InlineData("null")]
    [InlineData("""{"domain":"sales"}""")]
    public async Task ReadManifest_NoManifest_IsTheDatasFault(string content)
    {
        await PutAsync("sales/20260131/_manifest.json", content);

        var error = await Assert.ThrowsAsync<LandingException>(() => Reader.ReadManifestAsync("sales", Date, needsManifest: true, Cancellation));

        Assert.Contains("sales/20260131/_manifest.json is not a manifest", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadManifest_OfAnotherPartition_IsRefused()
    {
        await WriteAsync("one");
        await PutAsync("sales/20260201/_manifest.json", await BlobTextAsync("sales/20260131/_manifest.json"));

        var error = await Assert.ThrowsAsync<LandingException>(() => Reader.ReadManifestAsync("sales", Date.AddDays(1), needsManifest: true, Cancellation));

        Assert.Contains("is the manifest of sales/20260131", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenAsync_FileMissing_NamesIt()
    {
        var manifest = await WriteAsync("one");
        await _container.Client.DeleteBlobAsync("sales/20260131/things.csv", cancellationToken: Cancellation);

        var error = await Assert.ThrowsAsync<LandingException>(() => Reader.OpenAsync(manifest, manifest.Files[0], read: null, Cancellation));

        Assert.Equal("sales/20260131/things.csv", error.Blob);
    }

    [Theory]
    [InlineData("name,amount\none,9.00\n")]
    [InlineData("name,amount\none,1.0")]
    [InlineData("name,amount\none,1.00\ntwo,2.00\n")]
    [InlineData("")]
    public async Task Read_FileChangedBehindTheManifest_FailsAtTheEnd(string content)
    {
        var manifest = await WriteAsync("one");
        await PutAsync("sales/20260131/things.csv", content);

        await using var stream = await Reader.OpenAsync(manifest, manifest.Files[0], read: null, Cancellation);
        var error = await Assert.ThrowsAsync<LandingException>(() => stream.CopyToAsync(Stream.Null, Cancellation));

        Assert.StartsWith("sales/20260131/things.csv is not the file that its manifest lists", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_FileReplacedMeanwhile_NeverMixesTwoVersions()
    {
        var names = Enumerable.Range(0, 200_000).Select(number => $"{number:000000}-{new string('x', 80)}").ToArray();
        var manifest = await WriteAsync(names);
        await using var stream = await Reader.OpenAsync(manifest, manifest.Files[0], read: null, Cancellation);
        var buffer = new byte[1024];
        await stream.ReadExactlyAsync(buffer, Cancellation);

        await PutAsync("sales/20260131/things.csv", "name,amount\nother,1.00\n");

        // Either the rest of the version that was opened arrives, or the reader is told.
        try
        {
            using var rest = new MemoryStream();
            await stream.CopyToAsync(rest, Cancellation);
            Assert.Equal(manifest.Files[0].Bytes, buffer.Length + rest.Length);
        }
        catch (LandingException replaced)
        {
            Assert.Equal("sales/20260131/things.csv", replaced.Blob);
        }
    }

    private static void WriteRow(CsvFileWriter csv, string name, long cents)
    {
        csv.Text(Encoding.UTF8.GetBytes(name));
        csv.Money(cents);
        csv.EndRow();
    }

    private async Task<Manifest> WriteAsync(params string[] names)
    {
        var partition = await Landing.StartPartitionAsync("sales", Date, new ManifestGenerator { Seed = 42, Version = "1" }, Cancellation);
        await using var csv = partition.StartFile("things", ["name", "amount"], ["amount"]);
        foreach (var (index, name) in names.Index())
        {
            WriteRow(csv, name, (index + 1) * 100L);
            if (csv.IsBlockFull)
            {
                await csv.FlushAsync(Cancellation);
            }
        }

        await csv.CompleteAsync(Cancellation);
        return await partition.CompleteAsync(Cancellation);
    }

    private async Task<string> BlobTextAsync(string blob)
    {
        var content = await _container.Client.GetBlobClient(blob).DownloadContentAsync(Cancellation);
        return content.Value.Content.ToString();
    }

    private Task PutAsync(string blob, string content) => _container.Client.GetBlobClient(blob).UploadAsync(
        BinaryData.FromString(content), new BlobUploadOptions(), Cancellation);
}
