using Platform.Api.OData.Model;

namespace Platform.Api.OData;

internal static class ODataFeature
{
    public static IHostApplicationBuilder AddOData(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<ODataOptions>().BindConfiguration(ODataOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<SetSource>();
        builder.Services.AddSingleton<ODataAnswers>();
        return builder;
    }

    public static void MapOData(this WebApplication app) => ODataEndpoints.Map(app);
}
