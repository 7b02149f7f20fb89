using System.Globalization;
using Platform.Worker.Jinja.Values;
using Platform.Worker.Transform.Compile;
using Platform.Worker.Transform.Compile.Python;
using Platform.Worker.Transform.Graph;
using Platform.Worker.Transform.Run;

namespace Platform.Worker.Transform.Freshness;

/// <summary>When the newest rows of a source were loaded, and the server's time when it was asked; UTC.</summary>
/// <param name="MaxLoadedAt">The first instant there is when the table has no rows.</param>
/// <param name="SnapshottedAt">Later than <paramref name="MaxLoadedAt"/> by the age of the data.</param>
internal readonly record struct SourceTimes(DateTimeOffset MaxLoadedAt, DateTimeOffset SnapshottedAt);

/// <summary>Asks one source table how old its newest rows are.</summary>
internal sealed class FreshnessExecution(BuildState build, NodeRun run, PostgresSession session, CancellationToken cancellationToken)
    : NodeExecution(build, run, session, cancellationToken)
{
    private readonly SourceMetadata _source = run.Node.Source!;

    /// <summary>True for the sources that the verb works on.</summary>
    public static bool Applies(Node node) => node.Source?.Freshness is { } freshness && (freshness.WarnAfter is not null || freshness.ErrorAfter is not null);

    /// <summary>Renders <c>loaded_at_query</c>; a source has no other code.</summary>
    public override void Compile()
    {
        if (_source.LoadedAtQuery is { } query)
        {
            Run.CompiledCode = State.Render(GlobalProject.Environment.Parse(query, Run.Node.OriginalFilePath));
        }
    }

    public override NodeOutcome Execute()
    {
        var relation = RelationValue.Of(Run.Relation);
        var (name, arguments) = (Run.CompiledCode, _source.LoadedAtField) switch
        {
            ({ } query, _) => ("collect_freshness_custom_sql", new Arguments([relation, query])),
            (_, { } field) => ("collect_freshness", new Arguments([relation, field, Value.From(_source.Freshness!.Filter)])),
            _ => throw new TransformException(
                Run.Node.At,
                $"Could not compute freshness for source {Run.Node.Name}: no 'loaded_at_field' provided and postgres adapter does not support "
                + "metadata-based freshness checks. Add loaded_at_field or loaded_at_query."),
        };
        var answer = State.Call(Build.Invocation.Macros.Find(Run.Node.PackageName, name)!, arguments);
        Session.Flush();
        var times = Read(answer.As<DictValue>() is { } result && result.TryGetValue("table", out var table) ? table.As<AgateTable>() : answer.As<AgateTable>(), name);
        Run.SourceTimes = times;
        var age = times.SnapshottedAt - times.MaxLoadedAt;
        var (warnAfter, errorAfter) = (_source.Freshness!.WarnAfter, _source.Freshness.ErrorAfter);
        return new NodeOutcome(errorAfter is not null && age > errorAfter.Length ? NodeStatus.Error
            : warnAfter is not null && age > warnAfter.Length ? NodeStatus.Warn
            : NodeStatus.Pass)
        {
            Response = Context.Response(name)?.ToAdapterResponse(),
            Message = age > (errorAfter?.Length ?? TimeSpan.MaxValue) || age > (warnAfter?.Length ?? TimeSpan.MaxValue) ? Describe(age) : null,
        };
    }

    private SourceTimes Read(AgateTable? table, string macro)
    {
        if (table is not { Rows: [[var loaded, var asked]] })
        {
            throw new TransformException(
                Run.Node.At, $"'{macro}' must give one row of two columns, max_loaded_at and snapshotted_at, for source '{_source.SourceName}.{Run.Node.Name}'.");
        }

        // A table without rows is as old as can be.
        return new SourceTimes(loaded.IsNone ? DateTimeOffset.MinValue : Instant(loaded, "max_loaded_at"), Instant(asked, "snapshotted_at"));
    }

    private DateTimeOffset Instant(Value value, string column) => value.Object is DateTimeValue
        ? DateTimeOffset.Parse(value.ToString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal)
        : throw new TransformException(
            Run.Node.At,
            $"Expected a timestamp value when querying field '{column}' of table {Run.Relation} but received value of type '{value.TypeName}' instead. "
            + "Cast it: loaded_at_field: \"the_column::timestamp\".");

    private static string Describe(TimeSpan age) => age > TimeSpan.FromDays(100_000)
        ? "the table has no rows"
        : $"the newest rows are {age.ToString(age.TotalDays >= 1 ? "d' days 'hh':'mm':'ss" : "hh':'mm':'ss", CultureInfo.InvariantCulture)} old";
}
