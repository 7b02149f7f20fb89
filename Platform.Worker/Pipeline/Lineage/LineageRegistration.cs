using Platform.Worker.Pipeline.Following;

namespace Platform.Worker.Pipeline.Lineage;

internal static class LineageRegistration
{
    /// <summary>OpenLineage events of runs, where <see cref="LineageOptions.Endpoint"/> says where to.</summary>
    public static IHostApplicationBuilder AddLineage(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<LineageOptions>().BindConfiguration(LineageOptions.Section).ValidateDataAnnotations()
            .Validate(
                options => options.Endpoint is null or { IsAbsoluteUri: true, Scheme: "http" or "https" },
                "Lineage:Endpoint must be an absolute http or https address, such as https://marquez.example/api/v1/lineage.")
            .ValidateOnStart();
        builder.Services.AddSingleton<DatasetPlace>();
        builder.Services.AddSingleton<FileLineage>();
        builder.Services.AddSingleton<ModelLineage>();
        builder.Services.AddSingleton<RunEvents>();
        builder.Services.AddSingleton<LineageClient>();
        builder.Services.AddSingleton<LineageMetrics>();
        builder.Services.AddSingleton<IRunObserver, LineageEmitter>();
        return builder;
    }
}
