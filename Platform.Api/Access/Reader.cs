using System.Globalization;
using System.Security.Claims;

namespace Platform.Api.Access;

/// <summary>Who was let in, as a principal: a name, a role, what it may see, and how often it may ask.</summary>
internal static class Reader
{
    public const string RateClaim = "platform:requests_per_minute";

    public static ClaimsPrincipal Create(string scheme, string name, string role, IEnumerable<Claim> policy, int? requestsPerMinute)
    {
        List<Claim> claims = [new(ClaimTypes.Name, name), new(ClaimTypes.Role, role), .. policy];
        if (requestsPerMinute is { } rate)
        {
            claims.Add(new Claim(RateClaim, rate.ToString(CultureInfo.InvariantCulture)));
        }

        return new ClaimsPrincipal(new ClaimsIdentity(claims, scheme));
    }

    /// <summary>Requests that it may send in a minute; null for what everyone may, 0 for any number.</summary>
    public static int? RequestsPerMinute(ClaimsPrincipal reader) =>
        int.TryParse(reader.FindFirst(RateClaim)?.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var rate) ? rate : null;
}
