using System.Globalization;
using Npgsql;

namespace Platform.Worker.Loading.Quarantine;

/// <summary>Which quarantined rows are meant; all conditions hold together.</summary>
internal sealed record QuarantineFilter
{
    /// <summary>Ids; empty when any is meant.</summary>
    public IReadOnlyList<long> Ids { get; init; } = [];

    public string? Domain { get; init; }

    public string? Dataset { get; init; }

    /// <summary>The first data date.</summary>
    public DateOnly? From { get; init; }

    /// <summary>The last data date, included.</summary>
    public DateOnly? To { get; init; }

    public string? Rule { get; init; }

    /// <summary>The states; empty when any is meant.</summary>
    public IReadOnlyList<QuarantineState> States { get; init; } = [];

    /// <summary>Rows after this id, for reading page by page.</summary>
    public long? After { get; init; }

    /// <summary>Whether it says anything about the rows beside their state.</summary>
    public bool ChoosesRows => Ids.Count > 0 || Domain is not null || Dataset is not null || From is not null || To is not null || Rule is not null;

    /// <summary>The filter as a condition on <c>meta.quarantine q</c>, with its parameters appended to those of the statement.</summary>
    public string Condition(NpgsqlParameterCollection parameters)
    {
        var conditions = new List<string>();
        if (States.Count > 0)
        {
            // Words of ours, so that the partial indexes serve.
            conditions.Add($"q.state in ({string.Join(", ", States.Select(state => $"'{state.Word()}'"))})");
        }

        Add("q.quarantine_id = any ({0})", Ids.Count == 0 ? null : Ids.ToArray());
        Add("q.quarantine_id > {0}", After);
        Add("q.domain = {0}", Domain);
        Add("q.dataset = {0}", Dataset);
        Add("q.rule = {0}", Rule);
        Add("q.partition >= {0}", From);
        Add("q.partition <= {0}", To);
        return conditions.Count == 0 ? "true" : string.Join(" and ", conditions);

        void Add(string condition, object? value)
        {
            if (value is not null)
            {
                parameters.Add(new NpgsqlParameter { Value = value });
                conditions.Add(string.Format(CultureInfo.InvariantCulture, condition, $"${parameters.Count}"));
            }
        }
    }

    public override string ToString()
    {
        string?[] parts =
        [
            Ids.Count > 0 ? $"ids {string.Join(", ", Ids.Take(10))}{(Ids.Count > 10 ? ", ..." : "")}" : null,
            Domain is null ? null : $"domain {Domain}",
            Dataset is null ? null : $"dataset {Dataset}",
            Rule is null ? null : $"rule {Rule}",
            From is { } from ? $"from {from:yyyy-MM-dd}" : null,
            To is { } to ? $"to {to:yyyy-MM-dd}" : null,
            States.Count > 0 ? $"state {string.Join(" or ", States.Select(state => state.Word()))}" : null,
        ];
        return string.Join(", ", parts.OfType<string>());
    }
}
