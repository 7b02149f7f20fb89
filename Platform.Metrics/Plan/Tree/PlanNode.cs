using System.Collections.Immutable;
using Platform.Metrics.Catalogue;

namespace Platform.Metrics.Plan.Tree;

/// <summary>A step of a plan. Nodes are immutable; a rewrite makes a new tree that answers the same.</summary>
internal abstract record PlanNode
{
    public virtual ImmutableArray<PlanNode> Inputs => [];

    public IEnumerable<PlanNode> All => Inputs.SelectMany(input => input.All).Prepend(this);

    /// <summary>Names under which columns are read from here, by the nodes above.</summary>
    public abstract IEnumerable<string> Names { get; }

    /// <summary>What it computes, in one line, without its inputs.</summary>
    public abstract string Describe();

    public virtual PlanNode WithInputs(ImmutableArray<PlanNode> inputs) => this;

    /// <summary>The tree, changed from its leaves to its root.</summary>
    public PlanNode Rewrite(Func<PlanNode, PlanNode> rewrite)
    {
        var inputs = Inputs.Select(input => input.Rewrite(rewrite)).ToImmutableArray();
        return rewrite(inputs.Zip(Inputs).All(pair => ReferenceEquals(pair.First, pair.Second)) ? this : WithInputs(inputs));
    }

    public override string ToString() => Inputs.IsEmpty ? Describe() : $"{Describe()} <- ({string.Join("; ", Inputs)})";
}

/// <summary>A published table or view.</summary>
internal sealed record Read(string Name, Relation Relation) : PlanNode
{
    /// <summary>Set when it is read in place of the facts that it holds aggregated.</summary>
    public Rollup? Rollup { get; init; }

    public override IEnumerable<string> Names => [Name];

    public override string Describe() =>
        $"read {Relation.Schema}.{Relation.Name} as {Name}{(Rollup is null ? "" : $", a rollup of {Rollup.Facts.Schema}.{Rollup.Facts.Name}")}";

    public override string ToString() => Describe();
}

/// <summary>
/// All periods of a grain, each by its first moment, in the column <see cref="Column"/>: from a time spine, or counted. Where no bound is given,
/// that of the facts in <see cref="Extent"/> is meant.
/// </summary>
internal sealed record Periods(string Name, TimeGrain Grain) : PlanNode
{
    public const string Column = "period";

    public TimeSpine? Spine { get; init; }

    public PlanValue? From { get; init; }

    public PlanValue? To { get; init; }

    /// <summary>A named node with the facts' time in a column.</summary>
    public PlanNode? Extent { get; init; }

    public OutputColumn? ExtentTime { get; init; }

    /// <summary>How far the periods are after the facts.</summary>
    public TimeShift Shift { get; init; }

    public override ImmutableArray<PlanNode> Inputs => Extent is null ? [] : [Extent];

    public override IEnumerable<string> Names => [Name];

    public OutputColumn Time => new(Name, Column, Grain >= TimeGrain.Day ? DataType.Date : DataType.Timestamp);

    public override PlanNode WithInputs(ImmutableArray<PlanNode> inputs) => this with { Extent = inputs is [var extent] ? extent : null };

    public override string Describe() =>
        $"list every {Grain.Name()} from {From?.ToString() ?? "the first fact"} to {To?.ToString() ?? "the last fact"}" +
        (Spine is null ? "" : $" of {Spine.Relation.Schema}.{Spine.Relation.Name}");

    public override string ToString() => $"{Describe()}{(Extent is null ? "" : $" <- {Extent}")}";
}

internal enum JoinKind
{
    Inner,
    Left,
    Full,
}

/// <summary>Rows of both sides that belong together.</summary>
/// <param name="Left">Rows.</param>
/// <param name="Right">What is looked up for them.</param>
/// <param name="Kind">What becomes of rows without a match.</param>
/// <param name="On">Condition.</param>
internal sealed record Join(PlanNode Left, PlanNode Right, JoinKind Kind, PlanValue On) : PlanNode
{
    /// <summary>A row of the left has at most one match, so that no row is counted twice.</summary>
    public bool IsLookup { get; init; }

    public override ImmutableArray<PlanNode> Inputs => [Left, Right];

    public override IEnumerable<string> Names => Left.Names.Concat(Right.Names);

    public override PlanNode WithInputs(ImmutableArray<PlanNode> inputs) => this with { Left = inputs[0], Right = inputs[1] };

    public override string Describe() => $"{(IsLookup ? "look up" : $"{Kind} join")} on {On}";

    public override string ToString() => base.ToString();
}

/// <summary>Rows for which all conditions hold.</summary>
internal sealed record Filter(PlanNode Input, ImmutableArray<PlanValue> Conditions) : PlanNode
{
    public override ImmutableArray<PlanNode> Inputs => [Input];

    public override IEnumerable<string> Names => Input.Names;

    /// <summary>The filter, or the rows themselves when there is no condition.</summary>
    public static PlanNode Of(PlanNode input, IEnumerable<PlanValue> conditions) =>
        conditions.ToImmutableArray() is { IsEmpty: false } some ? new Filter(input, some) : input;

    public override PlanNode WithInputs(ImmutableArray<PlanNode> inputs) => this with { Input = inputs[0] };

    public override string Describe() => $"keep rows where {string.Join(" and ", Conditions)}";

    public override string ToString() => base.ToString();
}

/// <summary>A named value.</summary>
internal sealed record Column(string Name, PlanValue Value)
{
    public override string ToString() => $"{Value} as {Name}";
}

/// <summary>Columns computed for each row; rows stay as they are.</summary>
internal sealed record Project(string Name, PlanNode Input, ImmutableArray<Column> Columns) : PlanNode
{
    public override ImmutableArray<PlanNode> Inputs => [Input];

    public override IEnumerable<string> Names => [Name];

    public OutputColumn Output(string column) => new(Name, column, Columns.First(own => own.Name == column).Value.Type);

    public override PlanNode WithInputs(ImmutableArray<PlanNode> inputs) => this with { Input = inputs[0] };

    public override string Describe() => $"{Name}: compute {string.Join(", ", Columns)}";

    public override string ToString() => base.ToString();
}

/// <summary>One row for each combination of the keys; without keys exactly one.</summary>
internal sealed record Aggregate(string Name, PlanNode Input, ImmutableArray<Column> Keys, ImmutableArray<Column> Values) : PlanNode
{
    /// <summary>The question that this answers, in terms of the catalogue: what a table of aggregates can be compared with.</summary>
    public FactScan? Scan { get; init; }

    public override ImmutableArray<PlanNode> Inputs => [Input];

    public override IEnumerable<string> Names => [Name];

    public OutputColumn Output(string column) => new(Name, column, Keys.Concat(Values).First(own => own.Name == column).Value.Type);

    public override PlanNode WithInputs(ImmutableArray<PlanNode> inputs) => this with { Input = inputs[0] };

    public override string Describe() =>
        $"{Name}: " + (Values.IsEmpty ? "distinct" : $"aggregate {string.Join(", ", Values)}") +
        (Keys.IsEmpty ? "" : $" by {string.Join(", ", Keys)}");

    public override string ToString() => base.ToString();
}

/// <summary>Aggregates of several facts side by side on the keys, each key once; nulls are equal.</summary>
internal sealed record SideBySide(string Name, ImmutableArray<PlanNode> Facts, ImmutableArray<(string Name, DataType Type)> Keys) : PlanNode
{
    public override ImmutableArray<PlanNode> Inputs => Facts;

    public override IEnumerable<string> Names => [Name];

    public override PlanNode WithInputs(ImmutableArray<PlanNode> inputs) => this with { Facts = inputs };

    public override string Describe() => $"{Name}: put side by side{(Keys.IsEmpty ? "" : $" on {string.Join(", ", Keys.Select(key => key.Name))}")}";

    public override string ToString() => base.ToString();
}

/// <summary>The first rows in an order.</summary>
internal sealed record Top(PlanNode Input, ImmutableArray<(string Column, bool Descending)> Order, long Rows) : PlanNode
{
    /// <summary>Rows before them, which are passed over.</summary>
    public long Offset { get; init; }

    public override ImmutableArray<PlanNode> Inputs => [Input];

    public override IEnumerable<string> Names => Input.Names;

    public override PlanNode WithInputs(ImmutableArray<PlanNode> inputs) => this with { Input = inputs[0] };

    public override string Describe() =>
        $"first {Rows} rows{(Order.IsEmpty ? "" : $" by {string.Join(", ", Order.Select(order => order.Column + (order.Descending ? " desc" : "")))}")}";

    public override string ToString() => base.ToString();
}
