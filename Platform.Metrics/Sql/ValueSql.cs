using NpgsqlTypes;
using Platform.Metrics.Plan.Tree;

namespace Platform.Metrics.Sql;

/// <summary>Values in SQL; every constant is a parameter.</summary>
/// <param name="source">SQL of an expression over a relation.</param>
/// <param name="output">SQL of a node's column.</param>
/// <param name="parameters">Where constants go.</param>
internal sealed class ValueSql(Func<SourceColumn, string> source, Func<OutputColumn, string> output, SqlParameters parameters)
{
    public string Write(PlanValue scalar) => scalar switch
    {
        SourceColumn column => source(column),
        OutputColumn column => output(column),
        Constant constant => parameters.Add(constant.Value, TypeOf(constant.Value)),
        CutTime cut => TimeSql.Cut(Write(cut.Time), cut.Time.Type, cut.Grain),
        TimePart part => TimeSql.Extract(Write(part.Time), part.Time.Type, part.Part),
        MovedTime moved => TimeSql.Move(Write(moved.Time), moved.Time.Type, moved.Shift).Sql,
        AggregateCall call => Write(call),
        SqlValue sql => string.Concat(sql.Parts.Select(part => part is PlanValue operand ? Write(operand) : (string)part)),
        _ => throw new InvalidOperationException($"{scalar.GetType().Name} is no value that can be written."),
    };

    private string Write(AggregateCall call)
    {
        var argument = Write(call.Argument);
        var aggregate = call.IsCombined ? MeasureSql.Combine(call.Measure.Aggregation, argument)! : MeasureSql.Aggregate(call.Measure, argument);
        return call.Filter is null ? aggregate : MeasureSql.Filtered(aggregate, Write(call.Filter));
    }

    private static NpgsqlDbType TypeOf(object value) => value switch
    {
        long or long[] => Of(value, NpgsqlDbType.Bigint),
        decimal or decimal[] => Of(value, NpgsqlDbType.Numeric),
        double or double[] => Of(value, NpgsqlDbType.Double),
        bool or bool[] => Of(value, NpgsqlDbType.Boolean),
        DateOnly or DateOnly[] => Of(value, NpgsqlDbType.Date),
        DateTime { Kind: DateTimeKind.Utc } => NpgsqlDbType.TimestampTz,
        DateTime or DateTime[] => Of(value, NpgsqlDbType.Timestamp),
        _ => Of(value, NpgsqlDbType.Text),
    };

    private static NpgsqlDbType Of(object value, NpgsqlDbType type) => value is Array ? NpgsqlDbType.Array | type : type;
}
