namespace Platform.Api.Access;

/// <summary>Bearer tokens (JWT) of Entra ID or another OpenID Connect provider. Section <c>Access:Tokens</c>.</summary>
internal sealed class TokenOptions
{
    /// <summary>
    /// The issuer, where its keys are found (<c>/.well-known/openid-configuration</c>), e.g. <c>https://login.microsoftonline.com/{tenant}/v2.0</c>.
    /// Default empty: no token is let in.
    /// </summary>
    public string Authority { get; set; } = "";

    /// <summary>
    /// Where callers without a credential are sent to sign in, which Power BI's organizational account follows, e.g.
    /// <c>https://login.microsoftonline.com/{tenant}/oauth2/authorize</c>. Default: the authority.
    /// </summary>
    public string AuthorizationUri { get; set; } = "";

    /// <summary>Whom the token must be for (<c>aud</c>), e.g. <c>api://platform</c>.</summary>
    public string Audience { get; set; } = "";

    /// <summary>The claim with the caller's roles or groups. Default <c>roles</c>.</summary>
    public string RoleClaim { get; set; } = "roles";

    /// <summary>What holders of a role may read; the first that fits counts. A token that none fits is not let in.</summary>
    public IList<TokenGrant> Grants { get; } = [];

    public bool IsOn => Authority.Length > 0;

    /// <summary>What is wrong with it.</summary>
    public IEnumerable<string> Faults()
    {
        if (!IsOn)
        {
            yield break;
        }

        if (!Uri.TryCreate(Authority, UriKind.Absolute, out var uri) || (uri.Scheme != Uri.UriSchemeHttps && !uri.IsLoopback))
        {
            yield return $"Access:Tokens:Authority '{Authority}' is no https address.";
        }

        if (Audience.Length == 0)
        {
            yield return "Access:Tokens:Audience is empty; without it tokens for other applications would be let in.";
        }

        if (Grants.Count == 0)
        {
            yield return "Access:Tokens:Grants is empty; name at least one role of the provider and what its holders may read.";
        }

        for (var at = 0; at < Grants.Count; at++)
        {
            if (string.IsNullOrWhiteSpace(Grants[at].Holds))
            {
                yield return $"Access:Tokens:Grants:{at}:Holds is empty; name the role or group of the provider.";
            }

            if (!ReaderRoles.All.Contains(Grants[at].Role))
            {
                yield return $"Access:Tokens:Grants:{at}:Role '{Grants[at].Role}' is no role; known are {string.Join(", ", ReaderRoles.All)}.";
            }
        }
    }
}

/// <summary>What holders of a role of the identity provider may read.</summary>
internal sealed class TokenGrant
{
    /// <summary>The role or group in the token.</summary>
    public string Holds { get; set; } = "";

    /// <summary>viewer, analyst, operator or admin. Default viewer.</summary>
    public string Role { get; set; } = ReaderRoles.Viewer;

    /// <summary>Domains whose metrics they may read. Default none named: all.</summary>
    public IList<string> Domains { get; } = [];

    /// <summary>Metrics that they may read. Default none named: all of the domains.</summary>
    public IList<string> Metrics { get; } = [];

    /// <summary>Dimension and the claim whose values name the rows that they may read, e.g. customer__region: region. Without the claim: none.</summary>
    public IDictionary<string, string> Rows { get; } = new Dictionary<string, string>();
}
