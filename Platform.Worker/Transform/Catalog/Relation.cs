using System.Text;
using Platform.Worker.Warehouse;

namespace Platform.Worker.Transform.Catalog;

internal enum RelationType
{
    Table,
    View,
    MaterializedView,
    Cte,
    External,
    Function,
    PointerTable,
}

/// <summary>A table or view by name. Immutable; what <c>ref()</c>, <c>source()</c> and <c>this</c> render.</summary>
internal sealed record Relation(string? Database, string? Schema, string? Identifier, RelationType? Type = null)
{
    /// <summary>The longest name that PostgreSQL keeps whole.</summary>
    public const int MaxName = 63;

    public bool IncludeDatabase { get; init; } = true;

    public bool IncludeSchema { get; init; } = true;

    public bool IncludeIdentifier { get; init; } = true;

    public bool QuoteDatabase { get; init; } = true;

    public bool QuoteSchema { get; init; } = true;

    public bool QuoteIdentifier { get; init; } = true;

    /// <summary>Rows that are read of it, 0 with <c>--empty</c>; null: all.</summary>
    public int? Limit { get; init; }

    /// <summary>The rows that are read of it by time: those of a microbatch, or of <c>--sample</c>; null: all.</summary>
    public EventTimeFilter? EventTime { get; init; }

    public string TypeName => Type switch
    {
        RelationType.Table => "table",
        RelationType.View => "view",
        RelationType.MaterializedView => "materialized_view",
        RelationType.Cte => "cte",
        RelationType.External => "external",
        RelationType.Function => "function",
        RelationType.PointerTable => "pointer_table",
        _ => "",
    };

    /// <summary>Schema and name, quoted, as statements of this engine write them.</summary>
    public string Qualified => Sql.Identifier(Schema!, Identifier!);

    public static RelationType? ParseType(string? name) => name switch
    {
        "table" => RelationType.Table,
        "view" => RelationType.View,
        "materialized_view" => RelationType.MaterializedView,
        "cte" => RelationType.Cte,
        "external" => RelationType.External,
        "function" => RelationType.Function,
        "pointer_table" => RelationType.PointerTable,
        _ => null,
    };

    /// <summary>The name as SQL text, parts separated by dots.</summary>
    public string Render()
    {
        if (Type is RelationType.Cte)
        {
            return Identifier ?? "";
        }

        var text = new StringBuilder();
        Append(Database, IncludeDatabase, QuoteDatabase);
        Append(Schema, IncludeSchema, QuoteSchema);
        Append(Identifier, IncludeIdentifier, QuoteIdentifier);
        return text.ToString();

        void Append(string? part, bool include, bool quote)
        {
            if (include && !string.IsNullOrEmpty(part))
            {
                text.Append(text.Length > 0 ? "." : "").Append(quote ? $"\"{part.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : part);
            }
        }
    }

    /// <summary>The name, or the query of no or few of its rows.</summary>
    public string RenderLimited() => Limit switch
    {
        null => Render(),
        0 => $"(select * from {Render()} where false limit 0) _dbt_limit_subq_{Identifier}",
        var rows => $"(select * from {Render()} limit {rows}) _dbt_limit_subq_{Identifier}",
    };

    /// <summary>What reads the rows of the event time, of a name or of a query already limited.</summary>
    public string RenderEventTimeFiltered(string? rendered = null) => EventTime?.Condition is { } condition
        ? $"(select * from {rendered ?? Render()} where {condition}) _dbt_et_filter_subq_{Identifier}"
        : rendered ?? Render();

    /// <summary>What stands for the relation in a model's SQL.</summary>
    public override string ToString() => RenderEventTimeFiltered(RenderLimited());
}
