using System.Globalization;
using System.IO.Compression;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Azure.Storage.Blobs;
using Npgsql;
using Platform.Testing;

namespace Platform.EndToEnd.Tests.Embedded;

/// <summary>A domain that is data only (<c>Domains/</c>), from the files of its suppliers to a metric over HTTP.</summary>
public sealed class NewDomainTests
{
    private static readonly DateOnly DayInFiles = new(2026, 1, 31);

    private static readonly string Domains = Path.Combine(Repository.Root, "tests", "Platform.EndToEnd.Tests", "Domains");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Domain_ConfiguredFolderAndItsFiles_IsLoadedBuiltAndServedToTheCent()
    {
        await DataDay.SettledAsync(Cancellation);
        using var folder = TestFolder.Create();
        var start = new AppHostStart(folder.Path)
        {
            Days = 1,
            Environment = new Dictionary<string, string?>
            {
                ["Sources__Directories__0"] = Path.Combine(Domains, "repairs"),
                ["Generator__OrdersPerDay"] = "20",
                ["Pipeline__ArrivalInterval"] = "00:00:01",
            },
        };
        await using var appHost = await EmbeddedAppHost.StartAsync(start, Cancellation);
        var platform = await appHost.ReadyAsync(Cancellation);
        await using var warehouse = NpgsqlDataSource.Create(platform.Warehouse);
        var day = await OneAsync<DateOnly>(warehouse, "select data_date from meta.pipeline_run");

        // All other domains have landed; the date waits for the fourth.
        Assert.Equal($"waiting: etl_repairs: repairs/{day:yyyyMMdd} has not landed: no file of jobs", await OneAsync<string>(warehouse, "select state || ': ' || error from meta.pipeline_run"));
        await LandAsync(platform.Landing, "jobs.nord.csv", "jobs.nord.csv", day);
        await LandAsync(platform.Landing, "jobs.sued.csv", "jobs.sued.csv.gz", day);

        using var api = new HttpClient { BaseAddress = platform.Api };
        var served = await ServedAsync(api, "/api/v1/query?metrics=repair_revenue&group_by=repair__city&order_by=repair__city&format=records");

        Assert.Equal(
            [("Hamburg", 149.90m), ("München", 1350.05m)],
            served.Select(row => (row.GetProperty("repair__city").GetString()!, row.GetProperty("repair_revenue").GetDecimal())));
        Assert.Equal(
            $"repairs/{day:yyyyMMdd}/jobs.nord.csv:5 amount type open 12,3,4",
            await OneAsync<string>(warehouse, "select file || ':' || line || ' ' || column_name || ' ' || rule || ' ' || state || ' ' || value from meta.quarantine where domain = 'repairs'"));
        Assert.Equal(
            "6 5 1 1499.95",
            await OneAsync<string>(warehouse, "select file_rows || ' ' || loaded_rows || ' ' || quarantined_rows || ' ' || (control_sums -> 'amount' ->> 'loaded') from meta.partition_load where domain = 'repairs'"));
        Assert.Equal($"S-0003 {day.AddDays(-1):yyyy-MM-dd}", await OneAsync<string>(warehouse, "select job_id || ' ' || _partition from repairs.jobs order by _partition limit 1"));
        Assert.Equal(
            "Kette getauscht;\nProbefahrt: \"läuft\"",
            await OneAsync<string>(warehouse, "select note from analytics.fct_repairs where job_id = 'N-0001'"));
    }

    private static async Task LandAsync(string landing, string file, string blob, DateOnly day)
    {
        var text = await File.ReadAllTextAsync(Path.Combine(Domains, "landing", file), Cancellation);
        var content = Encoding.UTF8.GetBytes(text.Replace(German(DayInFiles.AddDays(-1)), German(day.AddDays(-1)), StringComparison.Ordinal)
            .Replace(German(DayInFiles), German(day), StringComparison.Ordinal));
        if (Path.GetExtension(blob) == ".gz")
        {
            using var compressed = new MemoryStream();
            await using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal))
            {
                await gzip.WriteAsync(content, Cancellation);
            }

            content = compressed.ToArray();
        }

        await new BlobContainerClient(landing, "landing").GetBlobClient($"repairs/{day:yyyyMMdd}/{blob}").UploadAsync(new BinaryData(content), Cancellation);
    }

    private static string German(DateOnly date) => date.ToString("dd.MM.yyyy", CultureInfo.InvariantCulture);

    /// <summary>Asks until the metric is published.</summary>
    private static async Task<JsonElement[]> ServedAsync(HttpClient api, string query)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(TimeSpan.FromMinutes(3));
        while (true)
        {
            using var answer = await api.GetAsync(new Uri(query, UriKind.Relative), limit.Token);
            if (answer.IsSuccessStatusCode && await answer.Content.ReadFromJsonAsync<JsonElement[]>(limit.Token) is { Length: > 0 } rows)
            {
                return rows;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200), limit.Token);
        }
    }

    private static async Task<T> OneAsync<T>(NpgsqlDataSource warehouse, string sql)
    {
        await using var command = warehouse.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync(Cancellation);
        Assert.True(await reader.ReadAsync(Cancellation), $"no row: {sql}");
        return await reader.GetFieldValueAsync<T>(0, Cancellation);
    }
}
