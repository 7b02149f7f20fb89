using System.IO.Compression;
using System.Text;
using Platform.Worker.Landing;

namespace Platform.Worker.Tests.Landing;

public sealed class GunzipStreamTests
{
    private static readonly byte[] Content = Encoding.UTF8.GetBytes(string.Join('\n', Enumerable.Range(0, 30_000)));
    private static readonly byte[] File = Gzip(Content);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(4_096)]
    [InlineData(1 << 20)]
    public async Task Read_WholeFile_GivesItsContentWhateverTheBuffer(int buffer)
    {
        Assert.Equal(Content, await ReadAsync(File, buffer));
        Assert.Equal(Content, Read(File, buffer));
    }

    [Fact]
    public async Task Read_SeveralMembers_GivesThemOneAfterTheOther() =>
        Assert.Equal([.. Content, .. Content, 65], await ReadAsync([.. File, .. Gzip([]), .. File, .. Gzip([65])]));

    [Fact]
    public async Task Read_MemberWithoutContent_IsAnEmptyFile() => Assert.Empty(await ReadAsync(Gzip([])));

    [Fact]
    public async Task Read_CutOffAnywhere_SaysSo()
    {
        byte[] small = Gzip("one,two\n1,2\n"u8.ToArray());
        for (var length = 1; length < small.Length; length++)
        {
            Assert.Contains("is cut off", await FaultAsync(small[..length]), StringComparison.Ordinal);
            if (length > 1)
            {
                // Of a single byte behind a member nobody can say whether more was to come.
                Assert.Contains("is cut off", await FaultAsync([.. small, .. small[..length]]), StringComparison.Ordinal);
            }
        }

        Assert.Contains("is cut off: its gzip data does not end", await FaultAsync(File[..(File.Length / 2)]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(100_000)]
    public async Task Read_OtherBytesBehindTheLastMember_SaysSo(int garbage)
    {
        Assert.Contains("holds other bytes after", await FaultAsync([.. File, .. Enumerable.Repeat((byte)'g', garbage)]), StringComparison.Ordinal);
        Assert.Contains("holds other bytes after", await FaultAsync([.. File, .. new byte[garbage]]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_NoGzipAtAll_SaysSo()
    {
        Assert.Contains("is empty", await FaultAsync([]), StringComparison.Ordinal);
        Assert.Contains("is no valid gzip file", await FaultAsync("one,two\n1,2\n"u8.ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_AnyByteChanged_NeverGivesOtherContent()
    {
        var random = new Random(4);
        for (var round = 0; round < 300; round++)
        {
            var changed = (byte[])File.Clone();
            var place = random.Next(3) == 0 ? changed.Length - 1 - random.Next(8) : random.Next(changed.Length);
            changed[place] ^= (byte)(1 << random.Next(8));
            try
            {
                // A header's time and system say nothing of the content.
                Assert.Equal(Content, await ReadAsync(changed));
                Assert.InRange(place, 3, 9);
            }
            catch (LandingException fault)
            {
                Assert.Equal("f.csv.gz", fault.Blob);
            }
        }
    }

    [Fact]
    public async Task Read_Bomb_StopsAtTheRatioLongBeforeItsEnd()
    {
        var bomb = Gzip(new byte[1 << 20]);
        byte[] file = [.. Enumerable.Repeat(bomb, 500).SelectMany(member => member)];

        var fault = await FaultAsync(file);

        Assert.Contains("expands to more than 250 times its size", fault, StringComparison.Ordinal);
        Assert.Contains("Landing:MaxExpansion", fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_MoreThanTheLimit_NamesTheSetting() => Assert.Contains(
        "expands to more than 1000 bytes. Nothing was loaded of it; land a corrected file, or set Landing:MaxExpandedBytes.",
        await FaultAsync(File, new LandingOptions { MaxExpandedBytes = 1_000 }),
        StringComparison.Ordinal);

    private static byte[] Gzip(byte[] content)
    {
        if (content.Length == 0)
        {
            // GZipStream writes nothing at all of nothing; gzip writes this.
            return [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        }

        using var file = new MemoryStream();
        using (var gzip = new GZipStream(file, CompressionLevel.Optimal))
        {
            gzip.Write(content);
        }

        return file.ToArray();
    }

    private static async Task<byte[]> ReadAsync(byte[] file, int buffer = 81_920, LandingOptions? limits = null)
    {
        using var content = new MemoryStream();
        await using var stream = new GunzipStream(new MemoryStream(file), "f.csv.gz", limits ?? new LandingOptions());
        await stream.CopyToAsync(content, buffer, Cancellation);
        return content.ToArray();
    }

    private static byte[] Read(byte[] file, int buffer)
    {
        using var content = new MemoryStream();
        using var stream = new GunzipStream(new MemoryStream(file), "f.csv.gz", new LandingOptions());
        stream.CopyTo(content, buffer);
        return content.ToArray();
    }

    private static async Task<string> FaultAsync(byte[] file, LandingOptions? limits = null) =>
        (await Assert.ThrowsAsync<LandingException>(() => ReadAsync(file, limits: limits))).Message;
}
