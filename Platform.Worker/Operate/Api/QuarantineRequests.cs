using System.ComponentModel;
using Platform.Worker.Loading.Quarantine;

namespace Platform.Worker.Operate.Api;

/// <summary>Which quarantined rows a request looks at.</summary>
internal sealed record QuarantineQuery(
    [property: Description("Rows of this domain.")] string? Domain,
    [property: Description("Rows of this dataset.")] string? Dataset,
    [property: Description("Rows of this data date and later ones.")] DateOnly? From,
    [property: Description("Rows of this data date and earlier ones.")] DateOnly? To,
    [property: Description("Rows that broke this rule first.")] string? Rule,
    [property: Description("open (default), replayed, discarded, refused, superseded or all.")] string? State)
{
    public QuarantineFilter Filter() => new()
    {
        Domain = Domain, Dataset = Dataset, From = From, To = To, Rule = Rule,
        States = QuarantineStateWord.Read(State is { Length: > 0 } ? [State] : ["open"]),
    };
}

/// <summary>Which quarantined rows a change is about: ids, or conditions that hold together, or all.</summary>
/// <param name="Ids">Rows by their ids.</param>
/// <param name="Domain">Rows of this domain.</param>
/// <param name="Dataset">Rows of this dataset.</param>
/// <param name="From">Rows of this data date and later ones.</param>
/// <param name="To">Rows of this data date and earlier ones.</param>
/// <param name="Rule">Rows that broke this rule first.</param>
/// <param name="States">Their states; default those that the change is possible for.</param>
/// <param name="All">Every row, where nothing else is given.</param>
internal sealed record RowSelection(
    long[]? Ids = null, string? Domain = null, string? Dataset = null, DateOnly? From = null, DateOnly? To = null, string? Rule = null, string[]? States = null,
    bool All = false)
{
    public QuarantineFilter Filter()
    {
        var filter = new QuarantineFilter
        {
            Ids = Ids ?? [], Domain = Domain, Dataset = Dataset, From = From, To = To, Rule = Rule, States = QuarantineStateWord.Read(States ?? []),
        };
        return filter.ChoosesRows || All
            ? filter
            : throw new QuarantineFaultException("Say which rows: give ids, domain, dataset, from, to, rule, or all.");
    }
}

/// <summary>New values of one row.</summary>
/// <param name="Values">By column; <c>_raw_line</c> replaces the whole line.</param>
/// <param name="Why">The reason.</param>
internal sealed record FixRequest(Dictionary<string, string> Values, string Why);

/// <summary>Rows to replay.</summary>
/// <param name="Rows">Which.</param>
/// <param name="Why">The reason.</param>
/// <param name="AllOrNone">Leave a partition as it is unless every row of it passes. Default false.</param>
internal sealed record ReplayRequest(RowSelection Rows, string Why, bool AllOrNone = false);

/// <summary>Rows to discard.</summary>
/// <param name="Rows">Which.</param>
/// <param name="Why">The reason.</param>
internal sealed record DiscardRequest(RowSelection Rows, string Why);

/// <summary>Quarantined rows by dataset and rule.</summary>
internal sealed record QuarantineGroups(IReadOnlyList<QuarantineGroup> Groups);

/// <summary>Open quarantined rows by dataset.</summary>
internal sealed record QuarantineTotals(IReadOnlyList<QuarantineTotal> Totals);

/// <summary>A page of quarantined rows.</summary>
internal sealed record QuarantinedRows(IReadOnlyList<QuarantinedRow> Rows);

internal static class QuarantineStateWord
{
    /// <summary>The states by their words; none for <c>all</c>.</summary>
    public static IReadOnlyList<QuarantineState> Read(IReadOnlyList<string> words) => words.Contains("all", StringComparer.Ordinal)
        ? []
        : [.. words.Select(word => QuarantineStates.ByWord.TryGetValue(word, out var state)
            ? state
            : throw new QuarantineFaultException($"'{word}' is no state of a row; expected {string.Join(", ", QuarantineStates.ByWord.Keys)} or all."))];
}
