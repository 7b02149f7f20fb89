using Platform.Metrics.Catalogue;
using Platform.Metrics.Plan.Tree;

namespace Platform.Metrics.Plan;

/// <summary>Rows to which lookups are added as they are needed: periods of calendars here, dimensions in <see cref="FactSource"/>.</summary>
internal class RowSource(PlanNode node, ColumnNames aliases)
{
    private readonly Dictionary<(PlanValue Time, string Grain), PlanValue> calendars = [];

    public PlanNode Node { get; protected set; } = node;

    protected ColumnNames Aliases => aliases;

    /// <summary>A time at the grain or part that is asked for.</summary>
    /// <param name="time">The time.</param>
    /// <param name="found">What is asked for.</param>
    public PlanValue At(PlanValue time, ElementLookup.Found found) =>
        found.Part is { } part ? new TimePart(time, part)
        : found.CustomGrain is { } custom ? Calendar(time, custom.Spine, custom.Grain)
        : found.Grain is { } grain ? new CutTime(time, grain)
        : Plain(time);

    /// <summary>A value as it is shown: moments in UTC, what has no type of its own as text.</summary>
    public static PlanValue Plain(PlanValue value) => value.Type switch
    {
        DataType.Other => SqlValue.Of(DataType.Text, value, "::text"),
        DataType.TimestampTz => SqlValue.Of(DataType.Timestamp, "(", value, " at time zone 'UTC')"),
        _ => value,
    };

    /// <summary>The period of a calendar of the project that the time falls in: looked up in the time spine.</summary>
    private PlanValue Calendar(PlanValue time, TimeSpine spine, CustomGrain grain)
    {
        if (calendars.TryGetValue((time, grain.Name), out var known))
        {
            return known;
        }

        // One lookup serves all grains of the spine.
        var alias = calendars.Where(pair => pair.Key.Time == time && spine.CustomGrains.Any(own => own.Name == pair.Key.Grain))
            .Select(pair => ((SourceColumn)pair.Value.All.First(scalar => scalar is SourceColumn)).Relation).FirstOrDefault();
        if (alias is null)
        {
            alias = aliases.Take($"{spine.Relation.Name}_calendar");
            var day = new SourceColumn(alias, SpineExpr(spine.Column), spine.Column, spine.DataType);
            Lookup(
                new Read(alias, spine.Relation),
                SqlValue.Of(DataType.Boolean, spine.DataType == DataType.Date && spine.Grain == TimeGrain.Day ? day : new CutTime(day, spine.Grain),
                    " = ", new CutTime(time, spine.Grain)));
        }

        return calendars[(time, grain.Name)] = Plain(new SourceColumn(alias, SpineExpr(grain.Column), grain.Column, grain.DataType));
    }

    /// <summary>Adds what is found at most once for each row.</summary>
    protected void Lookup(PlanNode found, PlanValue on, JoinKind kind = JoinKind.Left) => Node = new Join(Node, found, kind, on) { IsLookup = true };

    // A time spine's columns are names, not expressions.
    private static string SpineExpr(string column) => column;
}
