using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Platform.ServiceDefaults;

/// <summary>The endpoints that container platforms and the AppHost probe.</summary>
public static class HealthEndpoints
{
    /// <summary>200 when the service can do its work: all its health checks pass.</summary>
    public const string Health = "/health";

    /// <summary>200 when the process answers, whatever the state of what it depends on.</summary>
    public const string Alive = "/alive";

    private const string LiveTag = "live";

    /// <summary>Maps <see cref="Health"/> and <see cref="Alive"/>. They say one word each, so they need no authentication.</summary>
    public static WebApplication MapDefaultEndpoints(this WebApplication app)
    {
        app.MapHealthChecks(Health).AllowAnonymous();
        app.MapHealthChecks(Alive, new HealthCheckOptions { Predicate = check => check.Tags.Contains(LiveTag) }).AllowAnonymous();
        return app;
    }

    internal static void AddDefaultHealthChecks(this IHostApplicationBuilder builder) =>
        builder.Services.AddHealthChecks().AddCheck("self", () => HealthCheckResult.Healthy(), [LiveTag]);
}
