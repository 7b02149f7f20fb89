namespace Platform.Api.Console;

internal static class ConsoleFeature
{
    public static IHostApplicationBuilder AddConsole(this IHostApplicationBuilder builder)
    {
        builder.Services.AddRazorComponents();
        return builder;
    }

    public static void MapConsole(this WebApplication app)
    {
    }
}
