using System.Collections.Immutable;

namespace Platform.Metrics.Catalogue;

/// <summary>A relation of the project that lists times: one row for each day (hour, ...), with the periods of its own calendars as columns.</summary>
internal sealed record TimeSpine(Relation Relation, string Column, TimeGrain Grain)
{
    public ImmutableArray<CustomGrain> CustomGrains { get; init; } = [];

    public DataType DataType { get; init; } = DataType.Date;

    /// <summary>Why the published relation is no time spine; null when it is.</summary>
    public string? Fault { get; init; }
}

/// <summary>A grain of a calendar of the project, such as a fiscal year: a column of the time spine.</summary>
internal sealed record CustomGrain(string Name, string Column)
{
    public DataType DataType { get; init; } = DataType.Text;
}
