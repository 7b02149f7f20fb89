using System.Collections.Immutable;
using System.Text;
using Npgsql;
using Platform.Api.Warehouse;
using Platform.Metrics.Catalogue;
using Platform.Metrics.Plan;
using Platform.Metrics.Query;

namespace Platform.Api.Metrics.Query;

/// <summary>An answer that is being read, and the publication it is of. Values come as PostgreSQL writes them, so no digit is lost.</summary>
internal sealed class QueryAnswer(
    MetricQuery query, Publication publication, ImmutableArray<AnswerColumn> columns, NpgsqlDataReader reader, PublishedSnapshot snapshot) : IAsyncDisposable
{
    private readonly TextValues values = new(reader);

    /// <summary>What was asked, a saved query's part included.</summary>
    public MetricQuery Query => query;

    public Publication Publication => publication;

    public ImmutableArray<AnswerColumn> Columns => columns;

    public Task<bool> ReadAsync(CancellationToken cancellationToken) => reader.ReadAsync(cancellationToken);

    /// <summary>The current row's value; null for null.</summary>
    public string? Value(int column) => TryGet(column, out var value) ? Encoding.UTF8.GetString(value) : null;

    /// <summary>The current row's value in UTF-8, valid until the next one is asked for; false for null.</summary>
    public bool TryGet(int column, out ReadOnlySpan<byte> value) => values.TryGet(column, out value);

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
internal sealed record AnswerColumn(string Name, DataType Type, string? Unit, string? Label)
{
    public static ImmutableArray<AnswerColumn> Of(QueryPlan plan) =>
    [
        .. plan.Keys.Select(key => new AnswerColumn(key.Element.Text, key.Type, null, null)),
        .. plan.Metrics.Select(metric => new AnswerColumn(metric.Metric.Name, metric.Term.Type, metric.Metric.Meta.Unit, metric.Metric.Label)),
    ];
}
