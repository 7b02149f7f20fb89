using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Platform.Worker.Access;

namespace Platform.Worker.Operate.Api;

/// <summary>Makes a key for a reader of the metrics API.</summary>
/// <param name="Name">Its holder, e.g. power-bi.</param>
/// <param name="Role">viewer (default), analyst, operator or admin.</param>
/// <param name="Domains">Domains whose metrics it may read. Default: all.</param>
/// <param name="Metrics">Metrics that it may read. Default: all of its domains.</param>
/// <param name="Rows">Dimension (customer__region) and the values whose rows it may read. Default: all rows.</param>
/// <param name="RequestsPerMinute">Requests that it may send in a minute. Default: what the Api allows every key.</param>
/// <param name="Days">Days until it expires, 1 to 3650. Default 365.</param>
internal sealed record KeyRequest(
    string Name,
    string Role = "viewer",
    IReadOnlyList<string>? Domains = null,
    IReadOnlyList<string>? Metrics = null,
    IReadOnlyDictionary<string, IReadOnlyList<string>>? Rows = null,
    int? RequestsPerMinute = null,
    [property: Range(1, 3650)] int Days = 365);

/// <summary>Gives a key a new secret.</summary>
/// <param name="OverlapHours">Hours that the former secret is still let in. Default 24.</param>
/// <param name="Days">Days until the new one expires, 1 to 3650. Default 365.</param>
internal sealed record RotateRequest([property: Range(0, 8760)] int OverlapHours = 24, [property: Range(1, 3650)] int Days = 365);

/// <summary>Keys, newest first.</summary>
internal sealed record KeyList(IReadOnlyList<AccessKey> Keys);

/// <summary>How many secrets were revoked.</summary>
internal sealed record Revoked(int Count);

/// <summary>Keys of readers of the metrics API, for admins; the same as the verbs <c>keys ...</c>.</summary>
internal static class KeysApi
{
    public static void MapKeys(this IEndpointRouteBuilder api)
    {
        var keys = api.MapGroup("/keys").For(OperatorRoles.Admin).WithTags("Keys");
        keys.MapGet("", async Task<Ok<KeyList>> (
                AccessKeys access, CancellationToken cancellationToken, [Description("Only keys of this name.")] string? name = null) =>
                TypedResults.Ok(new KeyList(await access.ListAsync(name, cancellationToken))))
            .WithSummary("The keys, newest first; of a secret there are the first characters only");
        keys.MapPost("", CreateAsync).WithSummary("Make a key; its secret is told this once");
        keys.MapPost("/{name}/rotate", RotateAsync).WithSummary("Make a new secret for a key; it is told this once");
        keys.MapPost("/{name}/revoke", async Task<Ok<Revoked>> (string name, AccessKeys access, HttpContext context, CancellationToken cancellationToken) =>
                TypedResults.Ok(new Revoked(await access.RevokeAsync(name, OperatorName.Of(context), cancellationToken))))
            .WithSummary("End a key at once, with all its secrets");
    }

    private static async Task<Ok<IssuedKey>> CreateAsync(
        [FromBody] KeyRequest request, AccessKeys access, HttpContext context, CancellationToken cancellationToken)
    {
        var grant = new KeyGrant(request.Name, request.Role)
        {
            Domains = request.Domains ?? [],
            Metrics = request.Metrics ?? [],
            Rows = request.Rows ?? new Dictionary<string, IReadOnlyList<string>>(),
            RequestsPerMinute = request.RequestsPerMinute,
        };
        var days = Math.Clamp(request.Days, 1, 3650);
        return TypedResults.Ok(await access.CreateAsync(grant, TimeSpan.FromDays(days), OperatorName.Of(context), cancellationToken));
    }

    private static async Task<Ok<IssuedKey>> RotateAsync(
        string name, [FromBody] RotateRequest request, AccessKeys access, HttpContext context, CancellationToken cancellationToken) =>
        TypedResults.Ok(await access.RotateAsync(
            name,
            TimeSpan.FromDays(Math.Clamp(request.Days, 1, 3650)),
            TimeSpan.FromHours(Math.Clamp(request.OverlapHours, 0, 8760)),
            OperatorName.Of(context),
            cancellationToken));
}
