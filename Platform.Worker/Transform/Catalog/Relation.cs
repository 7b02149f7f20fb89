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
}

/// <summary>A table or view by name. Immutable; what <c>ref()</c>, <c>source()</c> and <c>this</c> render.</summary>
internal sealed record Relation(string? Database, string? Schema, string? Identifier, RelationType? Type = null)
{
    public bool IncludeDatabase { get; init; } = true;

    public bool IncludeSchema { get; init; } = true;

    public bool IncludeIdentifier { get; init; } = true;

    public bool QuoteDatabase { get; init; } = true;

    public bool QuoteSchema { get; init; } = true;

    public bool QuoteIdentifier { get; init; } = true;

    public string TypeName => Type switch
    {
        RelationType.Table => "table",
        RelationType.View => "view",
        RelationType.MaterializedView => "materialized_view",
        RelationType.Cte => "cte",
        RelationType.External => "external",
        _ => "",
    };

    public static RelationType? ParseType(string? name) => name switch
    {
        "table" => RelationType.Table,
        "view" => RelationType.View,
        "materialized_view" => RelationType.MaterializedView,
        "cte" => RelationType.Cte,
        "external" => RelationType.External,
        _ => null,
    };

    /// <summary>The name as SQL text, parts separated by dots.</summary>
    public override string ToString()
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
                text.Append(text.Length > 0 ? "." : "").Append(quote ? $"\"{part}\"" : part);
            }
        }
    }

    /// <summary>Schema and name, quoted, as statements of this engine write them.</summary>
    public string Qualified => Sql.Identifier(Schema!, Identifier!);
}
