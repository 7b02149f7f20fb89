using System.Security.Cryptography;
using System.Text;
using Platform.Worker.Landing;

namespace Platform.Worker.Tests.Landing;

public sealed class CsvFileWriterTests
{
    private readonly MemoryBlockSink _sink = new();

    [Fact]
    public async Task Fields_OfEachType_HaveTheirTextForm()
    {
        await using var csv = new CsvFileWriter(_sink, "all", ["a", "b", "c", "d", "e", "f", "g"], []);
        csv.Text("Zoë"u8);
        csv.Integer(-12);
        csv.Money(1_234_05);
        csv.Number(-5, scale: 6);
        csv.Date(new DateOnly(2026, 1, 31));
        csv.Timestamp(new DateOnly(2026, 1, 31), (8 * 3600) + (5 * 60) + 9);
        csv.Empty();
        csv.EndRow();
        await csv.CompleteAsync(CancellationToken.None);

        Assert.Equal("a,b,c,d,e,f,g\nZoë,-12,1234.05,-0.000005,2026-01-31,2026-01-31T08:05:09Z,\n", Text());
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("say \"yes\"", "\"say \"\"yes\"\"\"")]
    [InlineData("two\nlines", "\"two\nlines\"")]
    [InlineData("two\r\nlines", "\"two\r\nlines\"")]
    [InlineData("=1+1", "=1+1")]
    public async Task Text_WithSpecialCharacters_IsQuotedAsRfc4180Says(string value, string field)
    {
        await using var csv = new CsvFileWriter(_sink, "texts", ["text", "next"], []);
        csv.Text(Encoding.UTF8.GetBytes(value));
        csv.Integer(1);
        csv.EndRow();
        await csv.CompleteAsync(CancellationToken.None);

        Assert.Equal($"text,next\n{field},1\n", Text());
    }

    [Fact]
    public async Task CompleteAsync_ManyBlocks_CountsAndHashesTheWholeFile()
    {
        const int Rows = 120_000;
        var padding = Encoding.ASCII.GetBytes(new string('x', 100));
        await using var csv = new CsvFileWriter(_sink, "long", ["number", "padding"], ["number"]);
        for (var row = 0; row < Rows; row++)
        {
            csv.Integer(row);
            csv.Text(padding);
            csv.EndRow();
            if (csv.IsBlockFull)
            {
                await csv.FlushAsync(CancellationToken.None);
            }
        }

        var file = await csv.CompleteAsync(CancellationToken.None);

        Assert.True(_sink.StagedBlocks >= 2);
        Assert.Equal(Rows, file.Rows);
        Assert.Equal(_sink.Committed!.Length, file.Bytes);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(_sink.Committed)), file.Sha256);
        Assert.Equal($"{(long)Rows * (Rows - 1) / 2}", file.ControlSums["number"]);
        Assert.Equal(Rows + 1, Text().Count(character => character == '\n'));
    }

    [Fact]
    public async Task CompleteAsync_NoRows_LeavesTheHeader()
    {
        await using var csv = new CsvFileWriter(_sink, "none", ["a", "b"], ["b"]);

        var file = await csv.CompleteAsync(CancellationToken.None);

        Assert.Equal("a,b\n", Text());
        Assert.Equal((0, "0"), (file.Rows, file.ControlSums["b"]));
    }

    [Fact]
    public async Task RawRow_CountsValuesOfControlColumns_OnlyWhereTheyAreNumbersInWholeRows()
    {
        await using var csv = new CsvFileWriter(_sink, "raw", ["id", "amount"], ["amount"]);
        csv.Integer(1);
        csv.Money(10_00);
        csv.EndRow();
        csv.RawRow([[.. "2"u8], [.. "-2.50"u8]]);
        csv.RawRow([[.. "3"u8], [.. "n/a"u8]]);
        csv.RawRow([[.. "4"u8]]);

        var file = await csv.CompleteAsync(CancellationToken.None);

        Assert.Equal("id,amount\n1,10.00\n2,-2.50\n3,n/a\n4\n", Text());
        Assert.Equal((4, "7.50"), (file.Rows, file.ControlSums["amount"]));
    }

    [Fact]
    public async Task LastRow_IsTheRowAsItStandsInTheFile()
    {
        await using var csv = new CsvFileWriter(_sink, "last", ["a", "b", "c"], []);
        foreach (var text in (string[])["first", "x,y"])
        {
            csv.Text(Encoding.UTF8.GetBytes(text));
            csv.Empty();
            csv.Integer(7);
            csv.EndRow();
        }

        Assert.Equal(["\"x,y\"", "", "7"], csv.LastRow().Select(Encoding.UTF8.GetString));
    }

    [Fact]
    public async Task EndRow_FieldMissing_NamesTheDataset()
    {
        await using var csv = new CsvFileWriter(_sink, "short", ["a", "b"], []);
        csv.Integer(1);

        var error = Assert.Throws<InvalidOperationException>(csv.EndRow);

        Assert.Equal("A row of short has 1 fields; its header has 2.", error.Message);
    }

    private string Text() => Encoding.UTF8.GetString(_sink.Committed!);
}
