namespace Platform.Worker.Transform.Run;

/// <summary>The answer of one statement: its rows, if it has any, and what the server says it did ("SELECT 100").</summary>
internal sealed record QueryResult(
    IReadOnlyList<string> Columns, IReadOnlyList<string> ColumnTypes, IReadOnlyList<object?[]> Rows, string Tag, long RowsAffected)
{
    public static readonly QueryResult Empty = new([], [], [], "", 0);
}
