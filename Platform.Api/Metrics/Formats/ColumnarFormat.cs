using System.Buffers;
using System.Collections.Immutable;
using Platform.Api.Metrics.Query;

namespace Platform.Api.Metrics.Formats;

/// <summary>
/// Gathers rows into batches of columns. How many digits a decimal column has behind the point is seen in the first batch, which is the whole
/// answer for all but exports; a later value with more digits is rounded to them.
/// </summary>
/// <param name="batchRows">Rows of a batch, a multiple of 8.</param>
internal abstract class ColumnarFormat(int batchRows) : ResultFormat
{
    private bool begun;

    protected ImmutableArray<ColumnBuffer> Columns { get; private set; } = [];

    /// <summary>Digits behind the point, by column; 0 for columns of other types.</summary>
    protected ImmutableArray<int> Scales { get; private set; } = [];

    public override ValueTask BeginAsync(QueryAnswer answer, string receipt, IBufferWriter<byte> buffer, CancellationToken cancellationToken)
    {
        Columns = [.. answer.Columns.Select(column => ColumnBuffer.For(column, batchRows))];
        return default;
    }

    public override ValueTask RowAsync(QueryAnswer answer, IBufferWriter<byte> buffer, CancellationToken cancellationToken)
    {
        for (var at = 0; at < Columns.Length; at++)
        {
            if (answer.TryGet(at, out var value))
            {
                Columns[at].Add(value);
            }
            else
            {
                Columns[at].AddNull();
            }
        }

        return Columns[0].Count == batchRows ? BatchAsync(answer, buffer, cancellationToken) : default;
    }

    public override async ValueTask EndAsync(QueryAnswer answer, AnswerEnd end, IBufferWriter<byte> buffer, CancellationToken cancellationToken)
    {
        if (!begun || Columns[0].Count > 0)
        {
            await BatchAsync(answer, buffer, cancellationToken);
        }

        await WriteEndAsync(cancellationToken);
    }

    protected abstract ValueTask WriteStartAsync(QueryAnswer answer, IBufferWriter<byte> buffer, CancellationToken cancellationToken);

    protected abstract ValueTask WriteBatchAsync(CancellationToken cancellationToken);

    protected abstract ValueTask WriteEndAsync(CancellationToken cancellationToken);

    private async ValueTask BatchAsync(QueryAnswer answer, IBufferWriter<byte> buffer, CancellationToken cancellationToken)
    {
        if (!begun)
        {
            begun = true;
            Scales = [.. Columns.Select(column => column is DecimalBuffer digits ? digits.Scale : 0)];
            await WriteStartAsync(answer, buffer, cancellationToken);
        }

        if (Columns[0].Count > 0)
        {
            await WriteBatchAsync(cancellationToken);
        }

        foreach (var column in Columns)
        {
            column.Clear();
        }
    }
}
