namespace Platform.Api.Metrics.Catalogue;

internal static partial class CatalogueLog
{
    [LoggerMessage(1, LogLevel.Information, "Catalogue of publication {PublicationId}: {Models} semantic models, {Metrics} metrics")]
    public static partial void Loaded(ILogger logger, long publicationId, int models, int metrics);

    [LoggerMessage(2, LogLevel.Error, "Semantic model {Model} cannot be answered from its mart: {Fault}")]
    public static partial void ModelFault(ILogger logger, string model, string fault);
}
