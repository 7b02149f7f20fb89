using System.Collections.Immutable;
using Microsoft.OData.UriParser;
using NpgsqlTypes;
using Platform.Api.OData.Model;
using Platform.Api.OData.Sql;
using Platform.Metrics.Catalogue;
using Platform.Metrics.Sql;

namespace Platform.Api.OData;

/// <summary>A request as SQL.</summary>
internal sealed record RowQuery
{
    public required NamedSet Set { get; init; }

    public required IReadOnlyCollection<Relation> Relations { get; init; }

    /// <summary>Counts the rows of all pages; null when nobody asks.</summary>
    public SqlStatement? Count { get; init; }

    /// <summary>The page's rows and one more; null when only their number is wanted.</summary>
    public SqlStatement? Rows { get; init; }

    public RowShape Shape { get; init; } = new([]);

    /// <summary>Rows of this page at most.</summary>
    public long PageRows { get; init; }

    /// <summary>Whether there may be a page after this one.</summary>
    public bool IsPaged { get; init; }

    /// <summary>Columns after the shape's, whose values the next page begins after; 0 when pages are told by the number of rows.</summary>
    public int OrderColumns { get; init; }

    /// <summary>Rows of the pages before.</summary>
    public long Before { get; init; }

    /// <summary>Whether the address names one row.</summary>
    public bool IsSingle { get; init; }

    /// <summary>The property that the address names.</summary>
    public string? Property { get; init; }

    /// <exception cref="ODataFault">The request cannot be answered.</exception>
    public static RowQuery Of(ODataRequest request, PublishedSets sets, int pageSize, DateTimeOffset now)
    {
        var parameters = new SqlParameters();
        var target = RowTarget.Of(request.Path, sets, parameters);
        var source = new RowSource(sets, target.Set, parameters);
        source.Reads(target.Relations);
        foreach (var condition in target.Conditions)
        {
            source.Where(condition);
        }

        if (target.IsSingle && (request.Apply is not null || request.Filter is not null || request.OrderBy is not null || request.Top is not null || request.Skip > 0 || request.Count))
        {
            throw ODataFault.Bad("One row is asked for; $select, $expand and $compute choose what is shown of it.");
        }

        source = request.Apply is null ? source : ApplySql.Write(request.Apply, source, now);
        var expressions = new ExpressionSql(source, now);
        if (request.Compute is { } compute)
        {
            ApplySql.Compute(compute.ComputedItems, source, expressions);
        }

        if (request.Filter is { } filter)
        {
            source.Where(expressions.Condition(filter.Expression));
        }

        SqlStatement? count = request.Count || target.IsCount ? new($"select count(*)\n{source.From}", parameters.ToImmutable()) : null;
        if (target.IsCount)
        {
            return new RowQuery { Set = target.Set, Relations = source.Relations, Count = count };
        }

        var shape = target.Property is { } property
            ? new RowShape([new ShapedProperty(property, source.Column([property]), null)])
            : source.Set is null ? RowShape.OfMade(request.SelectExpand, source) : RowShape.Of(request.SelectExpand, source, []);
        return Page(request, sets, source, expressions, shape, target, pageSize) with { Count = count };
    }

    private static RowQuery Page(
        ODataRequest request, PublishedSets sets, RowSource source, ExpressionSql expressions, RowShape shape, RowTarget target, int pageSize)
    {
        var order = Order(request.OrderBy, source, expressions);
        var keyed = source.Set is { Key.Length: > 0 };
        var token = request.SkipToken is { } text ? SkipToken.Parse(text, order.Columns.Count) : null;
        if (token is not null && token.PublicationId != sets.Publication.Id)
        {
            throw new ODataFault(
                StatusCodes.Status410Gone,
                "data-changed",
                "The data was published anew since the page before, and pages of two publications do not fit together. Ask for the first page again.",
                "$skiptoken");
        }

        if (token?.After is { } after)
        {
            source.Where(keyed ? order.After(after, source) : throw ODataFault.Bad("The token is of another request.", "$skiptoken"));
        }

        var before = token?.Rows ?? 0;
        var wanted = target.IsSingle ? 1 : Math.Max(0, (request.Top ?? long.MaxValue) - before);
        var rows = Math.Min(wanted, pageSize);
        var paged = wanted > pageSize;
        var columns = shape.Columns.Select(column => column.Sql).Concat(paged && keyed ? order.Columns.Select(column => column.Source.Sql) : []).ToArray();
        var sql = $"select {string.Join(", ", columns.DefaultIfEmpty("1"))}\n{source.From}";
        if (!target.IsSingle && order.Columns.Count > 0)
        {
            sql += $"\norder by {order.Sql}";
        }

        sql += $"\nlimit {source.Parameters.Add(paged ? rows + 1 : rows, NpgsqlDbType.Bigint)}";
        var offset = token?.After is null ? request.Skip + before : 0;
        if (offset > 0)
        {
            sql += $" offset {source.Parameters.Add(offset, NpgsqlDbType.Bigint)}";
        }

        return new RowQuery
        {
            Set = target.Set,
            Relations = source.Relations,
            Rows = new SqlStatement(sql, source.Parameters.ToImmutable()),
            Shape = shape,
            PageRows = rows,
            IsPaged = paged,
            OrderColumns = paged && keyed ? order.Columns.Count : 0,
            Before = before,
            IsSingle = target.IsSingle,
            Property = target.Property,
        };
    }

    /// <summary>As asked, then by what tells rows apart: the key, or all columns.</summary>
    private static RowOrder Order(OrderByClause? clause, RowSource source, ExpressionSql expressions)
    {
        var columns = new List<OrderColumn>();
        for (var item = clause; item is not null; item = item.ThenBy)
        {
            var kind = expressions.Kind(item.Expression);
            var column = item.Expression is SingleValuePropertyAccessNode or SingleValueOpenPropertyAccessNode
                ? source.Column(ExpressionSql.Path(item.Expression))
                : new SourceColumn("", $"({expressions.Value(item.Expression)})", kind, true);
            columns.Add(new OrderColumn(column, item.Direction == OrderByDirection.Descending));
        }

        ImmutableArray<string> rest = source.Set is not { } set
            ? [.. source.Made.Select(column => column.Path)]
            : set.Key.Length > 0 ? set.Key : [.. set.Columns.Select(column => column.Name)];
        var paths = rest.Select(name => source.Set is null ? source.Column([.. name.Split('/')]) : source.Column([name]));
        columns.AddRange(paths.Where(column => columns.All(other => other.Source.Sql != column.Sql)).Select(column => new OrderColumn(column, false)));
        return new RowOrder(columns);
    }
}
