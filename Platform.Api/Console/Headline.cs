using System.Collections.Immutable;

namespace Platform.Api.Console;

/// <summary>The headline metrics of a domain.</summary>
public sealed record DomainHeadlines(string Domain, ImmutableArray<Headline> Metrics);

/// <summary>A metric of the last seven days, and its last thirty days one by one.</summary>
/// <param name="Name">The metric's name.</param>
/// <param name="Label">What people call it.</param>
/// <param name="Description">What it means.</param>
/// <param name="Unit">EUR, count, ratio, days, ...</param>
/// <param name="Value">Of the last seven days; null when there is nothing to compute it from.</param>
/// <param name="Before">Of the seven days before those; null when they are not loaded.</param>
/// <param name="Days">The last thirty days, or as many as are published; oldest first.</param>
public sealed record Headline(
    string Name, string Label, string? Description, string? Unit, decimal? Value, decimal? Before, ImmutableArray<HeadlineDay> Days)
{
    /// <summary>Days of one value.</summary>
    public const int Period = 7;

    /// <summary>Most days of the chart.</summary>
    public const int ChartDays = 30;
}

/// <summary>A metric on one day.</summary>
public readonly record struct HeadlineDay(DateOnly Date, decimal? Value);
