using System.Security.Claims;

namespace Platform.Api.Access;

/// <summary>What of a caller decides which rows and numbers an answer has. Answers are shared only between callers who are equal in it.</summary>
internal static class CallerPolicy
{
    /// <summary>A claim with one restriction of the caller.</summary>
    public const string ClaimType = "platform:policy";

    /// <summary>The caller's restrictions as one text, the same in whichever order they were granted; empty without any.</summary>
    public static string Of(ClaimsPrincipal caller) => !caller.HasClaim(claim => claim.Type == ClaimType)
        ? ""
        : string.Join('\n', caller.FindAll(ClaimType).Select(claim => claim.Value).Distinct().Order(StringComparer.Ordinal));
}
