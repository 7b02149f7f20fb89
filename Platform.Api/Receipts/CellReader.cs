using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Npgsql;
using Platform.Api.Metrics.Catalogue;
using Platform.Api.Metrics.Query;
using Platform.Api.Warehouse;
using Platform.Metrics.Plan;
using Platform.Metrics.Plan.Tree;
using Platform.Metrics.Query;
using Platform.Metrics.Sql;

namespace Platform.Api.Receipts;

/// <summary>A row that a value is computed from.</summary>
/// <param name="Values">What each measure takes from it, as decimal or plain text.</param>
/// <param name="Row">The fact's row.</param>
/// <param name="File">Path of its file in the landing zone; null where the fact is computed from others.</param>
/// <param name="Line">Its line there, the header being line 1.</param>
internal sealed record CellRow(
    IReadOnlyDictionary<string, string?> Values, JsonElement Row, DateOnly? Partition, string? File, int? Line, string? Sha256, long? LoadId);

/// <summary>The rows of one fact behind a value.</summary>
/// <param name="Origin">The dataset whose lines they are; null where the fact is computed from others: its model's sources are in the receipt.</param>
/// <param name="IsWhole">False when there are more rows than were asked for.</param>
internal sealed record CellFact(string SemanticModel, string Relation, string? Origin, ImmutableArray<CellRow> Rows, bool IsWhole);

/// <summary>The value of an answer that the publication no longer has.</summary>
internal sealed class PublicationGoneException() : Exception("The publication of this receipt is no longer the current one; its rows have been replaced. Ask again for a receipt of today.");

/// <summary>Reads the rows behind a value, and the files and lines that they come from.</summary>
internal sealed class CellReader(NpgsqlDataSource warehouse, CatalogueSource catalogues, MetricQueries queries, ReceiptReader receipts, IOptions<QueryOptions> options)
{
    /// <exception cref="QueryException">There is no such value.</exception>
    /// <exception cref="NotAllowedException">It is not the reader's to see.</exception>
    /// <exception cref="PublicationGoneException">It is of an earlier publication.</exception>
    public async Task<ImmutableArray<CellFact>> ReadAsync(
        RecordedPublication publication, PublishedProject project, Cell cell, QueryParameters parameters, ReaderPolicy reader, int limit,
        CancellationToken cancellationToken)
    {
        var catalogue = await catalogues.CurrentAsync(cancellationToken);
        if (!publication.IsCurrent || catalogue.Publication.Id != publication.PublicationId)
        {
            throw new PublicationGoneException();
        }

        var query = await queries.ReadAsync(parameters, reader, cancellationToken);
        var planned = CellPlanner.Plan(cell, query, catalogue, relation => HasLines(project.Find(relation)), limit + 1);
        var facts = ImmutableArray.CreateBuilder<CellFact>();
        foreach (var fact in planned)
        {
            var origin = fact.HasLines && project.Find(fact.Model.Relation) is { } model ? project.Origin(model, CellPlanner.Line) : null;
            var rows = await RowsAsync(fact, publication, cancellationToken);
            var files = new SourceLines(receipts, publication, origin);
            var found = ImmutableArray.CreateBuilder<CellRow>();
            foreach (var row in rows.Take(limit))
            {
                found.Add(await files.TraceAsync(row, cancellationToken));
            }

            facts.Add(new CellFact(
                fact.Model.Name, $"{fact.Model.Relation.Schema}.{fact.Model.Relation.Name}", origin is null ? null : $"{origin.Domain}.{origin.Dataset}",
                found.ToImmutable(), rows.Count <= limit));
        }

        return facts.ToImmutable();
    }

    private static bool HasLines(PublishedModel? model) => model is not null && model.Columns.Contains(CellPlanner.Partition) && model.Columns.Contains(CellPlanner.Line);

    /// <summary>The rows with their lines as the fact has them.</summary>
    private async Task<List<CellRow>> RowsAsync(CellRows fact, RecordedPublication publication, CancellationToken cancellationToken)
    {
        var statement = PlanSql.Write(fact.Node);
        string[] relations = [.. fact.Node.All.OfType<Read>().Select(read => SqlName.Quote(read.Relation.Schema, read.Relation.Name)).Distinct()];
        await using var snapshot = await PublishedSnapshot.OpenAsync(warehouse, relations, options.Value.StatementTimeout, cancellationToken);
        if (snapshot.PublicationId != publication.PublicationId)
        {
            throw new PublicationGoneException();
        }

        await using var command = statement.Command(snapshot.Connection);
        command.AllResultTypesAreUnknown = true;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<CellRow>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(new CellRow(
                fact.Measures.Select((name, at) => (name, value: Text(reader, 3 + at))).ToDictionary(pair => pair.name, pair => pair.value),
                JsonDocument.Parse(reader.GetString(0)).RootElement,
                Text(reader, 1) is { } day ? DateOnly.ParseExact(day, "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture) : null,
                null,
                Text(reader, 2) is { } line ? int.Parse(line, System.Globalization.CultureInfo.InvariantCulture) : null,
                null,
                null));
        }

        return rows;
    }

    private static string? Text(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
}

/// <summary>Finds the files of rows, each partition's looked up once.</summary>
internal sealed class SourceLines(ReceiptReader receipts, RecordedPublication publication, PublishedSource? origin)
{
    private readonly Dictionary<DateOnly, SourcePartition?> loads = [];

    public async Task<CellRow> TraceAsync(CellRow row, CancellationToken cancellationToken)
    {
        if (origin is null || row is not { Partition: { } partition, Line: { } line })
        {
            return row with { Line = null };
        }

        if (!loads.TryGetValue(partition, out var load))
        {
            var found = await receipts.PartitionsAsync(publication, [origin], partition, 1, cancellationToken);
            loads[partition] = load = found is [var only, ..] ? only : null;
        }

        return load is not null && SourceFiles.Find(load.Files, line) is var (file, own)
            ? row with { File = SourceFiles.Path(load.Domain, partition, file.Name), Line = own, Sha256 = file.Sha256, LoadId = load.LoadId }
            : row with { Line = null };
    }
}
