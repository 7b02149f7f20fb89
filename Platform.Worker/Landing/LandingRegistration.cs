namespace Platform.Worker.Landing;

internal static class LandingRegistration
{
    /// <summary>The landing zone and its reader. The blob container comes from the service defaults.</summary>
    public static IHostApplicationBuilder AddLanding(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<LandingZone>();
        builder.Services.AddSingleton<PartitionReader>();
        builder.Services.AddSingleton<PartitionArrivals>();
        return builder;
    }
}
