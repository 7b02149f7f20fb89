namespace Platform.Worker.Periods;

internal static class PeriodsRegistration
{
    public static IHostApplicationBuilder AddPeriods(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<PeriodOptions>().BindConfiguration(PeriodOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<MetricsApi>();
        builder.Services.AddSingleton<ClosedPeriods>();
        return builder;
    }
}
