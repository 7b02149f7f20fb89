using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Time.Testing;
using Platform.Api.Tests.Sample;
using Platform.Testing;

namespace Platform.Api.Tests.Console;

/// <summary>What the start page says, in each state of the system.</summary>
public sealed partial class StartPageTests(EmbeddedServers servers)
{
    [Fact]
    public async Task Page_WithTodaysData_SaysReadyAndShowsTheMetrics()
    {
        await using var database = await RunLedger.CreateAsync(servers, TestContext.Current.CancellationToken);
        await SampleDatabase.PublishAsync(database, TestContext.Current.CancellationToken);
        var (status, html, text) = await PageAsync(database, "2026-02-21T09:00:00Z");

        Assert.Equal(200, status);
        Assert.Contains("The numbers for Friday, 20 February are ready.", text, StringComparison.Ordinal);
        Assert.Contains("Sales", text, StringComparison.Ordinal);
        Assert.Contains("Operations", text, StringComparison.Ordinal);

        // The value of the last seven days, computed from the sample.
        var data = SampleData.Create(1);
        var orders = data.Orders.Count(order => DateOnly.FromDateTime(order.OrderedAt.UtcDateTime) > SampleData.To.AddDays(-7));
        Assert.Matches($"Order count {orders} ", text);
        var revenue = data.Lines.Where(line => line.Date > SampleData.To.AddDays(-7)).Sum(line => line.Net);
        Assert.Matches($"Revenue €{(revenue / 1000).ToString("0.0", CultureInfo.InvariantCulture)}\u202fk ", text);
        Assert.Contains("<path class=\"line\"", html, StringComparison.Ordinal);

        // Runs in words, not in colour only; quarantine counts current loads.
        Assert.Contains("etl_sales failed 2.0\u202fs line 17: no decimal", text, StringComparison.Ordinal);
        Assert.Contains("dbt_build not reached", text, StringComparison.Ordinal);
        Assert.Contains("Rows in quarantine 5", text, StringComparison.Ordinal);
        foreach (var link in new[] { "/scalar/", "/openapi/v1.json", "/api/v1/metrics", "/api/v1/freshness", "/api/v1/runs", "/api/v1/query?" })
        {
            Assert.Contains($"href=\"{link}", html, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Page_OfTheNextDay_SaysWhatIsMissingAndWhy()
    {
        await using var database = await RunLedger.CreateAsync(servers, TestContext.Current.CancellationToken);
        await SampleDatabase.PublishAsync(database, TestContext.Current.CancellationToken);
        var (_, _, text) = await PageAsync(database, "2026-02-22T09:00:00Z");
        Assert.Contains("The numbers for Saturday, 21 February are not ready yet.", text, StringComparison.Ordinal);
        Assert.Contains("The newest published day is Friday, 20 February.", text, StringComparison.Ordinal);
        Assert.Contains("etl_sales failed for Friday, 20 February: line 17: no decimal", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("'at_risk', '2026-02-22T06:10Z', null", "Saturday, 21 February, is due by 22 Feb 06:00 and expected at 22 Feb 06:10.")]
    [InlineData("'missed', '2026-02-22T10:00Z', null", "Saturday, 21 February, was due by 22 Feb 06:00 and is not ready; expected at 22 Feb 10:00.")]
    [InlineData("'ready_late', null, '2026-02-22T08:05Z'", "Saturday, 21 February, was due by 22 Feb 06:00 and ready at 22 Feb 08:05, 2 h 5 min late.")]
    [InlineData("'ready', null, '2026-02-22T05:05Z'", "Saturday, 21 February, was due by 22 Feb 06:00 and ready at 22 Feb 05:05.")]
    public async Task Page_TellsHowTheDeadlineStands(string values, string sentence)
    {
        await using var database = await RunLedger.CreateAsync(servers, TestContext.Current.CancellationToken);
        await SampleDatabase.PublishAsync(database, TestContext.Current.CancellationToken);
        await SampleDatabase.ExecuteAsync(
            database,
            $"insert into meta.deadline (pipeline, data_date, ready_by, state, forecast_at, ready_at) values ('daily', '2026-02-21', '2026-02-22T06:00Z', {values})",
            TestContext.Current.CancellationToken);
        var (_, _, text) = await PageAsync(database, "2026-02-22T09:00:00Z");
        Assert.Contains(sentence, text.Replace('\u00a0', ' '), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_DuringTheFirstRun_CountsDaysAndLooksAgain()
    {
        await using var database = await RunLedger.CreateAsync(servers, TestContext.Current.CancellationToken);
        await SampleDatabase.ExecuteAsync(database, "delete from meta.pipeline_run where state = 'failed'", TestContext.Current.CancellationToken);
        var (status, html, text) = await PageAsync(database, "2026-02-21T09:00:00Z");
        Assert.Equal(200, status);
        Assert.Contains("The first days are being loaded.", text, StringComparison.Ordinal);
        Assert.Contains("1 of 2 days are loaded.", text, StringComparison.Ordinal);
        Assert.Contains("http-equiv=\"refresh\"", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_OfAnEmptyLedger_IsThereToo()
    {
        await using var database = await servers.CreateDatabaseAsync(TestContext.Current.CancellationToken);
        await SampleDatabase.MigrateAsync(database, TestContext.Current.CancellationToken);
        var (status, _, text) = await PageAsync(database, "2026-02-21T09:00:00Z");
        Assert.Equal(200, status);
        Assert.Contains("Getting ready for the first days.", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_WithoutDatabase_SaysSo()
    {
        await using var server = new ApiServer("Host=127.0.0.1;Port=1;Database=none;Username=none;Password=none;Timeout=2");
        using var response = await server.Client.GetAsync(new Uri("/", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(503, (int)response.StatusCode);
        Assert.Contains("The warehouse does not answer.", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_LoadsNothingFromElsewhereAndRunsNoScript()
    {
        await using var database = await RunLedger.CreateAsync(servers, TestContext.Current.CancellationToken);
        await SampleDatabase.PublishAsync(database, TestContext.Current.CancellationToken);
        var (_, html, _) = await PageAsync(database, "2026-02-21T09:00:00Z");
        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotMatch("(src|href)=\"https?:", html);
        Assert.DoesNotContain("@import", html, StringComparison.Ordinal);
        Assert.DoesNotMatch("url\\(", html);
    }

    private static async Task<(int Status, string Html, string Text)> PageAsync(TestDatabase database, string now)
    {
        await using var server = new ApiServer(
            SampleDatabase.ApiConnectionString(database), new FakeTimeProvider(DateTimeOffset.Parse(now, CultureInfo.InvariantCulture)));
        using var response = await server.Client.GetAsync(new Uri("/", UriKind.Relative), TestContext.Current.CancellationToken);
        var html = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var body = html[Math.Max(0, html.IndexOf("<body", StringComparison.Ordinal))..];
        var text = WebUtility.HtmlDecode(Tags().Replace(Tooltips().Replace(body, ""), " "));
        return ((int)response.StatusCode, html, Spaces().Replace(text.Replace('\u00a0', ' '), " ").Replace(" .", ".", StringComparison.Ordinal));
    }

    [GeneratedRegex("<title>.*?</title>")]
    private static partial Regex Tooltips();

    [GeneratedRegex("<[^>]+>")]
    private static partial Regex Tags();

    [GeneratedRegex("[ \\r\\n\\t]+")]
    private static partial Regex Spaces();
}
