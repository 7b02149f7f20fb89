using System.Security.Claims;
using System.Text.Json;
using Platform.Metrics.Query;

namespace Platform.Api.Access;

/// <summary>A reader's policy as claims of the reader.</summary>
internal static class ReaderClaims
{
    public const string Domain = "platform:domain";
    public const string Metric = "platform:metric";
    public const string Rows = "platform:rows";

    /// <summary>What the reader may see: everything without such a claim.</summary>
    public static ReaderPolicy Policy(this ClaimsPrincipal reader) =>
        reader.HasClaim(claim => claim.Type is Domain or Metric or Rows)
            ? ReaderPolicy.Of(Values(reader, Domain), Values(reader, Metric), reader.FindAll(Rows).Select(claim => JsonSerializer.Deserialize<RowRule>(claim.Value)!))
            : ReaderPolicy.Unrestricted;

    /// <summary>The claims that <see cref="Policy"/> reads.</summary>
    public static IEnumerable<Claim> Of(IEnumerable<string> domains, IEnumerable<string> metrics, IEnumerable<RowRule> rows) =>
    [
        .. domains.Select(domain => new Claim(Domain, domain)),
        .. metrics.Select(metric => new Claim(Metric, metric)),
        .. rows.Select(rule => new Claim(Rows, JsonSerializer.Serialize(rule))),
    ];

    private static string[]? Values(ClaimsPrincipal reader, string type) =>
        reader.FindAll(type).Select(claim => claim.Value).ToArray() is { Length: > 0 } values ? values : null;
}
