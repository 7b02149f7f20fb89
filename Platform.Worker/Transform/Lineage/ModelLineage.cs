namespace Platform.Worker.Transform.Lineage;

/// <summary>How a column comes from another.</summary>
internal enum LineageKind
{
    /// <summary>As it is, perhaps under another name.</summary>
    Direct,

    /// <summary>By an expression.</summary>
    Derived,

    /// <summary>It decides which rows there are, or how they are grouped.</summary>
    Filter,
}

/// <summary>A column that is read.</summary>
/// <param name="UniqueId">The node that it belongs to; null for a relation that is none of the project's.</param>
/// <param name="Relation">The relation's quoted name.</param>
/// <param name="Column">The column's name; <c>*</c> for whole rows.</param>
/// <param name="Kind">How it is used.</param>
internal sealed record ColumnSource(string? UniqueId, string Relation, string Column, LineageKind Kind);

/// <summary>The column lineage of a model.</summary>
/// <param name="Columns">Its columns in order, each with those that its values come from.</param>
/// <param name="Filters">The columns that decide its rows.</param>
internal sealed record ModelLineage(
    IReadOnlyList<(string Column, IReadOnlyList<ColumnSource> Sources)> Columns, IReadOnlyList<ColumnSource> Filters);
