using System.Diagnostics;
using System.IO.Compression;
using System.Net;
using System.Security.Claims;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Caching.Memory;
using Npgsql;
using Platform.Api.Access;
using Platform.Api.Tests.Sample;
using Platform.Metrics.Query;

namespace Platform.Api.Tests.Metrics;

/// <summary>What is sent again, what is not, and what is never mixed.</summary>
public sealed class AnswerCachingTests(SampleApi sample) : IClassFixture<SampleApi>
{
    private const string Address = "/api/v1/query?metrics=revenue&group_by=order__channel";

    [Fact]
    public async Task UnchangedAnswer_Is304ByETagAndByDate()
    {
        using var first = await SendAsync(sample.Server, Address);
        var tag = first.Headers.ETag!;
        Assert.False(tag.IsWeak);
        Assert.NotNull(first.Content.Headers.LastModified);

        using var byTag = await SendAsync(sample.Server, Address, request => request.Headers.IfNoneMatch.Add(tag));
        Assert.Equal(HttpStatusCode.NotModified, byTag.StatusCode);
        Assert.Equal(tag, byTag.Headers.ETag);
        using var byDate = await SendAsync(sample.Server, Address, request => request.Headers.IfModifiedSince = first.Content.Headers.LastModified);
        Assert.Equal(HttpStatusCode.NotModified, byDate.StatusCode);
        using var older = await SendAsync(sample.Server, Address, request => request.Headers.IfModifiedSince = first.Content.Headers.LastModified!.Value.AddSeconds(-1));
        Assert.Equal(HttpStatusCode.OK, older.StatusCode);
    }

    [Fact]
    public async Task ETag_DiffersByQueryFormatAndEncoding()
    {
        var tags = new HashSet<string>();
        foreach (var (address, encoding) in new[]
        {
            (Address, ""), (Address, "br"), (Address, "gzip"), ($"{Address}&format=csv", ""), ($"{Address}&format=csv&csv_safe=true", ""),
            ($"{Address}&format=records", ""), ($"{Address}&limit=2", ""), ($"{Address}&page_size=2", ""), ($"{Address}&where=order__channel <> 'x'", ""),
        })
        {
            using var response = await SendAsync(sample.Server, address, request =>
            {
                if (encoding.Length > 0)
                {
                    request.Headers.AcceptEncoding.ParseAdd(encoding);
                }
            });
            Assert.Equal(encoding.Length == 0 ? [] : [encoding], response.Content.Headers.ContentEncoding);
            Assert.True(tags.Add(response.Headers.ETag!.Tag), $"{address} {encoding} has the tag of another.");
        }

        using var spaced = await SendAsync(sample.Server, "/api/v1/query?metrics= revenue &group_by=order__channel,&start=");
        Assert.Contains(spaced.Headers.ETag!.Tag, tags);
    }

    [Theory]
    [InlineData("br")]
    [InlineData("gzip")]
    public async Task CompressedAnswer_IsTheSame(string encoding)
    {
        using var plain = await SendAsync(sample.Server, Address);
        using var packed = await SendAsync(sample.Server, Address, request => request.Headers.AcceptEncoding.ParseAdd(encoding));
        await using var body = await packed.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        await using Stream unpacked = encoding == "br" ? new BrotliStream(body, CompressionMode.Decompress) : new GZipStream(body, CompressionMode.Decompress);
        using var reader = new StreamReader(unpacked, Encoding.UTF8);
        Assert.Equal(await plain.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), await reader.ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>What is kept is of one publication: the next one is answered from the database, under another tag.</summary>
    [Fact]
    public async Task Publish_ChangesAnswerAndTag()
    {
        await using var database = await SampleWorld.CreateAsync(sample);
        await using var server = new ApiServer(SampleDatabase.ApiConnectionString(database), settings: new() { ["Query:PublicationAge"] = "00:00:00" });
        using var before = await SendAsync(server, "/api/v1/query?metrics=order_count");
        await SampleDatabase.ExecuteAsync(database, "delete from analytics.fct_orders where order_id <> 'O1'", TestContext.Current.CancellationToken);

        using var kept = await SendAsync(server, "/api/v1/query?metrics=order_count");
        Assert.Equal(await before.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), await kept.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

        await SampleDatabase.PublishAsync(database, TestContext.Current.CancellationToken);
        using var after = await SendAsync(server, "/api/v1/query?metrics=order_count", request => request.Headers.IfNoneMatch.Add(before.Headers.ETag!));
        Assert.Equal(HttpStatusCode.OK, after.StatusCode);
        using var answer = JsonDocument.Parse(await after.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(1, answer.RootElement.GetProperty("rows")[0][0].GetInt32());
    }

    /// <summary>Many ask the same at once: the database computes it once, for 0.3 seconds. Npgsql tells what it runs.</summary>
    [Fact]
    public async Task SameQuestionAtOnce_RunsOneQuery()
    {
        await using var database = await SampleWorld.CreateAsync(sample);
        await SampleDatabase.ExecuteAsync(
            database,
            """
            alter table analytics.fct_tickets rename to fct_tickets_rows;
            create view analytics.fct_tickets as select t.* from (select pg_sleep(0.3) is null as never offset 0) r, analytics.fct_tickets_rows t where not r.never;
            """,
            TestContext.Current.CancellationToken);
        await SampleDatabase.GrantAsync(database, TestContext.Current.CancellationToken);
        await using var server = new ApiServer(SampleDatabase.ApiConnectionString(database));
        Assert.NotEmpty(await server.RowsAsync("metrics=revenue"));

        var name = new NpgsqlConnectionStringBuilder(database.ConnectionString).Database;
        var runs = 0;
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Npgsql",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                if (activity.TagObjects.Any(tag => tag.Value is string text && text.Contains("fct_tickets", StringComparison.Ordinal) && !text.Contains("lock table", StringComparison.Ordinal))
                    && activity.TagObjects.Any(tag => tag.Value as string == name))
                {
                    Interlocked.Increment(ref runs);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        var answers = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => server.GetAsync("/api/v1/query?metrics=tickets_opened")));
        Assert.All(answers, answer => Assert.Equal(200, answer.Status));
        Assert.Single(answers.Select(answer => answer.Body.ToString()).Distinct());
        Assert.Equal(1, runs);
    }

    [Fact]
    public async Task KeptAnswers_StayBelowTheirMemory()
    {
        await using var server = new ApiServer(SampleDatabase.ApiConnectionString(sample.Database), settings: new() { ["Query:CacheBytes"] = "20000" });
        for (var limit = 1; limit <= 200; limit++)
        {
            Assert.NotEmpty(await server.RowsAsync($"metrics=revenue&grain=day&limit={limit}"));
        }

        var memory = (MemoryCache)server.Service<IMemoryCache>();
        Assert.InRange(memory.Count, 1, 30);
    }

    [Fact]
    public async Task Pages_PutTogether_AreTheWholeAnswer()
    {
        const string query = "metrics=revenue,order_count&group_by=metric_time__day,customer__region&order_by=-revenue";
        var whole = await sample.Server.RowsAsync($"{query}&limit=100");
        var (rows, pages, cursor) = (new List<string>(), 0, "");
        do
        {
            var (status, page) = await sample.Server.GetAsync($"/api/v1/query?{query}&limit=100&page_size=7&cursor={cursor}");
            Assert.True(status == 200, page.ToString());
            rows.AddRange(page.GetProperty("rows").EnumerateArray().Select(row => row.GetRawText()));
            cursor = page.GetProperty("next_cursor").GetString();
            pages++;
        }
        while (cursor is not null);

        Assert.Equal(15, pages);
        Assert.Equal(whole.Length, rows.Count);
        var (_, expected) = await sample.Server.GetAsync($"/api/v1/query?{query}&limit=100");
        Assert.Equal(expected.GetProperty("rows").EnumerateArray().Select(row => row.GetRawText()), rows);
    }

    [Fact]
    public async Task Page_OfCsv_LinksTheNextOne()
    {
        var address = "/api/v1/query?metrics=revenue&grain=day&page_size=50&format=csv";
        var lines = new List<string>();
        while (address is not null)
        {
            using var response = await SendAsync(sample.Server, address);
            lines.AddRange((await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Split('\n')[1..^1]);
            address = response.Headers.TryGetValues("Link", out var links) ? links.Single().Split('<', '>')[1] : null;
        }

        Assert.Equal((await sample.Server.RowsAsync("metrics=revenue&grain=day")).Length, lines.Count);
    }

    [Fact]
    public async Task Cursor_OfAnotherPublicationOrQuery_IsRefused()
    {
        await using var database = await SampleWorld.CreateAsync(sample);
        await using var server = new ApiServer(SampleDatabase.ApiConnectionString(database), settings: new() { ["Query:PublicationAge"] = "00:00:00" });
        var (_, page) = await server.GetAsync("/api/v1/query?metrics=revenue&grain=day&page_size=5");
        var cursor = page.GetProperty("next_cursor").GetString();
        var (status, problem) = await server.GetAsync($"/api/v1/query?metrics=order_count&grain=day&page_size=5&cursor={cursor}");
        Assert.Equal((400, "cursor"), (status, problem.GetProperty("parameter").GetString()));

        await SampleDatabase.PublishAsync(database, TestContext.Current.CancellationToken);
        (status, problem) = await server.GetAsync($"/api/v1/query?metrics=revenue&grain=day&page_size=5&cursor={cursor}");
        Assert.Equal((410, "urn:platform:problem:cursor-expired"), (status, problem.GetProperty("type").GetString()));
    }

    [Fact]
    public async Task LongAnswer_IsStreamedWhole()
    {
        const string query = "metrics=order_count&group_by=order__ordered_at,order";
        await using var server = new ApiServer(SampleDatabase.ApiConnectionString(sample.Database), settings: new() { ["Query:DefaultRows"] = "10" });
        var (status, answer) = await server.GetAsync($"/api/v1/query?{query}&limit=1000000");
        Assert.Equal(200, status);
        Assert.Equal(sample.Data.Orders.Count, answer.GetProperty("rows").GetArrayLength());
        using var csv = await SendAsync(server, $"/api/v1/query?{query}&limit=1000000&format=csv");
        Assert.NotNull(csv.Headers.ETag);
        Assert.Equal(sample.Data.Orders.Count + 2, (await csv.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Split('\n').Length);
    }

    [Fact]
    public async Task CsvSafe_KeepsSpreadsheetsFromTakingTextsForFormulas()
    {
        await using var database = await SampleWorld.CreateAsync(sample);
        await SampleDatabase.ExecuteAsync(
            database, """update analytics.fct_orders set channel = (array['=1+1', '-x', '@cmd', '+"a",b', 'web'])[1 + length(order_id) % 5]""", TestContext.Current.CancellationToken);
        await using var server = new ApiServer(SampleDatabase.ApiConnectionString(database));
        using var response = await SendAsync(server, "/api/v1/query?metrics=order_count&group_by=order__channel&format=csv&csv_safe=true");
        var lines = (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Split('\n');
        Assert.DoesNotContain(lines, line => line.Length > 0 && "=+-@".Contains(line[0], StringComparison.Ordinal));
        using var plain = await SendAsync(server, "/api/v1/query?metrics=order_count&group_by=order__channel&format=csv");
        Assert.Contains((await plain.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Split('\n'), line => line.Length > 0 && "=+-@\"".Contains(line[0], StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("text/csv", "text/csv")]
    [InlineData("application/json, text/csv;q=0.5", "application/json")]
    [InlineData("text/csv;q=0.5, application/vnd.apache.arrow.stream", "application/vnd.apache.arrow.stream")]
    [InlineData("application/vnd.apache.parquet", "application/vnd.apache.parquet")]
    [InlineData("text/html, application/xhtml+xml, */*;q=0.8", "application/json")]
    [InlineData("text/*", "text/csv")]
    public async Task Accept_ChoosesTheFormat(string accept, string expected)
    {
        using var response = await SendAsync(sample.Server, Address, request => request.Headers.Accept.ParseAdd(accept));
        Assert.Equal(expected, response.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task Accept_OfNothingOffered_Is406WithWhatThereIs()
    {
        using var response = await SendAsync(sample.Server, Address, request => request.Headers.Accept.ParseAdd("image/png"));
        Assert.Equal(406, (int)response.StatusCode);
        Assert.Contains("text/csv", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task BadRequest_OfAReaderThatWantsCsv_IsStillToldWhatIsWrong()
    {
        using var response = await SendAsync(sample.Server, "/api/v1/query?metrics=revnue", request => request.Headers.Accept.ParseAdd("text/csv"));
        Assert.Equal(400, (int)response.StatusCode);
        Assert.Contains("did_you_mean", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public void ReaderPolicy_IsOneTextWhateverTheOrder()
    {
        Assert.Equal("", new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, "x")])).Policy().Key);
        Assert.Equal(Key("a", "b"), Key("b", "a", "a"));
        Assert.NotEqual(Key("a"), Key("b"));

        static string Key(params string[] values) => new ClaimsPrincipal(new ClaimsIdentity(
            ReaderClaims.Of(values, [], [new RowRule("customer__region", [.. values])]))).Policy().Key;
    }

    private static async Task<HttpResponseMessage> SendAsync(ApiServer server, string address, Action<HttpRequestMessage>? change = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        change?.Invoke(request);
        return await server.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
