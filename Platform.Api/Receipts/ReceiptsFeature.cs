namespace Platform.Api.Receipts;

internal static class ReceiptsFeature
{
    public static IHostApplicationBuilder AddReceipts(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ReceiptReader>();
        builder.Services.AddSingleton<CellReader>();
        return builder;
    }

    public static void MapReceipts(this WebApplication app) => ReceiptEndpoints.Map(app.MapGroup("/api/v1").WithTags("Receipts"));
}
