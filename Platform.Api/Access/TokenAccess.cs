using System.Security.Claims;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Platform.Metrics.Query;

namespace Platform.Api.Access;

/// <summary>Lets in whoever has a token of the configured identity provider, and gives the reader what its grant says.</summary>
internal static class TokenAccess
{
    public static void Configure(JwtBearerOptions bearer, TokenOptions tokens)
    {
        bearer.Authority = tokens.Authority;
        bearer.Audience = tokens.Audience;
        bearer.RequireHttpsMetadata = !new Uri(tokens.Authority).IsLoopback;
        bearer.MapInboundClaims = false;
        bearer.TokenValidationParameters.RequireExpirationTime = true;
        bearer.TokenValidationParameters.RequireSignedTokens = true;
        bearer.Events = new JwtBearerEvents
        {
            OnTokenValidated = context =>
            {
                if (ReaderOf(context.Principal!, tokens) is { } reader)
                {
                    context.Principal = reader;
                }
                else
                {
                    context.Fail($"The token has no role in the claim '{tokens.RoleClaim}' that Access:Tokens:Grants names.");
                }

                return Task.CompletedTask;
            },
            OnChallenge = async context =>
            {
                context.HandleResponse();
                await ApiKeyHandler.RefuseAsync(context.HttpContext, tokens, context.AuthenticateFailure is { } failure
                    ? $"The token was not accepted: {failure.Message}"
                    : "The token was not accepted.");
            },
        };
    }

    private static ClaimsPrincipal? ReaderOf(ClaimsPrincipal token, TokenOptions tokens)
    {
        var held = token.FindAll(tokens.RoleClaim).Select(claim => claim.Value).ToHashSet(StringComparer.Ordinal);
        if (tokens.Grants.FirstOrDefault(grant => held.Contains(grant.Holds)) is not { } granted)
        {
            return null;
        }

        // No value at all lets no row through: such a rule fits no row.
        var rows = granted.Rows.Select(rule => new RowRule(rule.Key, [.. token.FindAll(rule.Value).Select(claim => claim.Value)]));
        var name = token.FindFirst("preferred_username")?.Value ?? token.FindFirst("upn")?.Value ?? token.FindFirst("azp")?.Value ?? token.FindFirst("sub")?.Value;
        return Reader.Create(
            JwtBearerDefaults.AuthenticationScheme, name ?? granted.Holds, granted.Role, ReaderClaims.Of(granted.Domains, granted.Metrics, rows), requestsPerMinute: null);
    }
}
