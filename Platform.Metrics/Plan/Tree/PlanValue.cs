using System.Collections.Immutable;
using Platform.Metrics.Catalogue;

namespace Platform.Metrics.Plan.Tree;

/// <summary>A value computed from a row, or with <see cref="AggregateCall"/> in it from rows.</summary>
internal abstract record PlanValue(DataType Type)
{
    /// <summary>The values that this one is computed from.</summary>
    public virtual IEnumerable<PlanValue> Operands => [];

    public IEnumerable<PlanValue> All => Operands.SelectMany(operand => operand.All).Prepend(this);

    /// <summary>Relations that the value is read from.</summary>
    public IEnumerable<string> Relations => All.Select(scalar => scalar switch
    {
        SourceColumn column => column.Relation,
        OutputColumn column => column.Relation,
        _ => null,
    }).OfType<string>().Distinct();

    /// <summary>The value with others in place of some, which are found from the outside in.</summary>
    public PlanValue Replace(Func<PlanValue, PlanValue?> replacement) => replacement(this) ?? WithOperands(replacement);

    protected virtual PlanValue WithOperands(Func<PlanValue, PlanValue?> replacement) => this;
}

/// <summary>The project's own SQL over the columns of a relation.</summary>
/// <param name="Relation">Name of the relation in the plan.</param>
/// <param name="Expr">The expression as it is defined.</param>
/// <param name="Name">What it is called, where it has to be projected.</param>
/// <param name="Type">Its type.</param>
internal sealed record SourceColumn(string Relation, string Expr, string Name, DataType Type) : PlanValue(Type)
{
    public override string ToString() => $"{Relation}.{Expr}";
}

/// <summary>A column that a node of the plan puts out.</summary>
internal sealed record OutputColumn(string Relation, string Name, DataType Type) : PlanValue(Type)
{
    public override string ToString() => $"{Relation}.{Name}";
}

/// <summary>A value of the request: string, decimal, long, double, bool, DateOnly or DateTime, or an array of one of them. A parameter in SQL.</summary>
internal sealed record Constant(object Value, DataType Type) : PlanValue(Type)
{
    public override string ToString() => Value is Array array
        ? $"[{string.Join(", ", array.Cast<object>())}]"
        : Value is string text ? $"'{text}'" : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Value}");
}

/// <summary>The first moment of the period that a time falls in; a date for days and longer.</summary>
internal sealed record CutTime(PlanValue Time, TimeGrain Grain) : PlanValue(Grain >= TimeGrain.Day ? DataType.Date : DataType.Timestamp)
{
    public override IEnumerable<PlanValue> Operands => [Time];

    public override string ToString() => $"{Grain.Name()}({Time})";

    protected override PlanValue WithOperands(Func<PlanValue, PlanValue?> replacement) => this with { Time = Time.Replace(replacement) };
}

/// <summary>A part of a time.</summary>
internal sealed record TimePart(PlanValue Time, DatePart Part) : PlanValue(DataType.Integer)
{
    public override IEnumerable<PlanValue> Operands => [Time];

    public override string ToString() => $"{Part.Name()} of {Time}";

    protected override PlanValue WithOperands(Func<PlanValue, PlanValue?> replacement) => this with { Time = Time.Replace(replacement) };
}

/// <summary>A time moved later, or earlier by a negative shift. By whole days a date stays one.</summary>
internal sealed record MovedTime(PlanValue Time, TimeShift Shift)
    : PlanValue(Shift is { Months: 0, Seconds: 0 } && Time.Type == DataType.Date ? DataType.Date : DataType.Timestamp)
{
    public override IEnumerable<PlanValue> Operands => [Time];

    /// <summary>The time moved, or the time itself when there is no shift.</summary>
    public static PlanValue Of(PlanValue time, TimeShift shift) => shift.IsNone ? time : new MovedTime(time, shift);

    public override string ToString() => $"{Time} {Shift.Months:+0;-0;+0} months {Shift.Days:+0;-0;+0} days {Shift.Seconds:+0;-0;+0} seconds";

    protected override PlanValue WithOperands(Func<PlanValue, PlanValue?> replacement) => this with { Time = Time.Replace(replacement) };
}

/// <summary>An aggregate of a value over rows.</summary>
internal sealed record AggregateCall(Measure Measure, PlanValue Argument) : PlanValue(Measure.DataType)
{
    /// <summary>The argument is the same aggregate of parts of the rows.</summary>
    public bool IsCombined { get; init; }

    /// <summary>Only rows for which it holds count; null for all.</summary>
    public PlanValue? Filter { get; init; }

    public override IEnumerable<PlanValue> Operands => Filter is null ? [Argument] : [Argument, Filter];

    public override string ToString() =>
        $"{(IsCombined ? "combined " : "")}{Measure.Aggregation}({Argument}){(Filter is null ? "" : $" where {Filter}")}";

    protected override PlanValue WithOperands(Func<PlanValue, PlanValue?> replacement) =>
        this with { Argument = Argument.Replace(replacement), Filter = Filter?.Replace(replacement) };
}

/// <summary>SQL with values in it.</summary>
internal sealed record SqlValue(ImmutableArray<object> Parts, DataType Type) : PlanValue(Type)
{
    public override IEnumerable<PlanValue> Operands => Parts.OfType<PlanValue>();

    /// <param name="type">Type of the whole.</param>
    /// <param name="parts">Texts of SQL, which hold no value of a request, and scalars.</param>
    public static SqlValue Of(DataType type, params ReadOnlySpan<object> parts) => new([.. parts], type);

    /// <summary>All conditions at once.</summary>
    public static PlanValue And(IReadOnlyList<PlanValue> conditions) =>
        conditions.Count == 1 ? conditions[0] : new SqlValue([.. Join(conditions, " and ")], DataType.Boolean);

    /// <summary>The scalars with a text between them.</summary>
    public static IEnumerable<object> Join(IEnumerable<PlanValue> scalars, string between) =>
        scalars.SelectMany((scalar, at) => at == 0 ? new object[] { scalar } : [between, scalar]);

    public bool Equals(SqlValue? other) => other is not null && Type == other.Type && Parts.SequenceEqual(other.Parts);

    public override int GetHashCode() => Parts.Aggregate((int)Type, (hash, part) => HashCode.Combine(hash, part));

    public override string ToString() => string.Concat(Parts);

    protected override PlanValue WithOperands(Func<PlanValue, PlanValue?> replacement) =>
        this with { Parts = [.. Parts.Select(part => part is PlanValue scalar ? scalar.Replace(replacement) : part)] };
}
