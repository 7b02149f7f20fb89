using Platform.Metrics.Catalogue;
using Platform.Metrics.Plan.Tree;
using Platform.Metrics.Sql;

namespace Platform.Metrics.Plan.Rewrites;

/// <summary>What is known of a time of which only the period is.</summary>
internal static class RollupTimes
{
    /// <summary>Whether each period of the grain is made of whole periods of the other: a month of days, not of weeks.</summary>
    public static bool IsMadeOf(TimeGrain grain, TimeGrain other) =>
        grain == other || (other <= TimeGrain.Day && other < grain)
        || (other is TimeGrain.Month && grain > TimeGrain.Month) || (other is TimeGrain.Quarter && grain is TimeGrain.Year);

    public static bool IsMadeOf(DatePart part, TimeGrain other) => part switch
    {
        DatePart.Year => IsMadeOf(TimeGrain.Year, other),
        DatePart.Quarter => IsMadeOf(TimeGrain.Quarter, other),
        DatePart.Month => IsMadeOf(TimeGrain.Month, other),
        _ => other <= TimeGrain.Day,
    };

    /// <summary>A condition on the time as one on its period; null where the bound is within one.</summary>
    /// <param name="period">The period's first day or moment.</param>
    /// <param name="grain">Its grain.</param>
    /// <param name="comparison">Of the time with the bound.</param>
    /// <param name="bound">A day or a moment.</param>
    public static SqlValue? Bound(SourceColumn period, TimeGrain grain, string comparison, Constant bound)
    {
        DateTime? moment = (bound.Value, comparison) switch
        {
            (DateOnly day, " >= " or " < ") => day.ToDateTime(TimeOnly.MinValue),

            // The whole of the last day is meant.
            (DateOnly day, " <= " or " > ") when day < DateOnly.MaxValue => day.AddDays(1).ToDateTime(TimeOnly.MinValue),
            (DateTime time, " >= " or " < ") => DateTime.SpecifyKind(time, DateTimeKind.Unspecified),
            _ => null,
        };
        if (moment is not { } at || at.TimeOfDay != TimeSpan.Zero)
        {
            return null;
        }

        var first = DateOnly.FromDateTime(at);
        return TimeSql.Cut(first, grain) != first ? null : SqlValue.Of(
            DataType.Boolean,
            period,
            comparison is " >= " or " > " ? " >= " : " < ",
            period.Type == DataType.Date ? new Constant(first, DataType.Date) : new Constant(at, DataType.Timestamp));
    }
}
