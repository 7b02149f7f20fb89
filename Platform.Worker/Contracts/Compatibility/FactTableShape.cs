namespace Platform.Worker.Contracts.Compatibility;

/// <summary>What a fact table in the warehouse is like, without the platform's own columns.</summary>
/// <param name="Columns">By name.</param>
/// <param name="Key">Columns of the primary key after <c>_partition</c>.</param>
/// <param name="Description">Comment of the table.</param>
/// <param name="IsPartitioned">Whether it is partitioned by <c>_partition</c>.</param>
internal sealed record FactTableShape(
    IReadOnlyDictionary<string, FactTableColumn> Columns, IReadOnlyList<string> Key, string Description, bool IsPartitioned);

/// <summary>A column of a fact table.</summary>
/// <param name="SqlType">As PostgreSQL's <c>format_type</c> writes it.</param>
/// <param name="Required">Whether it is <c>not null</c>.</param>
/// <param name="Description">Its comment.</param>
internal sealed record FactTableColumn(string SqlType, bool Required, string Description);
