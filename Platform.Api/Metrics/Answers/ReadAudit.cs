using System.Security.Claims;
using Microsoft.Extensions.Options;
using Platform.Api.Access;
using Platform.Api.Metrics.Catalogue;
using Platform.Metrics.Query;

namespace Platform.Api.Metrics.Answers;

/// <summary>
/// Enters in the log who got which numbers of the audited domains, kept answers included. The Api cannot write to the warehouse, so the log's
/// keeper (Log Analytics, or whatever takes OpenTelemetry) keeps these, under the category <c>Platform.Audit</c>.
/// </summary>
internal sealed partial class ReadAudit(CatalogueSource catalogues, IOptions<AccessOptions> options, ILoggerFactory loggers)
{
    private readonly ILogger log = loggers.CreateLogger("Platform.Audit");

    public Task EnterAsync(ClaimsPrincipal reader, MetricQuery query, AnswerFacts facts, CancellationToken cancellationToken) =>
        EnterAsync(reader, query.Metrics, facts, cancellationToken);

    public async Task EnterAsync(ClaimsPrincipal reader, IReadOnlyCollection<string> metrics, AnswerFacts facts, CancellationToken cancellationToken)
    {
        var catalogue = await catalogues.KeptAsync(cancellationToken);
        if (metrics.Any(name => catalogue.Metrics.TryGetValue(name, out var metric) && options.Value.AuditedDomains.Contains(metric.Meta.Domain ?? "")))
        {
            Read(log, reader.Identity?.Name, string.Join(' ', metrics), facts.PublicationId, facts.Receipt);
        }
    }

    [LoggerMessage(1, LogLevel.Information, "{Reader} read {Metrics} of publication {PublicationId}: receipt {Receipt}")]
    private static partial void Read(ILogger logger, string? reader, string metrics, long publicationId, string receipt);
}
