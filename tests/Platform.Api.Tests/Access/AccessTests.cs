using System.Net.Http.Headers;
using System.Text;
using Platform.Api.Tests.Sample;

namespace Platform.Api.Tests.Access;

/// <summary>Who is let in.</summary>
public sealed class AccessTests(SampleApi sample) : IClassFixture<SampleApi>
{
    private const string Key = "a-key-of-more-than-16-characters";

    private static readonly string[] Addresses = ["/", "/api/v1/metrics", "/api/v1/query?metrics=revenue", "/api/v1/freshness", "/api/v1/runs", "/openapi/v1.json", "/scalar/", "/odata", "/odata/$metadata", "/odata/fct_orders", "/connect/platform.pbids"];

    [Fact]
    public async Task Production_WithoutKey_RefusesEverythingButHealth()
    {
        await using var server = Server("Production");
        foreach (var address in Addresses)
        {
            using var response = await SendAsync(server, address);
            Assert.True((int)response.StatusCode == 401, $"{address}: {response.StatusCode}");
            Assert.Equal("Basic", response.Headers.WwwAuthenticate.Single().Scheme);
        }

        using var alive = await SendAsync(server, "/alive");
        Assert.Equal(200, (int)alive.StatusCode);
    }

    [Fact]
    public async Task Production_WithKey_LetsInByHeaderAndBasic()
    {
        await using var server = Server("Production");
        foreach (var address in Addresses)
        {
            using var byHeader = await SendAsync(server, address, request => request.Headers.Add("X-Api-Key", Key));
            Assert.True((int)byHeader.StatusCode == 200, $"{address}: {byHeader.StatusCode}");
            using var byBasic = await SendAsync(server, address, request => request.Headers.Authorization = Basic($"anyone:{Key}"));
            Assert.True((int)byBasic.StatusCode == 200, $"{address}: {byBasic.StatusCode}");
        }
    }

    [Theory]
    [InlineData("Production")]
    [InlineData("Development")]
    public async Task WrongKey_IsRefusedEverywhere(string environment)
    {
        await using var server = Server(environment);
        foreach (var wrong in new[] { "", "x", Key[..^1], Key + "x", Key.ToUpperInvariant(), $"{Key},{Key}" })
        {
            using var response = await SendAsync(server, "/api/v1/metrics", request => request.Headers.TryAddWithoutValidation("X-Api-Key", wrong));
            Assert.Equal(401, (int)response.StatusCode);
        }

        foreach (var wrong in new[] { Basic($"{Key}:"), Basic(Key), Basic("a:b"), new AuthenticationHeaderValue("Basic", "?"), new AuthenticationHeaderValue("Basic") })
        {
            using var response = await SendAsync(server, "/api/v1/metrics", request => request.Headers.Authorization = wrong);
            Assert.Equal(401, (int)response.StatusCode);
        }
    }

    [Theory]
    [InlineData("X-Forwarded-For", "203.0.113.9")]
    [InlineData("Forwarded", "for=203.0.113.9")]
    [InlineData("Host", "evil.example")]
    public async Task Development_ByWayOfAnother_NeedsAKey(string header, string value)
    {
        await using var server = Server("Development");
        using var direct = await SendAsync(server, "/api/v1/metrics");
        Assert.Equal(200, (int)direct.StatusCode);
        using var response = await SendAsync(server, "/api/v1/metrics", request => request.Headers.TryAddWithoutValidation(header, value));
        Assert.Equal(401, (int)response.StatusCode);
    }

    [Theory]
    [InlineData("/", 200)]
    [InlineData("/api/v1/metrics", 200)]
    [InlineData("/api/v1/query?metrics=nothing", 400)]
    [InlineData("/nowhere", 404)]
    public async Task EveryAnswer_AlsoOfAFault_TellsBrowsersToLoadNothingFromElsewhere(string address, int status)
    {
        await using var server = Server("Development");
        using var response = await SendAsync(server, address);
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.StartsWith("default-src 'none'", response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public void ShortKey_StopsTheStart()
    {
        var exception = Assert.ThrowsAny<Exception>(() => new ApiServer("Host=127.0.0.1", settings: new()
        {
            ["Access:ApiKeys:0:Name"] = "short",
            ["Access:ApiKeys:0:Key"] = "short",
        }));
        Assert.Contains("Access:ApiKeys:0:Key has 5 characters", exception.ToString(), StringComparison.Ordinal);
    }

    private ApiServer Server(string environment) => new(
        SampleDatabase.ApiConnectionString(sample.Database),
        environment: environment,
        settings: new() { ["Access:ApiKeys:0:Name"] = "test", ["Access:ApiKeys:0:Key"] = Key });

    private static AuthenticationHeaderValue Basic(string pair) => new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(pair)));

    private static async Task<HttpResponseMessage> SendAsync(ApiServer server, string address, Action<HttpRequestMessage>? change = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        change?.Invoke(request);
        return await server.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
