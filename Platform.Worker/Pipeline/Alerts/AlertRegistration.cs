using Microsoft.Extensions.Options;

namespace Platform.Worker.Pipeline.Alerts;

internal static class AlertRegistration
{
    /// <summary>The outbox and who sends from it. Alerts are entered by the database, whoever changes it.</summary>
    public static IHostApplicationBuilder AddAlerts(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<AlertOptions>().BindConfiguration(AlertOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<AlertOptions>, AlertOptionsValidation>();
        builder.Services.AddSingleton<AlertOutbox>();
        builder.Services.AddSingleton<AlertWords>();
        builder.Services.AddSingleton<AlertSender>();
        builder.Services.AddSingleton<AlertMetrics>();
        builder.Services.AddSingleton<AlertDispatcher>();
        return builder;
    }
}
