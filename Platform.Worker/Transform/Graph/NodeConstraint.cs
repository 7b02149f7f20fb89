namespace Platform.Worker.Transform.Graph;

/// <summary>The contract of a model (https://docs.getdbt.com/reference/resource-configs/contract).</summary>
/// <param name="Enforced">The columns that are built must be those declared.</param>
/// <param name="AliasTypes">Types such as <c>string</c> stand for the adapter's own; default true.</param>
/// <param name="Checksum">SHA-256 of the declared columns' names, types and constraints, when enforced.</param>
internal sealed record ModelContract(bool Enforced, bool AliasTypes = true, string? Checksum = null);

/// <summary>A constraint of a model or of one of its columns (https://docs.getdbt.com/reference/resource-properties/constraints).</summary>
internal sealed record ModelConstraint
{
    /// <summary>check, not_null, unique, primary_key, foreign_key or custom.</summary>
    public required string Type { get; init; }

    public string? Name { get; init; }

    public string? Expression { get; init; }

    /// <summary>The columns of a constraint of the whole model; empty on a column's own.</summary>
    public IReadOnlyList<string> Columns { get; init; } = [];

    /// <summary>The relation a foreign key points to, as written: <c>ref('orders')</c> or <c>source('shop', 'orders')</c>.</summary>
    public string? To { get; init; }

    /// <summary>Unique id of the node that <see cref="To"/> means.</summary>
    public string? ToNode { get; init; }

    public IReadOnlyList<string> ToColumns { get; init; } = [];

    public bool WarnUnenforced { get; init; } = true;

    public bool WarnUnsupported { get; init; } = true;
}
