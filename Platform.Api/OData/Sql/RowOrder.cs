using NpgsqlTypes;

namespace Platform.Api.OData.Sql;

/// <summary>
/// What rows are sorted by. The last of it tells all rows apart, so that pages neither miss nor repeat one. Null comes before every value
/// (OData part 1, 11.2.6.2).
/// </summary>
internal sealed record RowOrder(IReadOnlyList<OrderColumn> Columns)
{
    public string Sql => string.Join(", ", Columns.Select(column =>
        $"{column.Source.Sql}{(column.Descending ? " desc" : "")}{(column.Source.IsNullable ? column.Descending ? " nulls last" : " nulls first" : "")}"));

    /// <summary>The condition that only rows after the one with these values meet.</summary>
    public string After(string?[] values, RowSource source)
    {
        string[] literals =
        [
            .. Columns.Select((column, at) => values[at] is { } value
                ? $"{source.Parameters.Add(value, NpgsqlDbType.Text)}::{SqlTypes.Name(column.Source.Kind)}"
                : "null"),
        ];
        if (Columns.All(column => column is { Descending: false, Source.IsNullable: false }))
        {
            // An index on the key serves this form.
            return $"({string.Join(", ", Columns.Select(column => column.Source.Sql))}) > ({string.Join(", ", literals)})";
        }

        var branches = new List<string>();
        for (var at = 0; at < Columns.Count; at++)
        {
            var equal = Columns.Take(at).Select((column, before) => values[before] is null ? $"{column.Source.Sql} is null" : $"{column.Source.Sql} = {literals[before]}");
            if (Beyond(Columns[at], values[at] is null, literals[at]) is { } beyond)
            {
                branches.Add($"({string.Join(" and ", equal.Append(beyond))})");
            }
        }

        return branches.Count == 0 ? "false" : string.Join(" or ", branches);
    }

    private static string? Beyond(OrderColumn column, bool isNull, string literal) => (column.Descending, isNull) switch
    {
        (false, true) => $"{column.Source.Sql} is not null",
        (false, false) => $"{column.Source.Sql} > {literal}",
        (true, true) => null,
        (true, false) => column.Source.IsNullable ? $"({column.Source.Sql} < {literal} or {column.Source.Sql} is null)" : $"{column.Source.Sql} < {literal}",
    };
}

internal sealed record OrderColumn(SourceColumn Source, bool Descending);
