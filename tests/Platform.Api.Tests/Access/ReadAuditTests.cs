using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Platform.Api.Tests.Sample;

namespace Platform.Api.Tests.Access;

/// <summary>Whichever way numbers of an audited domain are read, the log says by whom.</summary>
public sealed class ReadAuditTests(SampleApi sample) : IClassFixture<SampleApi>
{
    [Theory]
    [InlineData("/api/v1/query?metrics=revenue", "revenue")]
    [InlineData("/api/v1/saved-queries/sales_by_month_and_region/query", "revenue order_count")]
    [InlineData("/odata/sales_by_month_and_region?$select=order_count&$top=1", "revenue order_count")]
    [InlineData("/odata/sales_by_month_and_region/$count", "revenue order_count")]
    [InlineData("/api/v1/saved-queries/sales_by_month_and_region/query?asOf=1", "revenue order_count")]
    [InlineData("/api/v1/periods/2026-01/adjustments?saved_query=sales_by_month_and_region", "revenue order_count")]
    [InlineData("/api/v1/query?metrics=tickets_opened", null)]
    [InlineData("/odata/fct_orders?$top=1", null)]
    public async Task Read_OfAnAuditedDomain_IsEntered_WithItsReaderAndMetrics(string address, string? metrics)
    {
        await using var server = new ApiServer(
            SampleDatabase.ApiConnectionString(sample.Database),
            environment: "Production",
            settings: new()
            {
                ["Access:ApiKeys:0:Name"] = "board-report", ["Access:ApiKeys:0:Key"] = "a-key-of-more-than-16-characters",
                ["Access:AuditedDomains:0"] = "sales", ["Logging:LogLevel:Platform.Audit"] = "Information",
            });
        using var entries = new Entries();
        server.Service<ILoggerFactory>().AddProvider(entries);
        server.Client.DefaultRequestHeaders.Add("X-Api-Key", "a-key-of-more-than-16-characters");
        using var response = await server.Client.GetAsync(new Uri(address, UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        if (metrics is null)
        {
            Assert.Empty(entries.Texts);
        }
        else
        {
            Assert.StartsWith($"board-report read {metrics} of publication 1: receipt 1.", Assert.Single(entries.Texts), StringComparison.Ordinal);
        }
    }

    /// <summary>Keeps what is logged under the audit's category.</summary>
    private sealed class Entries : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Texts { get; } = new();

        private bool IsOther { get; init; }

        public ILogger CreateLogger(string categoryName) => categoryName == "Platform.Audit" ? this : new Entries { IsOther = true };

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => !IsOther;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Texts.Enqueue(formatter(state, exception));

        public void Dispose()
        {
        }
    }
}
