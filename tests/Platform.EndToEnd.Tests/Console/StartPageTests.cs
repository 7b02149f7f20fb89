using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace Platform.EndToEnd.Tests.Console;

public sealed class StartPageTests(PlatformFixture fixture)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task StartPage_OfAStartedSystem_ShowsReadinessMetricsRunsAndLinksWithoutAClick()
    {
        var platform = await fixture.StartedAsync(Cancellation);
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await Chromium.LaunchAsync(playwright);
        var page = await browser.NewPageAsync(new BrowserNewPageOptions { ViewportSize = new ViewportSize { Width = 1280, Height = 1600 } });
        ConcurrentQueue<string> complaints = [];
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                complaints.Enqueue(message.Text);
            }
        };
        page.PageError += (_, error) => complaints.Enqueue(error);
        page.RequestFailed += (_, request) => complaints.Enqueue($"{request.Url}: {request.Failure}");

        await page.GotoAsync(platform.Api.ToString(), new PageGotoOptions { WaitUntil = WaitUntilState.NetworkIdle });
        await page.ScreenshotAsync(new PageScreenshotOptions { Path = Screenshot("start-page.png"), FullPage = true });

        Assert.Matches("The numbers for .* are ready", await page.InnerTextAsync("h1"));
        foreach (var metric in new[] { "revenue", "gross_margin", "on_time_delivery_rate", "cash_collected" })
        {
            var tile = page.Locator("article", new PageLocatorOptions { Has = page.Locator($"a[href='/api/v1/metrics/{metric}']") });
            Assert.Matches("[0-9]", await tile.Locator(".value").InnerTextAsync());
            Assert.Equal(1, await tile.Locator("svg path.line").CountAsync());
        }

        var text = await page.InnerTextAsync("body");
        foreach (var task in new[] { "generate_mock_data", "etl_sales", "etl_operations", "etl_finance", "dbt_build" })
        {
            Assert.Contains(task, text, StringComparison.Ordinal);
        }

        var links = await page.Locator("a[href]").EvaluateAllAsync<string[]>("links => links.map(link => link.getAttribute('href'))");
        await AssertAnswersAsync(platform.Api, links);
        Assert.Empty(complaints);
    }

    /// <summary>Every link of the page to this system leads somewhere.</summary>
    private static async Task AssertAnswersAsync(Uri api, string[] links)
    {
        using var client = new HttpClient { BaseAddress = api };
        Assert.NotEmpty(links);
        foreach (var link in links.Select(link => new Uri(api, link)).Where(link => link.Authority == api.Authority).Distinct())
        {
            using var response = await client.GetAsync(link, Cancellation);
            Assert.True(response.IsSuccessStatusCode, $"{link} answers {(int)response.StatusCode}.");
        }
    }

    private static string Screenshot(string name)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Platform.sln")))
            {
                return Path.Combine(Directory.CreateDirectory(Path.Combine(folder.FullName, "artifacts", "screenshots")).FullName, name);
            }
        }

        return Path.Combine(AppContext.BaseDirectory, name);
    }
}
