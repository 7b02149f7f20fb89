using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;

namespace Platform.Api.Access;

/// <summary>What a reader is; each role includes those before it.</summary>
internal static class ReaderRoles
{
    /// <summary>Metrics and saved queries.</summary>
    public const string Viewer = "viewer";

    /// <summary>Tables of the marts and plans of queries as well.</summary>
    public const string Analyst = "analyst";

    public const string Operator = "operator";

    public const string Admin = "admin";

    /// <summary>From least to most.</summary>
    public static IReadOnlyList<string> All { get; } = [Viewer, Analyst, Operator, Admin];

    /// <summary>Whether the reader is of that role, or of one that includes it.</summary>
    public static bool Includes(ClaimsPrincipal reader, string role) => All.SkipWhile(one => one != role).Any(reader.IsInRole);

    /// <summary>Only for readers of that role, or of one that includes it.</summary>
    public static TBuilder For<TBuilder>(this TBuilder endpoints, string role) where TBuilder : IEndpointConventionBuilder =>
        endpoints.RequireAuthorization(new AuthorizeAttribute { Roles = string.Join(',', All.SkipWhile(one => one != role)) });
}
