using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Platform.Api.Tests.Sample;

namespace Platform.Api.Tests.Access;

/// <summary>Bearer tokens of an identity provider that runs beside the test: real keys, real discovery.</summary>
public sealed class TokenTests(SampleApi sample) : IClassFixture<SampleApi>
{
    private const string Audience = "api://platform";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Token_WithARoleThatIsGranted_ReadsWhatTheGrantSays()
    {
        await using var provider = await IdentityProvider.StartAsync();
        await using var server = Server(provider);

        Assert.Equal(HttpStatusCode.OK, await GetAsync(server, provider.Issue(["sales-readers"], ("region", "DACH")), "/api/v1/query?metrics=revenue"));
        var rows = await TextAsync(server, provider.Issue(["sales-readers"], ("region", "DACH")), "/api/v1/query?metrics=revenue&group_by=customer__region");
        Assert.Contains("DACH", rows, StringComparison.Ordinal);
        Assert.DoesNotContain("Nordics", rows, StringComparison.Ordinal);

        // Without the claim that names the rows there are none.
        var none = JsonDocument.Parse(await TextAsync(server, provider.Issue(["sales-readers"]), "/api/v1/query?metrics=revenue&group_by=customer__region"));
        Assert.Equal(0, none.RootElement.GetProperty("rows").GetArrayLength());
        Assert.Equal(HttpStatusCode.Forbidden, await GetAsync(server, provider.Issue(["sales-readers"], ("region", "DACH")), "/api/v1/explain?metrics=revenue"));
        Assert.Equal(HttpStatusCode.OK, await GetAsync(server, provider.Issue(["analysts"]), "/api/v1/explain?metrics=revenue"));
    }

    [Fact]
    public async Task Token_OfAnotherKind_IsRefused_WithThePlaceToGetOne()
    {
        await using var provider = await IdentityProvider.StartAsync();
        await using var other = await IdentityProvider.StartAsync();
        await using var server = Server(provider);
        string[] refused =
        [
            provider.Issue(["cleaners"]), provider.Issue(["analysts"], audience: "api://other"), provider.Issue(["analysts"], lifetime: TimeSpan.FromHours(-1)),
            other.Issue(["analysts"]), provider.Issue(["analysts"]) + "x", "nonsense", Unsigned(provider),
        ];
        foreach (var token in refused)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await GetAsync(server, token, "/api/v1/metrics"));
        }

        using var response = await server.Client.GetAsync(new Uri("/api/v1/metrics", UriKind.Relative), Token);
        Assert.Equal(["Bearer", "Basic"], response.Headers.WwwAuthenticate.Select(challenge => challenge.Scheme));
        Assert.Contains($"authorization_uri={provider.Address}", response.Headers.WwwAuthenticate.First().Parameter, StringComparison.Ordinal);
    }

    [Fact]
    public void Tokens_WithoutAudienceOrGrants_StopTheStart()
    {
        var exception = Assert.ThrowsAny<Exception>(() => new ApiServer("Host=127.0.0.1", settings: new() { ["Access:Tokens:Authority"] = "http://login.example.com" }));
        Assert.Contains("is no https address", exception.ToString(), StringComparison.Ordinal);
        Assert.Contains("Access:Tokens:Audience is empty", exception.ToString(), StringComparison.Ordinal);
        Assert.Contains("Access:Tokens:Grants is empty", exception.ToString(), StringComparison.Ordinal);
    }

    private static string Unsigned(IdentityProvider provider)
    {
        var parts = provider.Issue(["analysts"]).Split('.');
        return $"{Base64UrlEncoder.Encode("""{"alg":"none","typ":"JWT"}""")}.{parts[1]}.";
    }

    private ApiServer Server(IdentityProvider provider) => new(
        SampleDatabase.ApiConnectionString(sample.Database),
        environment: "Production",
        settings: new()
        {
            ["Access:Tokens:Authority"] = provider.Address,
            ["Access:Tokens:Audience"] = Audience,
            ["Access:Tokens:Grants:0:Holds"] = "analysts",
            ["Access:Tokens:Grants:0:Role"] = "analyst",
            ["Access:Tokens:Grants:1:Holds"] = "sales-readers",
            ["Access:Tokens:Grants:1:Metrics:0"] = "revenue",
            ["Access:Tokens:Grants:1:Rows:customer__region"] = "region",
        });

    private static async Task<HttpStatusCode> GetAsync(ApiServer server, string token, string address)
    {
        using var response = await SendAsync(server, token, address);
        return response.StatusCode;
    }

    private static async Task<string> TextAsync(ApiServer server, string token, string address)
    {
        using var response = await SendAsync(server, token, address);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsStringAsync(Token);
    }

    private static async Task<HttpResponseMessage> SendAsync(ApiServer server, string token, string address)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await server.Client.SendAsync(request, Token);
    }

    private sealed class IdentityProvider : IAsyncDisposable
    {
        private readonly WebApplication _app;
        private readonly RSA _rsa = RSA.Create(2048);
        private readonly string _keyId = Guid.NewGuid().ToString("N");

        private IdentityProvider(WebApplication app) => _app = app;

        public string Address { get; private set; } = "";

        public static async Task<IdentityProvider> StartAsync()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            var app = builder.Build();
            app.Urls.Add("http://127.0.0.1:0");
            var provider = new IdentityProvider(app);
            app.MapGet("/.well-known/openid-configuration", () => Results.Json(new { issuer = provider.Address, jwks_uri = $"{provider.Address}/keys" }));
            app.MapGet("/keys", () =>
            {
                var key = provider._rsa.ExportParameters(includePrivateParameters: false);
                return Results.Json(new
                {
                    keys = new[] { new { kty = "RSA", use = "sig", kid = provider._keyId, n = Base64UrlEncoder.Encode(key.Modulus), e = Base64UrlEncoder.Encode(key.Exponent) } },
                });
            });
            await app.StartAsync(Token);
            provider.Address = app.Urls.Single();
            return provider;
        }

        public string Issue(string[] roles, (string Name, string Value)? claim = null, string audience = Audience, TimeSpan? lifetime = null)
        {
            var claims = new Dictionary<string, object> { ["roles"] = roles, ["preferred_username"] = "ann@example.com" };
            if (claim is { } own)
            {
                claims[own.Name] = own.Value;
            }

            var expires = TimeProvider.System.GetUtcNow().UtcDateTime + (lifetime ?? TimeSpan.FromHours(1));
            return new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
            {
                Issuer = Address,
                Audience = audience,
                NotBefore = expires.AddHours(-2),
                IssuedAt = expires.AddHours(-2),
                Expires = expires,
                Claims = claims,
                SigningCredentials = new SigningCredentials(new RsaSecurityKey(_rsa) { KeyId = _keyId }, SecurityAlgorithms.RsaSha256),
            });
        }

        public async ValueTask DisposeAsync()
        {
            await _app.DisposeAsync();
            _rsa.Dispose();
        }
    }
}
