using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Platform.Testing;
using Platform.Worker.Tests.Loading.Quarantine;
using Platform.Worker.Tests.Pipeline;

namespace Platform.Worker.Tests.Operate;

public sealed class QuarantineApiTests(EmbeddedServers servers)
{
    private const string Path = "/api/v1/quarantine";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Workflow_ExportCorrectFixReplayDiscard_LeavesNothingOpen()
    {
        await using var worker = await QuarantineWorker.StartAsync(servers);

        Assert.Equal(
            ["range 1 1200.00 EUR", "length 1 7.50 EUR", "type 1 - EUR"],
            (await worker.GetAsync("")).GetProperty("groups").EnumerateArray().Select(group =>
                $"{group.GetProperty("rule")} {group.GetProperty("rows")} {(group.GetProperty("amount") is { ValueKind: JsonValueKind.Number } amount ? amount : "-")} {group.GetProperty("currency")}"));
        var total = (await worker.GetAsync("/totals")).GetProperty("totals").EnumerateArray().Single();
        Assert.Equal(
            "shop items 3 2026-01-31 2026-01-31 price 1207.50 EUR", string.Join(' ', total.EnumerateObject().Select(value => value.Value)));
        var first = (await worker.GetAsync("/rows?dataset=items&limit=1")).GetProperty("rows").EnumerateArray().Single();
        var id = first.GetProperty("id").GetInt64();
        Assert.Equal(2, (await worker.GetAsync($"/rows?dataset=items&after={id}")).GetProperty("rows").GetArrayLength());

        using var export = await worker.Http.GetAsync($"{Path}/export?dataset=items", Token);
        Assert.Equal("text/csv", export.Content.Headers.ContentType?.MediaType);
        var csv = await export.Content.ReadAsStringAsync(Token);
        var corrected = csv.Replace(",B1,Butter,x,EUR,", ",B1,Butter,2.00,EUR,", StringComparison.Ordinal);
        var fix = await worker.SendAsync($"/fix?why=as%20said", new StringContent(corrected, Encoding.UTF8, "text/csv"));
        Assert.Equal("""{"fixed":1,"unchanged":2}""", fix.ToString());
        var one = await worker.PostAsync($"/rows/{await worker.Desk.IdAsync("items", 4)}/fix", new { values = new { name = "Bread" }, why = "as said" });
        Assert.Equal("""{"fixed":1,"unchanged":0}""", one.ToString());

        var replay = await worker.PostAsync("/replay", new { rows = new { dataset = "items" }, why = "corrected" });
        Assert.Equal((2, 1), (replay.GetProperty("replayed").GetInt32(), replay.GetProperty("rejected").GetInt32()));
        Assert.Equal("range", replay.GetProperty("reasons")[0].GetProperty("rule").GetString());
        var discard = await worker.PostAsync("/discard", new { rows = new { all = true }, why = "a test row" });
        Assert.Equal("""{"discarded":1,"loaded_dates":[]}""", discard.ToString());

        Assert.Equal(0, (await worker.GetAsync("")).GetProperty("groups").GetArrayLength());
        Assert.Equal(["items|4|3|1|2|1", "reviews|0|0|0|0|0"], await worker.Desk.CountsAsync());
        var row = await worker.GetAsync($"/rows/{id}");
        Assert.Equal(
            ["fixed api:loopback as said", "replayed api:loopback corrected"],
            row.GetProperty("actions").EnumerateArray().Select(action => $"{action.GetProperty("outcome")} {action.GetProperty("by")} {action.GetProperty("why")}"));
    }

    [Theory]
    [InlineData("replay", """{"rows":{},"why":"so"}""", HttpStatusCode.UnprocessableEntity, "Say which rows")]
    [InlineData("discard", """{"rows":{"dataset":"items"},"why":" "}""", HttpStatusCode.UnprocessableEntity, "'why' is empty")]
    [InlineData("discard", """{"rows":{"states":["lost"],"all":true},"why":"so"}""", HttpStatusCode.UnprocessableEntity, "'lost' is no state of a row")]
    [InlineData("discard", """{"rows":{"all":true}}""", HttpStatusCode.BadRequest, "why")]
    [InlineData("replay", "{", HttpStatusCode.BadRequest, "JSON")]
    [InlineData("rows/ID/fix", """{"values":{"price":"y"},"why":"so"}""", HttpStatusCode.UnprocessableEntity, "price is 'y'; expected a number")]
    [InlineData("fix?why=so", "id,price\n1,2\n", HttpStatusCode.UnprocessableEntity, "has no column _quarantine_id")]
    public async Task Post_WhatCannotBeDone_SaysWhyAndChangesNothing(string path, string body, HttpStatusCode expected, string reason)
    {
        await using var worker = await QuarantineWorker.StartAsync(servers);
        path = path.Replace("ID", $"{await worker.Desk.IdAsync("items", 3)}", StringComparison.Ordinal);

        using var response = await worker.Http.PostAsync(
            $"{Path}/{path}", new StringContent(body, Encoding.UTF8, path.StartsWith("fix", StringComparison.Ordinal) ? "text/csv" : "application/json"), Token);

        Assert.Equal(expected, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>(Token);
        Assert.Contains(reason, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Empty(await worker.Desk.Shop.QueryAsync("select * from meta.quarantine_action"));
    }

    [Theory]
    [InlineData("/rows/999", HttpStatusCode.NotFound, "no quarantined row 999")]
    [InlineData("?state=lost", HttpStatusCode.UnprocessableEntity, "'lost' is no state")]
    [InlineData("/export?dataset=nothing", HttpStatusCode.UnprocessableEntity, "No quarantined row is meant by dataset nothing")]
    [InlineData("?from=31.01.2026", HttpStatusCode.BadRequest, "from")]
    public async Task Get_WhatIsNotThere_SaysSo(string path, HttpStatusCode expected, string reason)
    {
        await using var worker = await QuarantineWorker.StartAsync(servers);

        using var response = await worker.Http.GetAsync($"{Path}{path}", Token);

        Assert.Equal(expected, response.StatusCode);
        Assert.Contains(reason, await response.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "")]
    [InlineData("GET", "/totals")]
    [InlineData("GET", "/rows")]
    [InlineData("GET", "/rows/1")]
    [InlineData("GET", "/export?dataset=items")]
    [InlineData("POST", "/rows/1/fix")]
    [InlineData("POST", "/fix?why=so")]
    [InlineData("POST", "/replay")]
    [InlineData("POST", "/discard")]
    public async Task AnyRequest_WithoutCredential_IsRefused(string method, string path)
    {
        await using var worker = await QuarantineWorker.StartAsync(servers, environment: "Production", ("Operator:ApiKey", "key"));
        foreach (var sent in (string?[])[null, "wrong"])
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), $"{Path}{path}");
            if (sent is not null)
            {
                request.Headers.Add("X-Api-Key", sent);
            }

            using var response = await worker.Http.SendAsync(request, Token);

            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        }
    }

    [Fact]
    public async Task Discard_WithTheKey_IsLoggedAsDoneWithIt()
    {
        await using var worker = await QuarantineWorker.StartAsync(servers, environment: "Production", ("Operator:ApiKey", "key"));
        worker.Http.DefaultRequestHeaders.Add("X-Api-Key", "key");

        await worker.PostAsync("/discard", new { rows = new { rule = "type" }, why = "so" });

        Assert.Equal(["discard|api:api-key|so|1"], await worker.Desk.Shop.QueryAsync("select action, acted_by, why, rows from meta.quarantine_action"));
    }

    /// <summary>A Worker over a shop with three bad rows.</summary>
    private sealed class QuarantineWorker(QuarantineDesk desk, TestPipeline pipeline, TestWorker worker) : IAsyncDisposable
    {
        public QuarantineDesk Desk => desk;

        public HttpClient Http => worker.Http;

        public static async Task<QuarantineWorker> StartAsync(
            EmbeddedServers servers, string environment = "Development", params (string Key, string Value)[] settings)
        {
            var desk = await QuarantineDesk.OpenAsync(servers);
            await desk.LandAndLoadAsync(
                ["A1,Apple,10.00,EUR,1,2026-01-31,v1", "B1,Butter,x,EUR,2,2026-01-31,", "B2,B,7.50,EUR,2,2026-01-31,", "B3,Bread,1200.00,EUR,2,2026-01-31,"]);
            var pipeline = await TestPipeline.CreateAsync(servers);
            var worker = await TestWorker.StartAsync(
                pipeline, environment: environment,
                settings: [("ConnectionStrings:warehouse", desk.Shop.Database.ConnectionString), ("Sources:Directories:0", desk.ContractFolder), .. settings]);
            await worker.SchedulerAsync();
            return new QuarantineWorker(desk, pipeline, worker);
        }

        public Task<JsonElement> GetAsync(string path) => Http.GetFromJsonAsync<JsonElement>($"{Path}{path}", Token);

        public Task<JsonElement> PostAsync<T>(string path, T body) => SendAsync(path, JsonContent.Create(body));

        public async Task<JsonElement> SendAsync(string path, HttpContent body)
        {
            using var response = await Http.PostAsync($"{Path}{path}", body, Token);
            var answer = await response.Content.ReadFromJsonAsync<JsonElement>(Token);
            Assert.True(response.StatusCode is HttpStatusCode.OK, answer.ToString());
            return answer;
        }

        public async ValueTask DisposeAsync()
        {
            await worker.DisposeAsync();
            await pipeline.DisposeAsync();
            await desk.DisposeAsync();
        }
    }
}
