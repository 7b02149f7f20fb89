using System.Collections.Immutable;
using System.Text.Json;
using Npgsql;

namespace Platform.Api.Receipts;

/// <summary>The build whose publication an answer is of.</summary>
internal sealed record ReceiptRun(
    Guid InvocationId, DateTimeOffset StartedAt, DateTimeOffset? FinishedAt, DateOnly? DataDateFrom, DateOnly? DataDateTo, string? ProjectVersion);

/// <summary>A publication as it is recorded.</summary>
internal sealed record RecordedPublication(
    long PublicationId, DateTimeOffset PublishedAt, bool IsCurrent, ReceiptRun Run, long? LoadsThrough, string Manifest, string SemanticManifest);

/// <summary>A loaded partition of a source.</summary>
/// <param name="LoadId">The load, which fact rows carry as _load.</param>
/// <param name="ControlSums">{column: {file, loaded, quarantined}}, decimal texts.</param>
internal sealed record SourcePartition(
    string Domain, string Dataset, DateOnly Partition, long LoadId, string ContractVersion, long FileRows, long LoadedRows, long QuarantinedRows,
    JsonElement ControlSums, IReadOnlyList<SourceFile> Files, DateTimeOffset LoadedAt);

/// <summary>A model behind an answer.</summary>
/// <param name="CodeSha256">Hash of the code that built it; null where publications did not record it yet.</param>
/// <param name="PublishedBy">The publication that built it last; the rows since then are these.</param>
internal sealed record ReceiptModel(string UniqueId, string Relation, string? Path, string? CodeSha256, long? PublishedBy);

/// <summary>A test of a model and how it ended before the publication.</summary>
internal sealed record ReceiptTest(string Name, string Model, string? Status, long? Failures);

/// <summary>What <c>meta</c> keeps of publications, their runs, loads and tests.</summary>
internal sealed class ReceiptReader(NpgsqlDataSource warehouse)
{
    public async Task<RecordedPublication?> PublicationAsync(long id, CancellationToken cancellationToken)
    {
        await using var command = warehouse.CreateCommand(
            """
            select p.publication_id, p.published_at, p.is_current, p.invocation_id, i.started_at, i.finished_at, p.data_date_from, p.data_date_to,
                   p.project_version, p.loads_through, p.manifest::text, p.semantic_manifest::text
            from meta.publication p join meta.invocation i using (invocation_id) where p.publication_id = $1
            """);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = id });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken)
            ? new RecordedPublication(
                row.GetInt64(0),
                row.GetFieldValue<DateTimeOffset>(1),
                row.GetBoolean(2),
                new ReceiptRun(
                    row.GetGuid(3), row.GetFieldValue<DateTimeOffset>(4), Value<DateTimeOffset>(row, 5), Value<DateOnly>(row, 6), Value<DateOnly>(row, 7),
                    row.IsDBNull(8) ? null : row.GetString(8)),
                Value<long>(row, 9),
                row.GetString(10),
                row.GetString(11))
            : null;
    }

    /// <summary>The loads that the publication was built from, newest partition first.</summary>
    /// <param name="publication">The publication.</param>
    /// <param name="sources">Of these.</param>
    /// <param name="partition">Of this data date only; null for all.</param>
    /// <param name="limit">So many at most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<ImmutableArray<SourcePartition>> PartitionsAsync(
        RecordedPublication publication, IReadOnlyList<PublishedSource> sources, DateOnly? partition, int limit, CancellationToken cancellationToken)
    {
        await using var command = warehouse.CreateCommand(
            """
            select domain, dataset, partition, load_id, contract_version, file_rows, loaded_rows, quarantined_rows, control_sums, files, loaded_at
            from (
                select distinct on (domain, dataset, partition) *
                from meta.partition_load
                where (domain, dataset) in (select * from unnest($1, $2)) and ($3 is null or load_id <= $3) and ($4 is null or partition = $4)
                order by domain, dataset, partition, load_id desc) load
            order by partition desc, domain, dataset limit $5
            """);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. sources.Select(source => source.Domain)] });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. sources.Select(source => source.Dataset)] });
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)publication.LoadsThrough ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Bigint });
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)partition ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Date });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var partitions = ImmutableArray.CreateBuilder<SourcePartition>();
        while (await row.ReadAsync(cancellationToken))
        {
            partitions.Add(new SourcePartition(
                row.GetString(0), row.GetString(1), row.GetFieldValue<DateOnly>(2), row.GetInt64(3), row.GetString(4), row.GetInt64(5), row.GetInt64(6),
                row.GetInt64(7), row.GetFieldValue<JsonElement>(8), SourceFiles.Read(row.GetFieldValue<JsonElement>(9)), row.GetFieldValue<DateTimeOffset>(10)));
        }

        return partitions.ToImmutable();
    }

    /// <summary>
    /// The published models that these are made of, themselves included, and the sources: as far as the project's dependencies lead, and from there as
    /// publications recorded it, which know of models that are no relations, too.
    /// </summary>
    public async Task<(IReadOnlyList<PublishedModel> Models, IReadOnlyList<PublishedSource> Sources)> BehindAsync(
        RecordedPublication publication, PublishedProject project, IReadOnlyList<PublishedModel> models, CancellationToken cancellationToken)
    {
        var (near, direct) = project.Behind(models);
        await using var command = warehouse.CreateCommand(
            """
            select distinct on (unique_id) reads, sources
            from meta.publication_model where unique_id = any ($1) and publication_id <= $2
            order by unique_id, publication_id desc
            """);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. near.Select(model => model.UniqueId)] });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = publication.PublicationId });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var (reads, sources) = (new SortedSet<string>(StringComparer.Ordinal), new SortedSet<string>(direct.Select(source => $"{source.Domain}.{source.Dataset}"), StringComparer.Ordinal));
        while (await row.ReadAsync(cancellationToken))
        {
            reads.UnionWith(row.GetFieldValue<string[]>(0));
            sources.UnionWith(row.GetFieldValue<string[]>(1));
        }

        return (
            [.. near.Concat(reads.Select(project.Find).OfType<PublishedModel>()).DistinctBy(model => model.UniqueId)],
            [.. sources.Select(source => source.Split('.', 2)).Where(parts => parts.Length == 2).Select(parts => new PublishedSource("", parts[0], parts[1]))]);
    }

    public async Task<ImmutableArray<ReceiptModel>> ModelsAsync(
        RecordedPublication publication, IReadOnlyList<PublishedModel> models, CancellationToken cancellationToken)
    {
        await using var command = warehouse.CreateCommand(
            """
            select distinct on (unique_id) unique_id, code_sha256, publication_id
            from meta.publication_model where unique_id = any ($1) and publication_id <= $2
            order by unique_id, publication_id desc
            """);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. models.Select(model => model.UniqueId)] });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = publication.PublicationId });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var known = new Dictionary<string, (string Hash, long By)>();
        while (await row.ReadAsync(cancellationToken))
        {
            known[row.GetString(0)] = (row.GetString(1), row.GetInt64(2));
        }

        return
        [
            .. models.Select(model => known.TryGetValue(model.UniqueId, out var built)
                ? new ReceiptModel(model.UniqueId, $"{model.Schema}.{model.Alias}", model.Path, built.Hash, built.By)
                : new ReceiptModel(model.UniqueId, $"{model.Schema}.{model.Alias}", model.Path, null, null)),
        ];
    }

    public async Task<ImmutableArray<ReceiptTest>> TestsAsync(
        RecordedPublication publication, IReadOnlyList<PublishedModel> models, CancellationToken cancellationToken)
    {
        var tests = models.SelectMany(model => model.Tests.Select(test => (test.UniqueId, test.Name, Model: $"{model.Schema}.{model.Alias}"))).DistinctBy(test => test.UniqueId).ToArray();
        await using var command = warehouse.CreateCommand("select unique_id, status, failures from meta.node_result where invocation_id = $1 and unique_id = any ($2)");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = publication.Run.InvocationId });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. tests.Select(test => test.UniqueId)] });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var ended = new Dictionary<string, (string Status, long? Failures)>();
        while (await row.ReadAsync(cancellationToken))
        {
            ended[row.GetString(0)] = (row.GetString(1), Value<long>(row, 2));
        }

        return [.. tests.Select(test => ended.TryGetValue(test.UniqueId, out var end)
            ? new ReceiptTest(test.Name, test.Model, end.Status, end.Failures)
            : new ReceiptTest(test.Name, test.Model, null, null))];
    }

    private static T? Value<T>(NpgsqlDataReader row, int column) where T : struct => row.IsDBNull(column) ? null : row.GetFieldValue<T>(column);
}
