using System.Collections.Immutable;
using Npgsql;
using Platform.Api.Metrics.Catalogue;
using Platform.Api.Metrics.Plan;
using Platform.Api.Warehouse;

namespace Platform.Api.Metrics.Query;

/// <summary>An answer that is being read, and the publication it is of. Values come as PostgreSQL writes them, so no digit is lost.</summary>
internal sealed class QueryAnswer(MetricQuery query, QueryPlan plan, NpgsqlDataReader reader, PublishedSnapshot snapshot) : IAsyncDisposable
{
    /// <summary>What was asked, a saved query's part included.</summary>
    public MetricQuery Query => query;

    public Publication Publication => plan.Publication;

    public ImmutableArray<AnswerColumn> Columns { get; } =
    [
        .. plan.Keys.Select(key => new AnswerColumn(key.Element.Text, key.Type, null, null)),
        .. plan.Metrics.Select(metric => new AnswerColumn(metric.Metric.Name, metric.Term.Type, metric.Metric.Meta.Unit, metric.Metric.Label)),
    ];

    public Task<bool> ReadAsync(CancellationToken cancellationToken) => reader.ReadAsync(cancellationToken);

    /// <summary>The current row's value; null for null.</summary>
    public string? Value(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    public async ValueTask DisposeAsync()
    {
        await reader.DisposeAsync();
        await snapshot.DisposeAsync();
    }
}

/// <param name="Name">As it was asked for.</param>
/// <param name="Type">Type of its values.</param>
/// <param name="Unit">A metric's unit, when it has one.</param>
/// <param name="Label">A metric's label, when it has one.</param>
internal sealed record AnswerColumn(string Name, DataType Type, string? Unit, string? Label);
