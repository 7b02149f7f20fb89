using System.Collections.Immutable;
using Platform.Metrics.Catalogue;
using Platform.Metrics.Filters;
using Platform.Metrics.Plan.Tree;

namespace Platform.Metrics.Plan;

/// <summary>The rows of a semantic model and, as they are needed, what it reaches: other models' dimensions, calendars, metrics of its entities.</summary>
internal sealed class FactSource : RowSource
{
    private readonly Dictionary<string, (string Alias, JoinStep Step)> joins = [];
    private readonly Dictionary<string, PlanValue> metrics = [];
    private readonly PlanContext context;
    private readonly SemanticModel model;
    private readonly Dimension? time;
    private readonly string root;
    private readonly JoinKind kind;

    /// <param name="context">The plan that is made.</param>
    /// <param name="model">Whose rows.</param>
    /// <param name="time">Their time; null where rows have none, as when dimensions' values are asked for.</param>
    /// <param name="kind">What becomes of rows of other models that no row here has.</param>
    public FactSource(PlanContext context, SemanticModel model, Dimension? time, JoinKind kind = JoinKind.Left)
        : this(context, model, time, kind, new ColumnNames())
    {
    }

    private FactSource(PlanContext context, SemanticModel model, Dimension? time, JoinKind kind, ColumnNames aliases)
        : base(new Read(aliases.Take(model.Name), model.Relation), aliases)
    {
        (this.context, this.model, this.time, this.kind) = (context, model, time, kind);
        root = model.Name;
        _ = aliases.Take(PlanContext.PeriodsName);
        Lookups = new ElementLookup(context.Catalogue, model, time);
    }

    public ElementLookup Lookups { get; }

    public IEnumerable<JoinStep> Steps => joins.Values.Select(join => join.Step);

    /// <summary>The rows' time as it is stored.</summary>
    public SourceColumn Time => new(root, time!.Expr, time.Name, time.DataType);

    /// <summary>The rows' time at the grain that its definition gives it.</summary>
    public PlanValue OwnTime => AtOwnGrain(Time, time!);

    public SourceColumn Own(string expr, string name, DataType type) => new(root, expr, name, type);

    public PlanValue Own(Measure measure) => Own(measure.Expr, measure.Name, measure.ExprType);

    /// <summary>An element of the model itself by its own name: an entity or a dimension.</summary>
    public PlanValue? Own(string name) =>
        model.FindEntity(name) is { } entity ? Own(entity.Expr, entity.Name, entity.DataType)
        : model.FindDimension(name) is { } dimension ? Own(dimension.Expr, dimension.Name, dimension.DataType)
        : null;

    /// <summary>The element's value; joins what has it.</summary>
    /// <param name="found">The element.</param>
    /// <param name="metricTime">What stands for the rows' time.</param>
    public PlanValue Bind(ElementLookup.Found found, PlanValue metricTime)
    {
        if (IsMetricTime(found))
        {
            return At(metricTime, found);
        }

        var element = found.Element!;
        var alias = Alias(element.Path);
        return element.Entity is { } entity
            ? Plain(new SourceColumn(alias, entity.Expr, entity.Name, entity.DataType))
            : element.Dimension is { } dimension
                ? At(new SourceColumn(alias, dimension.Expr, dimension.Name, dimension.DataType), found)
                : throw new InvalidOperationException("An element is an entity or a dimension.");
    }

    public bool IsMetricTime(ElementLookup.Found found) =>
        time is not null && found.Element is { Path.IsEmpty: true, Dimension: { } dimension } && dimension.Name == time.Name;

    /// <summary>A metric's value for the row's entity.</summary>
    /// <exception cref="FilterException">There is no such metric, or it cannot be had so.</exception>
    public PlanValue Bind(MetricReference reference, PlanValue metricTime)
    {
        if (metrics.TryGetValue(reference.Text, out var known))
        {
            return known;
        }

        var keys = reference.GroupBy.Select(name => Lookups.Find(name) is { Element: not null } found
            ? Bind(found, metricTime)
            : throw new UnknownElementException($"{reference.Text} is grouped by '{name}', which {model.Name} does not have.", reference.Position, []))
            .ToArray();
        var (node, columns, value) = context.MetricBy(reference);
        Lookup(node, SqlValue.And([.. keys.Zip(columns, (key, column) => SqlValue.Of(DataType.Boolean, key, " = ", column))]));
        return metrics[reference.Text] = value;
    }

    private static PlanValue AtOwnGrain(PlanValue value, Dimension dimension) =>
        dimension.Grain is not { } grain || value.Type == DataType.Date && grain <= TimeGrain.Day || grain <= TimeGrain.Second
            ? Plain(value)
            : new CutTime(value, grain);

    private string Alias(ImmutableArray<JoinStep> path)
    {
        var alias = root;
        var way = "";
        foreach (var step in path)
        {
            way += $"/{step.Entity.Name}>{step.Target.Name}";
            if (!joins.TryGetValue(way, out var join))
            {
                join = (Aliases.Take(alias == root ? step.Entity.Name : $"{alias}__{step.Entity.Name}"), step);
                joins.Add(way, join);
                var on = Condition(join.Alias, alias, step).ToArray();
                Lookup(new Read(join.Alias, step.Target.Relation), SqlValue.And(on), on.Length == 1 ? kind : JoinKind.Left);
            }

            alias = join.Alias;
        }

        return alias;
    }

    private IEnumerable<PlanValue> Condition(string alias, string parent, JoinStep step)
    {
        yield return Equal(
            new SourceColumn(alias, step.Key.Expr, step.Key.Name, step.Key.DataType),
            new SourceColumn(parent, step.Entity.Expr, step.Entity.Name, step.Entity.DataType));
        foreach (var (own, other) in step.Partitions)
        {
            yield return Equal(
                new SourceColumn(alias, other.Expr, other.Name, other.DataType), new SourceColumn(parent, own.Expr, own.Name, own.DataType));
        }

        // A slowly changing dimension: the row that was valid at the fact's time.
        if (step.Target.Validity is { } validity && time is not null)
        {
            var from = AtOwnGrain(new SourceColumn(alias, validity.From.Expr, validity.From.Name, validity.From.DataType), validity.From);
            var to = AtOwnGrain(new SourceColumn(alias, validity.To.Expr, validity.To.Name, validity.To.DataType), validity.To);
            yield return SqlValue.Of(DataType.Boolean, OwnTime, " >= ", from);
            yield return SqlValue.Of(DataType.Boolean, "(", OwnTime, " < ", to, " or ", to, " is null)");
        }
    }

    private static SqlValue Equal(PlanValue key, PlanValue foreign) => SqlValue.Of(DataType.Boolean, key, " = ", foreign);
}
