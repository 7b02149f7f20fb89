namespace Platform.Worker.Warehouse;

internal static class WarehouseRegistration
{
    /// <summary>The migration runner and its options. The data source <c>warehouse</c> comes from the service defaults.</summary>
    public static IHostApplicationBuilder AddWarehouse(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<WarehouseOptions>().BindConfiguration(WarehouseOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<MigrationRunner>();
        return builder;
    }
}
