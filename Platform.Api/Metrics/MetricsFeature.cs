using Platform.Api.Metrics.Answers;
using Platform.Api.Metrics.Catalogue;
using Platform.Api.Metrics.Closings;
using Platform.Api.Metrics.Query;
using Platform.Api.Metrics.Rollups;
using Platform.Metrics.Query;

namespace Platform.Api.Metrics;

internal static class MetricsFeature
{
    public static IHostApplicationBuilder AddMetrics(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<QueryOptions>().BindConfiguration(QueryOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<CatalogueSource>();
        builder.Services.AddSingleton<AskedQueries>();
        builder.Services.AddSingleton<MetricQueries>();
        builder.Services.AddAnswers();
        builder.Services.AddSingleton<KeptResults>();
        builder.Services.AddSingleton<AsReported>();
        builder.Services.AddSingleton<Adjustments>();
        builder.Services.AddExceptionHandler<QueryProblems>();
        return builder;
    }

    public static void MapMetrics(this WebApplication app)
    {
        var api = app.MapGroup("/api/v1").WithTags("Metrics");
        MetricEndpoints.Map(api);
        QueryEndpoints.Map(api);
        DimensionEndpoints.Map(api);
        SavedQueryEndpoints.Map(api);
        PeriodEndpoints.Map(api);
        RollupEndpoints.Map(api);
    }
}
