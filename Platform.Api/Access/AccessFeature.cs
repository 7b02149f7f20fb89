using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;

namespace Platform.Api.Access;

internal static class AccessFeature
{
    /// <summary>Chooses between keys and tokens by what a request shows.</summary>
    private const string AnyScheme = "Reader";

    public static IHostApplicationBuilder AddAccess(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<AccessOptions>().BindConfiguration(AccessOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.PostConfigure<AccessOptions>(options =>
        {
            if (options.AuditedDomains.Count == 0)
            {
                options.AuditedDomains.Add("finance");
            }
        });
        services.AddSingleton<KeyLookup>();
        var authentication = services.AddAuthentication(AnyScheme)
            .AddPolicyScheme(AnyScheme, null, policy => policy.ForwardDefaultSelector = SchemeOf)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(ApiKeyHandler.SchemeName, null)
            .AddJwtBearer();
        services.AddOptions<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme).Configure<IOptions<AccessOptions>>((bearer, options) =>
        {
            if (options.Value.Tokens.IsOn)
            {
                TokenAccess.Configure(bearer, options.Value.Tokens);
            }
        });

        // Where only keys let in, nothing is to be chosen at every request.
        services.AddOptions<AuthenticationOptions>().Configure<IOptions<AccessOptions>>((authentication, options) =>
            authentication.DefaultScheme = options.Value.Tokens.IsOn ? AnyScheme : ApiKeyHandler.SchemeName);
        services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
        services.AddRateLimiter();
        services.AddOptions<RateLimiterOptions>().Configure<IOptions<AccessOptions>>(RateLimits.Configure);
        services.AddCors();
        services.AddOptions<Microsoft.AspNetCore.Cors.Infrastructure.CorsOptions>().Configure<IOptions<AccessOptions>>((cors, options) =>
            cors.AddDefaultPolicy(policy => policy
                .WithOrigins([.. options.Value.CorsOrigins])
                .WithMethods("GET", "POST", "HEAD")
                .WithHeaders("Authorization", ApiKeyHandler.Header, "Content-Type", "Accept", "If-None-Match")
                .WithExposedHeaders("ETag", "X-Receipt", "X-Next-Cursor", "Link", "Retry-After")));
        return builder;
    }

    /// <summary>Comes before every endpoint: what is not let in gets no further.</summary>
    public static void UseAccess(this WebApplication app)
    {
        app.UseMiddleware<SecurityHeaders>();
        if (app.Services.GetRequiredService<IOptions<AccessOptions>>().Value.CorsOrigins.Count > 0)
        {
            app.UseCors();
        }

        app.UseAuthentication();
        app.UseAuthorization();
        app.UseRateLimiter();
    }

    private static string SchemeOf(HttpContext context) =>
        context.Request.Headers.Authorization.ToString().StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
            ? JwtBearerDefaults.AuthenticationScheme
            : ApiKeyHandler.SchemeName;
}
