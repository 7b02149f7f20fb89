namespace Platform.Worker.Transform.Graph;

/// <summary>What a model holds that a saved query declares: the rows of a semantic model, aggregated by keys.</summary>
/// <param name="SavedQuery">Name of the saved query.</param>
/// <param name="SemanticModel">Name of the semantic model.</param>
/// <param name="Keys">What it is grouped by.</param>
/// <param name="Values">The aggregates.</param>
internal sealed record RollupDefinition(string SavedQuery, string SemanticModel, IReadOnlyList<RollupKey> Keys, IReadOnlyList<RollupValue> Values);

/// <summary>A column to group by.</summary>
/// <param name="Column">The rollup's column.</param>
/// <param name="Expr">An expression over the last relation of the path, or over the semantic model's own.</param>
/// <param name="Grain">For a time: of it only the period is kept, as its first day or moment in UTC.</param>
/// <param name="Path">What is looked up, from the semantic model on.</param>
internal sealed record RollupKey(string Column, string Expr, string? Grain, IReadOnlyList<RollupStep> Path);

/// <summary>A lookup by an entity of the row in the semantic model where that is unique.</summary>
internal sealed record RollupStep(string Entity, string SemanticModel);

/// <summary>An aggregate: sum, count, min, max or sum_boolean.</summary>
internal sealed record RollupValue(string Column, string Agg, string Expr);
