using System.Net;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;

namespace Platform.Worker.Operate.Api;

/// <summary>
/// Lets a request in when it carries an operator's key, or when it comes over loopback in Development without one, as admin. Keys are compared
/// in fixed time, all of them, so that the time of a refusal tells nothing about them.
/// </summary>
internal sealed class OperatorAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> schemeOptions,
    ILoggerFactory loggers,
    UrlEncoder encoder,
    IOptions<OperatorOptions> options,
    IHostEnvironment environment) : AuthenticationHandler<AuthenticationSchemeOptions>(schemeOptions, loggers, encoder)
{
    public const string SchemeName = "Operator";
    public const string Header = "X-Api-Key";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Request.Headers.TryGetValue(Header, out var sent))
        {
            OperatorKey? found = null;
            foreach (var key in Keys.Where(key => Same(key.Key, sent.ToString())))
            {
                found = key;
            }
            return Task.FromResult(found is not null
                ? Operator(found.Name, found.Role)
                : AuthenticateResult.Fail($"{Header} is no configured key (Operator:ApiKey, Operator:Keys)."));
        }
        return Task.FromResult(environment.IsDevelopment() && IsLoopback()
            ? Operator("loopback", OperatorRoles.Admin)
            : AuthenticateResult.Fail(Keys.Any()
                ? $"The header {Header} is missing."
                : $"No operator key is configured. Set Operator__ApiKey and send it as {Header}."));
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = StatusCodes.Status403Forbidden;
        var needed = Context.GetEndpoint()?.Metadata.GetOrderedMetadata<IAuthorizeData>().Select(authorize => authorize.Roles).LastOrDefault(roles => roles is not null);
        return Context.RequestServices.GetRequiredService<IProblemDetailsService>().WriteAsync(new()
        {
            HttpContext = Context,
            ProblemDetails =
            {
                Status = Response.StatusCode,
                Title = "Not allowed",
                Detail = $"'{Context.User.Identity?.Name}' is {Context.User.FindAll(ClaimTypes.Role).Last().Value}; this needs the role {needed}.",
            },
        }).AsTask();
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        var result = await HandleAuthenticateOnceSafeAsync();
        Response.StatusCode = StatusCodes.Status401Unauthorized;
        await Context.RequestServices.GetRequiredService<IProblemDetailsService>().WriteAsync(new()
        {
            HttpContext = Context,
            ProblemDetails = { Status = Response.StatusCode, Title = "Not authorised", Detail = result.Failure?.Message },
        });
    }

    private IEnumerable<OperatorKey> Keys => options.Value.ApiKey is { Length: > 0 } key
        ? options.Value.Keys.Prepend(new OperatorKey { Name = OperatorOptions.ApiKeyName, Role = OperatorRoles.Admin, Key = key })
        : options.Value.Keys;

    private AuthenticateResult Operator(string name, string role) => AuthenticateResult.Success(new AuthenticationTicket(
        new ClaimsPrincipal(new ClaimsIdentity(
            [new(ClaimTypes.Name, name), .. OperatorRoles.Including(role).Select(included => new Claim(ClaimTypes.Role, included))], Scheme.Name)),
        Scheme.Name));

    /// <summary>The connection is local, and so is the name it was made to (a page elsewhere could point a name of its own at this machine).</summary>
    private bool IsLoopback() =>
        Context.Connection.RemoteIpAddress is { } address
        && IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address)
        && IsLoopbackName(Request.Host.Host);

    private static bool IsLoopbackName(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    /// <summary>Hashed first, because the comparison's time may depend on the lengths.</summary>
    private static bool Same(string expected, string actual) => CryptographicOperations.FixedTimeEquals(
        SHA256.HashData(Encoding.UTF8.GetBytes(expected)), SHA256.HashData(Encoding.UTF8.GetBytes(actual)));
}
