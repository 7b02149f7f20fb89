using Npgsql;
using Platform.Worker.Transform.Catalog;
using Platform.Worker.Transform.Graph;
using Platform.Worker.Transform.Run;

namespace Platform.Worker.Transform.Publish.Results;

/// <summary>
/// Records what a publication changes: rows of each model, and certified additive metrics by date. Of a delta it costs what the delta has rows; a relation is
/// read whole when it was built whole, and once when recording it begins. What cannot be counted is recorded as not known, and never stops a publication. Rollups repeat what their facts tell.
/// </summary>
internal sealed class PublicationResults(BuildState build, SemanticManifest semantics)
{
    private const string Savepoint = "results";

    private readonly ILookup<string, AdditiveMetric> _metrics = AdditiveMetric.Of(semantics).ToLookup(metric => metric.Node.UniqueId);
    private readonly Dictionary<string, RowTotals> _deltas = [];

    /// <summary>Runs the statements that apply a delta, counting what they change.</summary>
    /// <returns>False when that is not possible: then nothing was done.</returns>
    public async Task<bool> ApplyAsync(NpgsqlConnection connection, NodeRun run, IReadOnlyList<string> statements, CancellationToken cancellationToken)
    {
        if (run.Node.Rollup is not null)
        {
            return false;
        }

        var totals = Totals(run.Node);
        var counted = statements.Select(statement => totals.OfStatement(statement, run.Published)).ToList();
        if (counted.Contains(null) || !await TryAsync(connection, totals, counted!, cancellationToken))
        {
            return false;
        }

        _deltas[run.Node.UniqueId] = totals;
        return true;
    }

    /// <summary>Enters everything for the publication, whose deltas are applied and whose other relations are candidates yet.</summary>
    public async Task WriteAsync(NpgsqlConnection connection, long publication, PublicationPlan plan, CancellationToken cancellationToken)
    {
        var models = plan.Moves.Concat(plan.Deltas).Where(run => run.Node.Rollup is null).Select(run => new Recorded(run)).ToDictionary(model => model.Id);
        var known = await RecordedState.ReadAsync(connection, [.. models.Keys], cancellationToken);
        var changes = new MetricChanges();
        changes.Lose(known.Metrics.Where(metric => models.ContainsKey(metric.UniqueId) && _metrics[metric.UniqueId].All(still => still.Name != metric.Name)));
        foreach (var model in models.Values)
        {
            await (plan.Deltas.Contains(model.Run) ? DeltaAsync(model) : WholeAsync(model, model.Run.Relation, [.. _metrics[model.Id]]));
        }

        await new ResultWriter(connection, publication).WriteAsync([.. models.Values], changes, ModelCode.Of(build.Project), cancellationToken);

        async Task DeltaAsync(Recorded model)
        {
            if (!_deltas.TryGetValue(model.Id, out var delta))
            {
                changes.Lose(_metrics[model.Id].Where(known.Follows).Select(FollowedMetric.Of));
                return;
            }

            (model.Added, model.Removed) = (delta.Added, delta.Removed);
            changes.Add(delta.Amounts.Where(amount => delta.Metrics.Any(metric => metric.Name == amount.Metric && known.Follows(metric))));
            var begun = _metrics[model.Id].Where(metric => !known.Follows(metric)).ToList();
            if (known.Rows(model.Id) is not { } rows || begun.Count > 0)
            {
                await WholeAsync(model, model.Run.Published, begun);
            }
            else
            {
                model.Rows = rows + delta.Added - delta.Removed;
            }
        }

        async Task WholeAsync(Recorded model, Relation relation, List<AdditiveMetric> metrics)
        {
            if (build.Relations.Find(relation.Schema!, relation.Identifier!)?.Type is not (RelationType.Table or null))
            {
                changes.Lose(metrics.Where(known.Follows).Select(FollowedMetric.Of));
                return;
            }

            var totals = new RowTotals(metrics);
            if (await TryAsync(connection, totals, [totals.OfRelation(relation)], cancellationToken))
            {
                model.Rows = totals.Added;
                changes.Replace(metrics, totals.Amounts, metrics.Where(metric => !known.Follows(metric)));
            }
            else
            {
                changes.Lose(metrics.Where(known.Follows).Select(FollowedMetric.Of));
            }
        }
    }

    private RowTotals Totals(Node node) => new([.. _metrics[node.UniqueId]]);

    /// <summary>A metric may divide by zero where nobody has asked for it yet: then the relation is published and not counted.</summary>
    private static async Task<bool> TryAsync(NpgsqlConnection connection, RowTotals totals, IReadOnlyList<string> statements, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection) { Timeout = 0 };
        foreach (var statement in (string[])[$"savepoint {Savepoint}", .. statements, $"release savepoint {Savepoint}"])
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(statement));
        }

        try
        {
            await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
            await totals.ReadAsync(reader, cancellationToken);
            return true;
        }
        catch (PostgresException fault) when (!Outage.Is(fault))
        {
            await using var back = new NpgsqlCommand($"rollback to savepoint {Savepoint}; release savepoint {Savepoint}", connection);
            await back.ExecuteNonQueryAsync(cancellationToken);
            return false;
        }
    }
}
