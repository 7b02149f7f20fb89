using Platform.Metrics.Catalogue;
using Platform.Metrics.Filters;
using Platform.Metrics.Plan.Tree;
using Platform.Metrics.Query;

namespace Platform.Metrics.Plan;

/// <summary>What the parts of one plan share: the catalogue, names of the statement, metrics that filters ask for.</summary>
internal sealed class PlanContext
{
    /// <summary>Name under which SQL knows the days or periods that an answer lists.</summary>
    public const string PeriodsName = "periods";

    /// <summary>Column of a fact's own day or period, before it is put to the answer's.</summary>
    public const string FactTime = "fact_time";

    /// <summary>The facts side by side.</summary>
    public const string Combined = "combined";

    /// <summary>What the statement selects.</summary>
    public const string Answer = "answer";

    // A filter's metric may itself be filtered by a metric.
    private const int MaxDepth = 3;

    private static readonly string[] Own = [PeriodsName, Periods.Column, FactTime];

    private readonly Dictionary<string, (PlanNode, OutputColumn[], PlanValue)> metrics = [];
    private int depth;

    private readonly ReaderPolicy reader;

    public PlanContext(MetricCatalogue catalogue, ReaderPolicy reader)
    {
        Catalogue = catalogue;
        this.reader = reader;
        Names = NewNames();
    }

    public MetricCatalogue Catalogue { get; }

    /// <summary>Names of the statement's expressions.</summary>
    public ColumnNames Names { get; }

    /// <summary>Facts that the plan reads.</summary>
    public List<FactScan> Facts { get; } = [];

    /// <summary>Names that may be given out; those that have a meaning of their own are taken.</summary>
    public static ColumnNames NewNames()
    {
        var names = new ColumnNames();
        foreach (var own in Own)
        {
            _ = names.Take(own);
        }

        return names;
    }

    /// <summary>A metric by what a filter groups it by: its node, the group-by columns and the value.</summary>
    /// <exception cref="FilterException">It cannot be had so.</exception>
    public (PlanNode Node, OutputColumn[] Keys, PlanValue Value) MetricBy(MetricReference reference)
    {
        if (metrics.TryGetValue(reference.Text, out var known))
        {
            return known;
        }

        if (!Catalogue.Metrics.ContainsKey(reference.Metric))
        {
            throw new UnknownElementException(
                $"'{reference.Metric}' is no metric; /api/v1/metrics lists them.", reference.Position, NearMatches.Of(reference.Metric, Catalogue.Metrics.Keys));
        }

        if (depth == MaxDepth)
        {
            throw new FilterException($"Metrics are filtered by metrics more than {MaxDepth} deep.", reference.Position);
        }

        depth++;
        try
        {
            var faults = new List<QueryFault>();
            var query = new MetricQuery { Reader = reader, Metrics = [reference.Metric], GroupBy = reference.GroupBy, Where = ReaderRules.Conditions(reader) };
            var name = Names.Take($"{reference.Metric}_by_{string.Join("_", reference.GroupBy.Select(element => element.Parts[^1]))}");
            var computed = new MetricPlanner(query, this, faults).Compute(name);
            if (faults.Count > 0 || computed is null)
            {
                throw new FilterException($"{reference.Text}: {faults[0].Message}", reference.Position);
            }

            var columns = computed.Node.Columns;
            return metrics[reference.Text] = (
                computed.Node,
                [.. columns[..reference.GroupBy.Length].Select(column => computed.Node.Output(column.Name))],
                computed.Node.Output(columns[^1].Name));
        }
        catch (QueryException exception)
        {
            throw new FilterException($"{reference.Text}: {exception.Message}", reference.Position);
        }
        finally
        {
            depth--;
        }
    }
}
