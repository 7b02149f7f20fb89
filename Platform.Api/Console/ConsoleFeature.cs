using Microsoft.AspNetCore.Http.HttpResults;

namespace Platform.Api.Console;

internal static class ConsoleFeature
{
    public static IHostApplicationBuilder AddConsole(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<ConsoleOptions>().BindConfiguration(ConsoleOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddHttpContextAccessor();
        builder.Services.AddSingleton<Headlines>();
        builder.Services.AddSingleton<Overview>();
        builder.Services.AddRazorComponents();
        return builder;
    }

    public static void MapConsole(this WebApplication app) =>
        app.MapMethods("/", [HttpMethods.Get, HttpMethods.Head], () => new RazorComponentResult<StartPage> { PreventStreamingRendering = true }).ExcludeFromDescription();
}
