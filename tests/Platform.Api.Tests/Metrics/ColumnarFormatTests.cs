using System.Globalization;
using Apache.Arrow;
using Apache.Arrow.Ipc;
using Apache.Arrow.Types;
using Parquet;
using Parquet.Data;
using Parquet.Schema;
using Platform.Api.Tests.Sample;

namespace Platform.Api.Tests.Metrics;

/// <summary>Answers as Arrow and Parquet, read back by these formats' own readers and compared with plain SQL.</summary>
public sealed class ColumnarFormatTests(SampleApi sample) : IClassFixture<SampleApi>
{
    private const string Query = "metrics=revenue,order_count,average_order_value,first_sale,average_resolution_hours&group_by=metric_time__month";

    [Fact]
    public async Task Arrow_HasExactDecimalsDatesAndNulls()
    {
        using var reader = new ArrowStreamReader(await BytesAsync($"{Query}&format=arrow"), leaveOpen: false);
        using var batch = await reader.ReadNextRecordBatchAsync(TestContext.Current.CancellationToken);
        var expected = await ExpectedAsync();

        Assert.Equal(expected.Length, batch.Length);
        Assert.Equal("EUR", reader.Schema.GetFieldByName("revenue").Metadata["unit"]);
        Assert.Equal(2, Assert.IsType<Decimal128Type>(reader.Schema.GetFieldByName("revenue").DataType).Scale);
        for (var row = 0; row < batch.Length; row++)
        {
            Assert.Equal(expected[row][0], ((Date32Array)batch.Column("metric_time__month")).GetDateOnly(row)!.Value.ToString("O", CultureInfo.InvariantCulture));
            Assert.Equal(expected[row][1], ((Decimal128Array)batch.Column("revenue")).GetString(row));
            Assert.Equal(expected[row][2], ((Int64Array)batch.Column("order_count")).GetValue(row)?.ToString(CultureInfo.InvariantCulture));
            Assert.Equal(Trimmed(expected[row][3]), Trimmed(((Decimal128Array)batch.Column("average_order_value")).GetString(row)));
        }

        Assert.Null(await reader.ReadNextRecordBatchAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Parquet_HasExactDecimalsDatesAndNulls()
    {
        await using var file = await BytesAsync($"{Query}&format=parquet");
        await using var reader = await ParquetReader.CreateAsync(
            file, new ParquetOptions { UseDateOnlyTypeForDates = true, UseBigDecimal = true }, cancellationToken: TestContext.Current.CancellationToken);
        var expected = await ExpectedAsync();
        using var group = reader.OpenRowGroupReader(0);
        var rows = (int)group.RowCount;
        var (months, revenue, counts) = (new DateOnly?[rows], new BigDecimal?[rows], new long?[rows]);
        await group.ReadAsync<DateOnly>(Field("metric_time__month"), months.AsMemory(), cancellationToken: TestContext.Current.CancellationToken);
        await group.ReadAsync<BigDecimal>(Field("revenue"), revenue.AsMemory(), cancellationToken: TestContext.Current.CancellationToken);
        await group.ReadAsync<long>(Field("order_count"), counts.AsMemory(), cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(1, reader.RowGroupCount);
        Assert.Equal(expected.Select(row => row[0]), months.Select(month => month!.Value.ToString("O", CultureInfo.InvariantCulture)));
        Assert.Equal(expected.Select(row => row[1]!.Replace(".", "", StringComparison.Ordinal)), revenue.Select(value => value!.Value.UnscaledValue.ToString(CultureInfo.InvariantCulture)));
        Assert.Equal(expected.Select(row => row[2]), counts.Select(value => value?.ToString(CultureInfo.InvariantCulture)));
        Assert.Equal(1, int.Parse(reader.CustomMetadata["publication_id"], CultureInfo.InvariantCulture));

        DataField Field(string name) => reader.Schema.FindDataField(name);
    }

    [Fact]
    public async Task Arrow_OfTextsTimestampsAndBooleans_IsWhatJsonSays()
    {
        const string query = "metrics=order_count&group_by=customer__region,order__is_first,order__ordered_at&limit=100";
        var rows = await sample.Server.RowsAsync(query);
        using var reader = new ArrowStreamReader(await BytesAsync($"{query}&format=arrow"), leaveOpen: false);
        using var batch = await reader.ReadNextRecordBatchAsync(TestContext.Current.CancellationToken);
        for (var row = 0; row < batch.Length; row++)
        {
            Assert.Equal(rows[row][0], ((StringArray)batch.Column(0)).GetString(row));
            Assert.Equal(bool.Parse(rows[row][1]!), ((BooleanArray)batch.Column(1)).GetValue(row));
            Assert.Equal(DateTimeOffset.Parse(rows[row][2]!, CultureInfo.InvariantCulture), ((TimestampArray)batch.Column(2)).GetTimestamp(row));
        }
    }

    [Theory]
    [InlineData("arrow")]
    [InlineData("parquet")]
    public async Task Columnar_OfNoRows_IsAnEmptyTable(string format)
    {
        await using var bytes = await BytesAsync($"metrics=revenue&group_by=order__channel&where=order__channel = 'none'&format={format}");
        if (format == "arrow")
        {
            using var reader = new ArrowStreamReader(bytes);
            Assert.Null(await reader.ReadNextRecordBatchAsync(TestContext.Current.CancellationToken));
            Assert.Equal(["order__channel", "revenue"], reader.Schema.FieldsList.Select(field => field.Name));
        }
        else
        {
            await using var reader = await ParquetReader.CreateAsync(bytes, cancellationToken: TestContext.Current.CancellationToken);
            Assert.Equal(0, reader.RowGroupCount);
            Assert.Equal(["order__channel", "revenue"], reader.Schema.DataFields.Select(field => field.Name));
        }
    }

    private Task<string?[][]> ExpectedAsync() => sample.SqlAsync(
        """
        with months as (select date_trunc('month', order_date)::date as month, sum(net_amount_eur) as revenue, min(order_date) as first from analytics.fct_order_lines group by 1),
          orders as (select date_trunc('month', ordered_at at time zone 'UTC')::date as month, count(*) as orders from analytics.fct_orders group by 1)
        select month, revenue, orders, revenue / orders from months join orders using (month) order by month
        """);

    private async Task<MemoryStream> BytesAsync(string query)
    {
        using var response = await sample.Server.Client.GetAsync(new Uri($"/api/v1/query?{query}", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.True((int)response.StatusCode == 200, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return new MemoryStream(await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    private static string? Trimmed(string? number) => number?.TrimEnd('0');
}
