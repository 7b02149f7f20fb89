using System.IO.Compression;
using Platform.Testing;
using Platform.Worker.Contracts;
using Platform.Worker.Landing;
using Platform.Worker.Loading.Checking;

namespace Platform.Worker.Tests.Loading;

/// <summary>
/// Random files in several forms whose accepted and rejected rows are known, because each row is made good or with one defect. All go through
/// the check without a warehouse, some through the loader. A failure names the seed of its partition; <see cref="FuzzPartition"/> makes the same
/// files from it again.
/// </summary>
public sealed class FuzzTests(EmbeddedServers servers) : IDisposable
{
    private const int CheckedFiles = 2_000;
    private const int LoadedFiles = 300;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("fuzz");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task Check_RandomFiles_RejectsExactlyTheRowsMadeSo()
    {
        var contracts = FuzzForm.All.Select(form => ContractFiles.Read(form.WriteContract(_directory.FullName))[0]).ToList();
        var files = 0;
        for (var seed = 1; files < CheckedFiles; seed++)
        {
            var form = seed % contracts.Count;
            var partition = new FuzzPartition(seed, Date(seed), FuzzForm.All[form]);
            var found = new List<string>();
            foreach (var file in partition.Files)
            {
                await File.WriteAllBytesAsync(PathOf(file), Stored(file), Token);
            }

            var verdict = await new DatasetCheck(
                contracts[form], Date(seed), [.. partition.Files.Select(file => new LocalFile(PathOf(file), new LandingOptions()))]).RunAsync(
                    row =>
                    {
                        found.Add($"{Path.GetFileName(row.File)}|{row.Row.Line}|{row.Row.Column}|{row.Row.Rule}|{row.Row.RawLine}");
                        return default;
                    },
                    Token);

            Assert.True(verdict.Fault is null, $"Seed {seed}: {verdict.Fault}");
            Equal(seed, partition.Rejected, [.. found.Order(StringComparer.Ordinal)]);
            Assert.True(verdict.Rows - verdict.Rejected == partition.Accepted.Count, $"Seed {seed}: {verdict.Rows} rows, {verdict.Rejected} rejected");
            partition.Files.ForEach(file => File.Delete(PathOf(file)));
            files += partition.Files.Count;
        }
    }

    [Fact]
    public async Task Load_RandomFiles_AcceptsAndRejectsExactlyTheRowsMadeSo()
    {
        await using var shop = await Shop.OpenAsync(servers);
        var loaders = FuzzForm.All.Select(form => shop.Loader(Path.GetDirectoryName(form.WriteContract(_directory.FullName))!)).ToList();
        var files = 0;
        for (var seed = 1; files < LoadedFiles; seed++)
        {
            var (date, form) = (Date(seed), seed % loaders.Count);
            var partition = new FuzzPartition(seed, date, FuzzForm.All[form]);
            foreach (var file in partition.Files)
            {
                await shop.PutAsync($"{LandingPath.For(Shop.Domain, date)}/{file.Name}", Stored(file));
            }

            await loaders[form].LoadAsync(Shop.Domain, date, Token);

            Equal(seed, partition.Accepted, await shop.QueryAsync(
                $"select _line, item_id, name, kind, price, quantity, sold_at from shop.items where _partition = '{date:yyyy-MM-dd}' order by _line"));
            Equal(seed, partition.Rejected, [.. (await shop.QueryAsync(
                $"select split_part(file, '/', 3), line, coalesce(column_name, ''), rule, raw_line from meta.quarantine where partition = '{date:yyyy-MM-dd}'"))
                .Order(StringComparer.Ordinal)]);
            files += partition.Files.Count;
        }
    }

    private static DateOnly Date(int seed) => new DateOnly(2020, 1, 1).AddDays(seed);

    private static void Equal(int seed, IReadOnlyList<string> expected, string[] found) => Assert.True(
        expected.SequenceEqual(found),
        $"Seed {seed}: expected and not found:\n{string.Join('\n', expected.Except(found))}\nfound and not expected:\n{string.Join('\n', found.Except(expected))}");

    private static byte[] Stored(FuzzFile file)
    {
        if (!LandingPath.IsGzip(file.Name))
        {
            return file.Bytes;
        }

        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest))
        {
            gzip.Write(file.Bytes);
        }

        return compressed.ToArray();
    }

    private string PathOf(FuzzFile file) => Path.Combine(_directory.FullName, file.Name);
}
