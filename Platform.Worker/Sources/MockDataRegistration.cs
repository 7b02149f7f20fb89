namespace Platform.Worker.Sources;

internal static class MockDataRegistration
{
    /// <summary>The generator of mock partitions.</summary>
    public static IHostApplicationBuilder AddMockData(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<GeneratorOptions>()
            .BindConfiguration(GeneratorOptions.Section)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        builder.Services.AddSingleton<MockData>();
        return builder;
    }
}
