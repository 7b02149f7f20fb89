namespace Platform.Worker.Transform;

internal static class TransformRegistration
{
    /// <summary>The dbt engine. The data source <c>warehouse</c> comes from the service defaults.</summary>
    public static IHostApplicationBuilder AddTransform(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<TransformOptions>().BindConfiguration(TransformOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<TransformEngine>();
        return builder;
    }
}
