namespace Platform.Worker.Sources;

internal static class MockDataRegistration
{
    /// <summary>The generator of mock partitions.</summary>
    public static IHostApplicationBuilder AddMockData(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<GeneratorOptions>()
            .BindConfiguration(GeneratorOptions.Section)
            .ValidateDataAnnotations()
            .Validate(
                options => DomainGenerator.Unknown(options.Domains).Count == 0,
                $"Generator:Domains names a domain that has no generator. Those that have one: {string.Join(", ", DomainGenerator.All.Select(domain => domain.Domain))}.")
            .ValidateOnStart();
        builder.Services.AddSingleton<MockData>();
        return builder;
    }
}
