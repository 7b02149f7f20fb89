using System.Text.RegularExpressions;
using Npgsql;
using Platform.Worker.Transform.Catalog;

namespace Platform.Worker.Transform.Publish.Results;

/// <summary>What rows add up to: how many they are, and each metric of theirs by date. Numbers are text: PostgreSQL's are longer than ours.</summary>
internal sealed partial class RowTotals(IReadOnlyList<AdditiveMetric> metrics)
{
    private const int Rows = -1;

    public IReadOnlyList<AdditiveMetric> Metrics => metrics;

    public long Added { get; private set; }

    public long Removed { get; private set; }

    /// <summary>Sums by metric and date; of removed rows with <c>Sign</c> -1.</summary>
    public List<(string Metric, DateOnly Date, int Sign, string Amount)> Amounts { get; } = [];

    /// <summary>A query of the totals of a whole relation.</summary>
    public string OfRelation(Relation relation) => Query($"select {Columns()} from {relation.Qualified}", +1);

    /// <summary>
    /// The statement with a result: totals of the rows that it adds or removes. The statement itself where it changes no rows of the table, and null where
    /// it does not tell which rows it changes.
    /// </summary>
    public string? OfStatement(string statement, Relation table)
    {
        if (!Changes().IsMatch(statement))
        {
            return statement;
        }

        var (match, sign) = Removal().Match(statement) is { Success: true } removal ? (removal, -1) : (Addition().Match(statement), +1);
        return match.Success && $".{match.Groups["table"].Value}".EndsWith($".{table.Qualified}", StringComparison.Ordinal) && !Other().IsMatch(statement)
            ? Query($"{statement}\nreturning {Columns()}", sign)
            : null;
    }

    /// <summary>Takes the results of what was sent in a batch.</summary>
    public async Task ReadAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        do
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                var (sign, column, total) = (reader.GetInt32(0), reader.GetInt32(1), reader.GetString(3));
                if (column != Rows)
                {
                    Amounts.Add((metrics[column].Name, reader.GetFieldValue<DateOnly>(2), sign, total));
                }
                else if (sign > 0)
                {
                    Added += long.Parse(total, System.Globalization.CultureInfo.InvariantCulture);
                }
                else
                {
                    Removed += long.Parse(total, System.Globalization.CultureInfo.InvariantCulture);
                }
            }
        }
        while (await reader.NextResultAsync(cancellationToken));
    }

    private string Columns() => metrics.Count == 0
        ? "1 as t"
        : string.Join(", ", metrics.Select((metric, index) => $"{metric.Date} as t{index}, {metric.Amount} as v{index}"));

    private string Query(string rows, int sign) =>
        $"""
        with changed as (
        {rows}
        )
        select {sign}, metric, day, sum(amount)::text
        from changed cross join lateral (values ({Rows}, null::date, 1::numeric){string.Concat(metrics.Select((_, index) => $", ({index}, t{index}, v{index})"))})
            as parts (metric, day, amount)
        where amount is not null and (day is not null or metric = {Rows})
        group by metric, day
        """;

    /// <summary>Anything that may change rows; comments and grants do not.</summary>
    [GeneratedRegex(@"^\s*(?!comment\b|grant\b|revoke\b|analyze\b)\S", RegexOptions.IgnoreCase)]
    private static partial Regex Changes();

    [GeneratedRegex("""^\s*delete\s+from\s+(?<table>("[^"]+"\.){0,2}"[^"]+")""", RegexOptions.IgnoreCase)]
    private static partial Regex Removal();

    [GeneratedRegex("""^\s*insert\s+into\s+(?<table>("[^"]+"\.){0,2}"[^"]+")""", RegexOptions.IgnoreCase)]
    private static partial Regex Addition();

    /// <summary>Rows that an insert changes instead, columns of another table, or a result of its own.</summary>
    [GeneratedRegex(@"\bon\s+conflict\b|\breturning\b|^\s*delete\s+from\s+\S+(\s+as\s+\S+|\s+\S+)?\s+using\b", RegexOptions.IgnoreCase)]
    private static partial Regex Other();
}
