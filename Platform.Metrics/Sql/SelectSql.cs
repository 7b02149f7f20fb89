using System.Text;

namespace Platform.Metrics.Sql;

/// <summary>A SELECT to be laid out, one clause or column a line.</summary>
internal sealed class SelectSql
{
    public List<string> Columns { get; } = [];

    public string From { get; set; } = "";

    public List<string> Joins { get; } = [];

    public List<string> Where { get; } = [];

    /// <summary>Group by the first columns, so many; 0 is no GROUP BY.</summary>
    public int GroupBy { get; set; }

    public List<string> OrderBy { get; } = [];

    /// <summary>Rows at most, as a parameter; null for all.</summary>
    public string? Limit { get; set; }

    /// <summary>Rows to pass over first, as a parameter; null for none.</summary>
    public string? Offset { get; set; }

    /// <summary>The text, each line after the first indented by so many spaces.</summary>
    public string ToString(int indent)
    {
        var margin = "\n" + new string(' ', indent);
        var text = new StringBuilder("select");
        text.AppendJoin(',', Columns.Select(column => $"{margin}  {column.Replace("\n", "\n  ", StringComparison.Ordinal)}"));
        text.Append(margin).Append("from ").Append(From.Replace("\n", margin, StringComparison.Ordinal));
        foreach (var join in Joins)
        {
            text.Append(margin).Append(join.Replace("\n", margin, StringComparison.Ordinal));
        }

        for (var at = 0; at < Where.Count; at++)
        {
            text.Append(margin).Append(at == 0 ? "where " : "  and ").Append(Where[at]);
        }

        if (GroupBy > 0)
        {
            text.Append(margin).Append("group by ").AppendJoin(", ", Enumerable.Range(1, GroupBy));
        }

        if (OrderBy.Count > 0)
        {
            text.Append(margin).Append("order by ").AppendJoin(", ", OrderBy);
        }

        if (Limit is not null)
        {
            text.Append(margin).Append("limit ").Append(Limit);
        }

        if (Offset is not null)
        {
            text.Append(" offset ").Append(Offset);
        }

        return text.ToString();
    }

    public override string ToString() => ToString(0);
}
