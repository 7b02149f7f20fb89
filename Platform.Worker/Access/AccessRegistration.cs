namespace Platform.Worker.Access;

internal static class AccessRegistration
{
    public static IHostApplicationBuilder AddAccessKeys(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<AccessKeys>();
        return builder;
    }
}
