using System.Net;
using System.Net.Http.Headers;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Platform.Api.Access;

/// <summary>Lets in who shows a key, and in Development who comes from this machine.</summary>
internal sealed class ApiKeyHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    IOptions<AccessOptions> access,
    IOptions<EntraChallengeOptions> entra,
    IHostEnvironment environment)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "ApiKey";

    public const string Header = "X-Api-Key";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (ShownKey() is { } shown)
        {
            return Task.FromResult(Holder(shown) is { } holder ? Success(holder) : AuthenticateResult.Fail("The key is not known."));
        }

        return Task.FromResult(environment.IsDevelopment() && IsFromThisMachine() ? Success("development") : AuthenticateResult.NoResult());
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        // Basic makes a browser ask for the key; Bearer tells Power Query where to sign in, and it reads the first challenge.
        const string basic = "Basic realm=\"Platform\", charset=\"UTF-8\"";
        Response.Headers.WWWAuthenticate = entra.Value.AuthorizationUri is { Length: > 0 } address
            ? new Microsoft.Extensions.Primitives.StringValues([$"Bearer authorization_uri={address}", basic])
            : basic;
        await Results.Problem(
            statusCode: StatusCodes.Status401Unauthorized,
            type: "urn:platform:problem:credential-missing",
            title: "A key is needed",
            detail: ShownKey() is null
                ? $"Send an API key in the header {Header}, or as the password of HTTP Basic. Keys are configured in Access:ApiKeys."
                : "The key that was sent is not known. Keys are configured in Access:ApiKeys.").ExecuteAsync(Context);
    }

    private string? ShownKey()
    {
        if (Request.Headers[Header] is { Count: > 0 } values)
        {
            return values.ToString();
        }

        if (!AuthenticationHeaderValue.TryParse(Request.Headers.Authorization, out var authorization)
            || !authorization.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        // user:password; only the password counts. What is not Base64 is a key that nobody has.
        var buffer = new byte[authorization.Parameter?.Length ?? 0];
        return Convert.TryFromBase64String(authorization.Parameter ?? "", buffer, out var length)
            && Encoding.UTF8.GetString(buffer, 0, length) is var pair
            && pair.IndexOf(':', StringComparison.Ordinal) is >= 0 and var colon
                ? pair[(colon + 1)..]
                : "";
    }

    /// <summary>The key's holder. Every key is compared, and in a time that does not tell how much of one was right.</summary>
    private string? Holder(string shown)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(shown));
        string? holder = null;
        foreach (var key in access.Value.ApiKeys)
        {
            if (CryptographicOperations.FixedTimeEquals(hash, SHA256.HashData(Encoding.UTF8.GetBytes(key.Key))))
            {
                holder = key.Name;
            }
        }

        return holder;
    }

    /// <summary>
    /// From loopback, not passed on by a proxy, and asked for by a loopback name: a page elsewhere that resolves its own name to 127.0.0.1
    /// is not this machine's.
    /// </summary>
    private bool IsFromThisMachine() =>
        Context.Connection.RemoteIpAddress is { } address
        && IPAddress.IsLoopback(address)
        && !Request.Headers.ContainsKey("X-Forwarded-For")
        && !Request.Headers.ContainsKey("Forwarded")
        && (Request.Host.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || Request.Host.Host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(Request.Host.Host.Trim('[', ']'), out var host) && IPAddress.IsLoopback(host)));

    private static AuthenticateResult Success(string holder) => AuthenticateResult.Success(new AuthenticationTicket(
        new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, holder)], SchemeName)), SchemeName));
}
