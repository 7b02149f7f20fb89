using Npgsql;
using Platform.Api.Tests.Sample;
using Platform.Testing;

namespace Platform.Api.Tests.Warehouse;

/// <summary>Readers see one publication, the whole of it, and can change nothing.</summary>
public sealed class PublishedSnapshotTests(EmbeddedServers servers)
{
    private const int Publications = 25;

    /// <summary>
    /// The tables of publication n hold the value n. They are built and committed before they are published by DROP and SET SCHEMA, so a reader
    /// with an older snapshot could find the new table under the old name.
    /// </summary>
    [Fact]
    public async Task Answer_WhilePublicationsFollowEachOther_IsOfThePublicationItNames()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var database = await servers.CreateDatabaseAsync(cancellationToken);
        await SampleDatabase.MigrateAsync(database, cancellationToken);
        await SampleDatabase.LoadAsync(database, SampleData.Create(1), cancellationToken);
        await PublishAsync(database, 1, cancellationToken);
        await using var server = new ApiServer(SampleDatabase.ApiConnectionString(database));

        using var done = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 3).Select(async _ =>
        {
            var seen = new HashSet<string>();
            while (!done.IsCancellationRequested)
            {
                var (status, answer) = await server.GetAsync("/api/v1/query?metrics=revenue,refunds");
                Assert.True(status == 200, answer.ToString());
                var id = answer.GetProperty("published").GetProperty("publication_id").GetRawText();
                var row = answer.GetProperty("rows")[0];
                Assert.Equal($"{id}.00 {id}.00", $"{row[0]} {row[1]}");
                seen.Add(id);
            }

            return seen.Count;
        }).ToArray();

        for (var number = 2; number <= Publications; number++)
        {
            await PublishAsync(database, number, cancellationToken);
            await Task.Delay(100, cancellationToken);
        }

        await done.CancelAsync();
        Assert.All(await Task.WhenAll(readers), seen => Assert.True(seen > 3, $"A reader saw {seen} publications only."));
    }

    [Theory]
    [InlineData("insert into analytics.dim_product values ('X', 'X')")]
    [InlineData("delete from analytics.fct_orders")]
    [InlineData("update meta.publication set is_current = false")]
    [InlineData("create table analytics.t (a int)")]
    [InlineData("create table meta.t (a int)")]
    [InlineData("truncate analytics.fct_orders")]
    [InlineData("drop table analytics.fct_orders")]
    [InlineData("select * from sales.orders")]
    public async Task Role_OfTheApi_CannotWriteNorReadElsewhere(string sql)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var database = await servers.CreateDatabaseAsync(cancellationToken);
        await SampleDatabase.MigrateAsync(database, cancellationToken);
        await SampleDatabase.LoadAsync(database, SampleData.Create(1), cancellationToken);
        await SampleDatabase.ExecuteAsync(database, "create schema sales; create table sales.orders (a int)", cancellationToken);

        await using var dataSource = NpgsqlDataSource.Create(SampleDatabase.ApiConnectionString(database));
        await using var command = dataSource.CreateCommand(sql);
        var exception = await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync(cancellationToken));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, exception.SqlState);
    }

    [Fact]
    public async Task Api_BeforeTheFirstPublication_SaysSoWithARemedy()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var database = await servers.CreateDatabaseAsync(cancellationToken);
        await SampleDatabase.MigrateAsync(database, cancellationToken);
        await using var server = new ApiServer(SampleDatabase.ApiConnectionString(database));
        foreach (var address in new[] { "/api/v1/metrics", "/api/v1/query?metrics=revenue", "/api/v1/explain?metrics=revenue" })
        {
            var (status, problem) = await server.GetAsync(address);
            Assert.Equal(503, status);
            Assert.Equal("urn:platform:problem:nothing-published", problem.GetProperty("type").GetString());
        }

        // Once published, it answers without a restart.
        await SampleDatabase.LoadAsync(database, SampleData.Create(1), cancellationToken);
        await SampleDatabase.PublishAsync(database, cancellationToken);
        Assert.NotEmpty(await server.RowsAsync("metrics=revenue"));
    }

    [Fact]
    public async Task Api_WithoutDatabase_Is503WithRetryAfter()
    {
        await using var server = new ApiServer("Host=127.0.0.1;Port=1;Database=none;Username=platform_api;Password=none;Timeout=2");
        foreach (var address in new[] { "/api/v1/metrics", "/api/v1/query?metrics=revenue", "/api/v1/freshness", "/api/v1/runs" })
        {
            using var response = await server.Client.GetAsync(new Uri(address, UriKind.Relative), TestContext.Current.CancellationToken);
            Assert.Equal(503, (int)response.StatusCode);
            Assert.NotNull(response.Headers.RetryAfter);
            Assert.Contains("warehouse-unavailable", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Query_LongerThanItMayTake_Is504AndNamesTheRemedy()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var database = await servers.CreateDatabaseAsync(cancellationToken);
        await SampleDatabase.MigrateAsync(database, cancellationToken);
        await SampleDatabase.LoadAsync(database, SampleData.Create(1), cancellationToken);
        await SampleDatabase.ExecuteAsync(
            database,
            """
            alter table analytics.fct_returns rename to fct_returns_rows;
            create view analytics.fct_returns as select r.* from analytics.fct_returns_rows r, pg_sleep(0.2) where r.return_id is not null;
            """,
            cancellationToken);
        await SampleDatabase.GrantAsync(database, cancellationToken);
        await SampleDatabase.PublishAsync(database, cancellationToken);
        await using var server = new ApiServer(SampleDatabase.ApiConnectionString(database), settings: new() { ["Query:StatementTimeout"] = "00:00:00.100" });

        var (status, problem) = await server.GetAsync("/api/v1/query?metrics=refunds");
        Assert.Equal(504, status);
        Assert.Contains("Query:StatementTimeout", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.NotEmpty(await server.RowsAsync("metrics=revenue"));
    }

    /// <summary>The catalogue is kept for as long as its publication: a lock that held it up is no fault of the mart.</summary>
    [Fact]
    public async Task Metric_OfAMartThatWasLockedWhileTheCatalogueWasRead_AnswersAfterwards()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var database = await servers.CreateDatabaseAsync(cancellationToken);
        await SampleDatabase.MigrateAsync(database, cancellationToken);
        await SampleDatabase.LoadAsync(database, SampleData.Create(1), cancellationToken);
        await SampleDatabase.PublishAsync(database, cancellationToken);
        await using var server = new ApiServer(SampleDatabase.ApiConnectionString(database));

        await using (var connection = await database.DataSource.OpenConnectionAsync(cancellationToken))
        await using (await connection.BeginTransactionAsync(cancellationToken))
        {
            await using var hold = new NpgsqlCommand("lock table analytics.fct_returns in access exclusive mode", connection);
            await hold.ExecuteNonQueryAsync(cancellationToken);
            var (status, _) = await server.GetAsync("/api/v1/metrics");
            Assert.Equal(504, status);
        }

        Assert.NotEmpty(await server.RowsAsync("metrics=refunds"));
    }

    [Fact]
    public async Task Metric_OfAMartThatDoesNotFit_IsRefusedAndTheOthersAnswer()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var database = await servers.CreateDatabaseAsync(cancellationToken);
        await SampleDatabase.MigrateAsync(database, cancellationToken);
        await SampleDatabase.LoadAsync(database, SampleData.Create(1), cancellationToken);
        await SampleDatabase.ExecuteAsync(database, "alter table analytics.fct_returns drop column refund_net_eur", cancellationToken);
        await SampleDatabase.PublishAsync(database, cancellationToken);
        await using var server = new ApiServer(SampleDatabase.ApiConnectionString(database));

        var (status, problem) = await server.GetAsync("/api/v1/query?metrics=refunds");
        Assert.Equal(400, status);
        Assert.Contains("refund_net_eur", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.NotEmpty(await server.RowsAsync("metrics=revenue"));
    }

    [Fact]
    public async Task Metric_ThatCannotBeRead_SaysWhyAndTheOthersAnswer()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var database = await servers.CreateDatabaseAsync(cancellationToken);
        await SampleDatabase.MigrateAsync(database, cancellationToken);
        await SampleDatabase.LoadAsync(database, SampleData.Create(1), cancellationToken);
        var manifest = await File.ReadAllTextAsync(Repository.Sample("semantic_manifest.json"), cancellationToken);
        await SampleDatabase.PublishAsync(
            database,
            cancellationToken,
            manifest.Replace("\"window_choice\": \"max\"", "\"window_choice\": \"max\", \"unknown\": 1", StringComparison.Ordinal)
                .Replace("\"agg\": \"average\"", "\"agg\": \"mode\"", StringComparison.Ordinal)
                .Replace("{{ Dimension('order__channel') }} = 'web'", "{{ Dimension('order__channel' }} = 'web'", StringComparison.Ordinal));
        await using var server = new ApiServer(SampleDatabase.ApiConnectionString(database));

        var (status, problem) = await server.GetAsync("/api/v1/query?metrics=web_revenue");
        Assert.Equal(400, status);
        Assert.Contains("filter at 31: Found the end, expected ')'", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        (status, problem) = await server.GetAsync("/api/v1/query?metrics=average_resolution_hours");
        Assert.Equal(400, status);
        Assert.Contains("'mode' is no aggregation", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.NotEmpty(await server.RowsAsync("metrics=revenue,stock_on_hand"));
    }

    [Fact]
    public async Task Catalogue_WithANameGivenTwice_Is503AndNamesIt()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var database = await servers.CreateDatabaseAsync(cancellationToken);
        await SampleDatabase.MigrateAsync(database, cancellationToken);
        await SampleDatabase.PublishAsync(
            database,
            cancellationToken,
            """
            {"metrics": [
              {"name": "a", "type": "conversion", "type_params": {}},
              {"name": "a", "type": "conversion", "type_params": {}}
            ]}
            """);
        await using var server = new ApiServer(SampleDatabase.ApiConnectionString(database));
        var (status, problem) = await server.GetAsync("/api/v1/metrics");
        Assert.Equal(503, status);
        Assert.Contains("metric 'a' is defined 2 times", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    private static async Task PublishAsync(TestDatabase database, int number, CancellationToken cancellationToken)
    {
        await SampleDatabase.ExecuteAsync(
            database,
            $"""
            create table candidate.fct_order_lines as
              select 'O' as order_id, 1 as line_number, 'P1' as product_id, date '2026-01-01' as order_date, 1 as quantity, {number}::numeric(18, 2) as net_amount_eur, 1.00 as unit_cost;
            create table candidate.fct_returns as
              select 'R' as return_id, 'O' as order_id, date '2026-01-01' as return_date, 'late' as reason, {number}::numeric(18, 2) as refund_net_eur;
            """,
            cancellationToken);

        var manifest = await File.ReadAllTextAsync(Repository.Sample("semantic_manifest.json"), cancellationToken);
        await using var connection = await database.DataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var swap = new NpgsqlCommand(
            $"""
            drop table analytics.fct_order_lines;
            alter table candidate.fct_order_lines set schema analytics;
            drop table analytics.fct_returns;
            alter table candidate.fct_returns set schema analytics;
            grant select on all tables in schema analytics to platform_api;
            insert into meta.invocation (invocation_id, started_at) values ('{Guid.NewGuid()}', now());
            update meta.publication set is_current = false where is_current;
            """,
            connection))
        {
            await swap.ExecuteNonQueryAsync(cancellationToken);
        }

        await using (var publish = new NpgsqlCommand(
            """
            insert into meta.publication (publication_id, published_at, invocation_id, semantic_manifest, manifest, is_current) overriding system value
            select $1, now(), (select invocation_id from meta.invocation limit 1), $2::jsonb, '{}', true
            """,
            connection))
        {
            publish.Parameters.AddWithValue((long)number);
            publish.Parameters.AddWithValue(manifest);
            await publish.ExecuteNonQueryAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }
}
