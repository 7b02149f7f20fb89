using System.Net;
using System.Net.Http.Headers;
using System.Security.Claims;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Platform.Api.Access;

/// <summary>Lets in who shows a key, and in Development who comes from this machine.</summary>
internal sealed class ApiKeyHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    IOptions<AccessOptions> access,
    KeyLookup keys,
    IHostEnvironment environment)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "ApiKey";

    public const string Header = "X-Api-Key";

    private static readonly ClaimsPrincipal Developer = Reader.Create(SchemeName, "development", ReaderRoles.Admin, [], requestsPerMinute: 0);

    private const string Basic = "Basic realm=\"Platform\", charset=\"UTF-8\"";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (ShownKey() is { } shown)
        {
            return await keys.FindAsync(shown, Context.RequestAborted) is { } reader ? Success(reader) : AuthenticateResult.Fail("The key is not known.");
        }

        return environment.IsDevelopment() && IsFromThisMachine()
            ? Success(Developer)
            : AuthenticateResult.NoResult();
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties) => RefuseAsync(
        Context,
        access.Value.Tokens,
        ShownKey() is null
            ? $"Send an API key in the header {Header}, or as the password of HTTP Basic. An operator makes one with 'keys create'."
            : "The key that was sent is not known, or no more. An operator makes one with 'keys create'.");

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) => Results.Problem(
        statusCode: StatusCodes.Status403Forbidden,
        type: "urn:platform:problem:not-allowed",
        title: "Not allowed",
        detail: $"The key '{Context.User.Identity?.Name}' has not the role that this needs; a {ReaderRoles.Viewer} reads metrics and saved queries, an " +
            $"{ReaderRoles.Analyst} tables and plans as well.").ExecuteAsync(Context);

    /// <summary>Tells a caller who is not let in what to show.</summary>
    public static Task RefuseAsync(HttpContext context, TokenOptions tokens, string why)
    {
        // Basic makes a browser ask for the key; Bearer tells Power Query where to sign in, and it reads the first challenge.
        context.Response.Headers.WWWAuthenticate = tokens.IsOn || tokens.AuthorizationUri.Length > 0
            ? new StringValues([$"Bearer authorization_uri={(tokens.AuthorizationUri.Length > 0 ? tokens.AuthorizationUri : tokens.Authority)}", Basic])
            : Basic;
        return Results.Problem(
            statusCode: StatusCodes.Status401Unauthorized,
            type: "urn:platform:problem:credential-missing",
            title: "A key is needed",
            detail: why).ExecuteAsync(context);
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

    private static AuthenticateResult Success(ClaimsPrincipal reader) => AuthenticateResult.Success(new AuthenticationTicket(reader, SchemeName));
}
