using System.Collections.Immutable;
using System.Globalization;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Platform.Api.Access;
using Platform.Api.Metrics;
using Platform.Api.Metrics.Catalogue;
using Platform.Api.Metrics.Query;
using Platform.Metrics.Catalogue;
using Platform.Metrics.Filters;
using Platform.Metrics.Plan;
using Platform.Metrics.Query;

namespace Platform.Api.Receipts;

/// <summary><c>/api/v1/receipts</c>: where an answer came from.</summary>
internal static class ReceiptEndpoints
{
    private const int MostPartitions = 1_000;
    private const int MostRows = 1_000;
    private const int DefaultRows = 100;

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/receipts/{id}", GetAsync)
            .WithName("Receipt")
            .WithSummary("Where an answer came from")
            .WithDescription(
                "Every answer carries a receipt, which names the query and the publication. Here are the publication's run, the metrics, models and tests behind the " +
                "answer, and the partitions with files, hashes, row counts and control totals that they were built from; for analysts the SQL as well.")
            .Produces<ReceiptDetail>()
            .ProducesProblem(StatusCodes.Status404NotFound);
        api.MapGet("/receipts/{id}/rows", RowsAsync)
            .For(ReaderRoles.Analyst)
            .WithName("ReceiptRows")
            .WithSummary("The rows behind one value of an answer, down to file and line")
            .WithDescription(
                "metric names the column; the group-by columns of the value's row are parameters of their own names, such as metric_time__month=2026-01-01, and " +
                "is_null names those that are null. limit is 1 to 1000, 100 by default.")
            .AddOpenApiOperationTransformer(QueryDocumentation.DescribeReceiptRows)
            .Produces<ReceiptRows>()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status410Gone);
    }

    private static async Task<IResult> GetAsync(
        string id, ReceiptReader receipts, MetricQueries queries, CatalogueSource catalogues, ClaimsPrincipal caller, CancellationToken cancellationToken)
    {
        if (Receipt.Parse(id) is not { } receipt || await receipts.PublicationAsync(receipt.PublicationId, cancellationToken) is not { } publication)
        {
            return Unknown();
        }

        // An answer of an earlier publication is explained by the names of its own catalogue.
        var catalogue = publication.IsCurrent ? await catalogues.CurrentAsync(cancellationToken) : null;
        var reader = caller.Policy();
        var query = await queries.ReadAsync(receipt.Parameters, reader, cancellationToken);
        var relations = await RelationsAsync(receipt, queries, reader, cancellationToken);
        var project = PublishedProject.Read(publication.Manifest);
        var (models, sources) = await receipts.BehindAsync(publication, project, [.. relations.Select(project.Find).OfType<PublishedModel>()], cancellationToken);
        var partitions = await receipts.PartitionsAsync(publication, sources, null, MostPartitions + 1, cancellationToken);
        return Results.Ok(new ReceiptDetail(
            id,
            publication.PublicationId,
            publication.PublishedAt,
            publication.IsCurrent,
            publication.Run,
            receipt.Parameters,
            [.. query.Metrics.Select(name => new ReceiptMetric(name, Definition(publication.SemanticManifest, name), catalogue?.Metrics.GetValueOrDefault(name)?.Meta.Owner))],
            await receipts.ModelsAsync(publication, models, cancellationToken),
            await receipts.TestsAsync(publication, models, cancellationToken),
            [.. partitions.Take(MostPartitions)],
            partitions.Length <= MostPartitions,
            publication.IsCurrent && ReaderRoles.Includes(caller, ReaderRoles.Analyst)
                ? await QueryEndpoints.PlanAsync(receipt.Parameters, queries, reader, cancellationToken)
                : null));
    }

    private static async Task<IResult> RowsAsync(
        string id, HttpContext context, ReceiptReader receipts, CellReader cells, CancellationToken cancellationToken)
    {
        if (Receipt.Parse(id) is not { } receipt || await receipts.PublicationAsync(receipt.PublicationId, cancellationToken) is not { } publication)
        {
            return Unknown();
        }

        var (cell, limit) = Read(context.Request.Query);
        try
        {
            var facts = await cells.ReadAsync(
                publication, PublishedProject.Read(publication.Manifest), cell, receipt.Parameters, context.User.Policy(), limit, cancellationToken);
            return Results.Ok(new ReceiptRows(cell.Metric, cell.Keys.ToDictionary(key => key.Element.Text, key => key.Value), facts));
        }
        catch (PublicationGoneException gone)
        {
            return Results.Problem(statusCode: StatusCodes.Status410Gone, type: "urn:platform:problem:publication-gone", title: "No longer there", detail: gone.Message);
        }
    }

    /// <summary>What was read and, of a rollup, what it holds.</summary>
    private static async Task<IEnumerable<Relation>> RelationsAsync(
        Receipt receipt, MetricQueries queries, ReaderPolicy reader, CancellationToken cancellationToken) =>
        (await queries.ExplainAsync(receipt.Parameters, reader, cancellationToken)).Plan is var plan
            ? plan.Relations.Concat(plan.Facts.Select(fact => fact.Model.Relation)).Distinct()
            : [];

    private static (Cell Cell, int Limit) Read(IQueryCollection query)
    {
        var metric = query["metric"].FirstOrDefault()
            ?? throw new QueryException(new QueryFault("metric", "Name the metric whose value is to be explained, as in metric=revenue&metric_time__month=2026-01-01."));
        var limit = query["limit"].FirstOrDefault() is not { Length: > 0 } text ? DefaultRows
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= MostRows ? number
            : throw new QueryException(new QueryFault("limit", $"'{text}' is no number from 1 to {MostRows}."));
        var keys = query.Where(parameter => parameter.Key is not ("metric" or "limit" or "is_null"))
            .Select(parameter => (Element(parameter.Key), (string?)parameter.Value.ToString()))
            .Concat(query["is_null"].OfType<string>().SelectMany(names => names.Split(',')).Select(name => (Element(name), (string?)null)));
        return (new Cell(metric, [.. keys]), limit);
    }

    private static ElementName Element(string name)
    {
        try
        {
            return FilterParser.ParseElement(name);
        }
        catch (FilterException exception)
        {
            throw new QueryException(new QueryFault(name, $"'{name}' is no group-by column: {exception.Message}"));
        }
    }

    /// <summary>A hash of the metric's definition: the same where it was defined the same.</summary>
    private static string? Definition(string semanticManifest, string metric)
    {
        using var document = JsonDocument.Parse(semanticManifest);
        return document.RootElement.TryGetProperty("metrics", out var metrics)
            && metrics.EnumerateArray().FirstOrDefault(entry => entry.GetProperty("name").ValueEquals(metric)) is { ValueKind: JsonValueKind.Object } definition
                ? Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(definition.GetRawText())))
                : null;
    }

    private static IResult Unknown() => Results.Problem(
        statusCode: StatusCodes.Status404NotFound, title: "No such receipt", detail: "The text is no receipt of this API; take it from an answer as a whole.");
}

/// <summary>A metric of an answer.</summary>
/// <param name="DefinitionSha256">Hash of its definition in that publication.</param>
internal sealed record ReceiptMetric(string Name, string? DefinitionSha256, string? Owner);

/// <summary>Where an answer came from.</summary>
/// <param name="Partitions">What the models were built from, newest first; at most 1,000.</param>
/// <param name="IsWhole">Whether these are all.</param>
internal sealed record ReceiptDetail(
    string Receipt,
    long PublicationId,
    DateTimeOffset PublishedAt,
    bool IsCurrent,
    ReceiptRun Run,
    QueryParameters Query,
    ImmutableArray<ReceiptMetric> Metrics,
    ImmutableArray<ReceiptModel> Models,
    ImmutableArray<ReceiptTest> Tests,
    ImmutableArray<SourcePartition> Partitions,
    bool IsWhole,
    object? Explain);

/// <summary>The rows behind one value.</summary>
internal sealed record ReceiptRows(string Metric, IReadOnlyDictionary<string, string?> Cell, ImmutableArray<CellFact> Facts);
