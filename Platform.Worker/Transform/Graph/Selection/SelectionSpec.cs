namespace Platform.Worker.Transform.Graph.Selection;

/// <summary>A tree of set operations over criteria.</summary>
internal abstract record SelectionSpec;

/// <summary>One criterion: what a method finds for a value, with the relatives that graph operators add.</summary>
internal sealed record SelectionCriterion : SelectionSpec
{
    /// <summary>As written, for messages.</summary>
    public required string Raw { get; init; }

    /// <summary>Name of the method, such as tag.</summary>
    public required string Method { get; init; }

    /// <summary>What follows the method's name after dots: <c>config.meta.owner</c> has meta and owner.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>A text; in selectors.yml also a bool or a number.</summary>
    public required object Value { get; init; }

    public string Text => Project.NodeConfig.Empty.With("value", Value).Text("value") ?? "";

    /// <summary><c>@</c>: with all descendants and everything that those need.</summary>
    public bool ChildrensParents { get; init; }

    /// <summary>How many levels of ancestors come along: 0 none, <see cref="int.MaxValue"/> all.</summary>
    public int ParentsDepth { get; init; }

    public int ChildrenDepth { get; init; }

    public IndirectSelection IndirectSelection { get; init; }

    public required SourceLocation At { get; init; }
}

internal enum SetOperation
{
    Union,
    Intersection,

    /// <summary>The first component without all others.</summary>
    Difference,
}

/// <summary>Several specs as one set.</summary>
internal sealed record SelectionGroup(SetOperation Operation, IReadOnlyList<SelectionSpec> Components) : SelectionSpec
{
    public IndirectSelection IndirectSelection { get; init; }

    /// <summary>The text to warn with when nothing matches; null: nothing is said.</summary>
    public string? Expected { get; init; }

    public HashSet<string> Combine(IReadOnlyList<HashSet<string>> sets)
    {
        var result = sets.Count == 0 ? [] : new HashSet<string>(sets[0]);
        foreach (var set in sets.Skip(1))
        {
            switch (Operation)
            {
                case SetOperation.Union:
                    result.UnionWith(set);
                    break;
                case SetOperation.Intersection:
                    result.IntersectWith(set);
                    break;
                default:
                    result.ExceptWith(set);
                    break;
            }
        }

        return result;
    }
}
