namespace Platform.Worker.Loading.Quarantine;

/// <summary>The quarantined rows of a dataset that broke the same rule.</summary>
/// <param name="Domain">The domain.</param>
/// <param name="Dataset">The dataset.</param>
/// <param name="Rule">The rule that they broke first.</param>
/// <param name="State">Where they stand.</param>
/// <param name="Rows">How many rows.</param>
/// <param name="From">The first data date.</param>
/// <param name="To">The last data date.</param>
/// <param name="AmountColumn">The contract's amount column; null when it names none.</param>
/// <param name="Amount">Sum of the amount column over the rows in which it is a number; null when it is in none.</param>
/// <param name="Currency">Currency of the amount; null when the contract names none. Rows of several currencies are several groups.</param>
internal sealed record QuarantineGroup(
    string Domain, string Dataset, string Rule, string State, long Rows, DateOnly From, DateOnly To, string? AmountColumn, decimal? Amount, string? Currency);

/// <summary>Open rows of a dataset.</summary>
/// <param name="Domain">Domain.</param>
/// <param name="Dataset">Dataset.</param>
/// <param name="Rows">How many rows wait for a decision.</param>
/// <param name="From">The first data date that has one.</param>
/// <param name="To">The last.</param>
/// <param name="AmountColumn">The column that <paramref name="Amount"/> adds up; null when the contract names none.</param>
/// <param name="Amount">The money at stake; null when no row's is a number.</param>
/// <param name="Currency">Its currency; null when the contract names none. Rows of several currencies are several totals.</param>
internal sealed record QuarantineTotal(
    string Domain, string Dataset, long Rows, DateOnly From, DateOnly To, string? AmountColumn, decimal? Amount, string? Currency);

/// <summary>A quarantined row.</summary>
internal sealed record QuarantinedRow
{
    public required long Id { get; init; }

    public required string Domain { get; init; }

    public required string Dataset { get; init; }

    /// <summary>The data date.</summary>
    public required DateOnly Partition { get; init; }

    public required string State { get; init; }

    public required string File { get; init; }

    /// <summary>Line of the file, from 1.</summary>
    public required int Line { get; init; }

    /// <summary>The column at fault; null when the row as a whole is.</summary>
    public string? Column { get; init; }

    public required string Rule { get; init; }

    public string? Value { get; init; }

    /// <summary>Every reason in words.</summary>
    public required string Reason { get; init; }

    public decimal? Amount { get; init; }

    public string? Currency { get; init; }

    /// <summary>The line as it came, without its line break.</summary>
    public required string RawLine { get; init; }

    /// <summary>The load that refused the row.</summary>
    public required long LoadId { get; init; }

    public required DateTimeOffset ChangedAt { get; init; }

    /// <summary>Names of the fields; empty when the file's header is not known.</summary>
    public required IReadOnlyList<string> Header { get; init; }

    /// <summary>What was decided about the line; null as long as nothing was.</summary>
    public QuarantineCorrection? Correction { get; init; }

    /// <summary>What was done to it, oldest first; null in lists.</summary>
    public IReadOnlyList<QuarantineActionEntry>? Actions { get; init; }
}

/// <summary>What was decided about a line; every load of its partition heeds it.</summary>
/// <param name="Header">Names of the fields.</param>
/// <param name="Fields">The corrected fields; empty when the line was discarded.</param>
/// <param name="By">Who decided.</param>
/// <param name="At">When.</param>
/// <param name="Why">The reason given.</param>
internal sealed record QuarantineCorrection(
    IReadOnlyList<string> Header, IReadOnlyList<string> Fields, string By, DateTimeOffset At, string Why)
{
    /// <summary>The corrected fields under another header, which may have them in another order.</summary>
    public string[] Under(IReadOnlyList<string> header)
    {
        var values = Header.Zip(Fields).ToDictionary(item => item.First, item => item.Second, StringComparer.Ordinal);
        return [.. header.Select(name => values.GetValueOrDefault(name, ""))];
    }
}

/// <summary>What was done to a row.</summary>
/// <param name="Action"><c>fix</c>, <c>replay</c> or <c>discard</c>.</param>
/// <param name="Outcome"><c>fixed</c>, <c>replayed</c>, <c>rejected</c> or <c>discarded</c>.</param>
/// <param name="By">Who did it.</param>
/// <param name="At">When.</param>
/// <param name="Why">The reason given.</param>
/// <param name="Detail">Why the row was rejected again; null otherwise.</param>
internal sealed record QuarantineActionEntry(string Action, string Outcome, string By, DateTimeOffset At, string Why, string? Detail);

/// <summary>Who acts on quarantined rows, and why.</summary>
/// <param name="By">The operating system's user, or the operator API's identity.</param>
/// <param name="Why">The reason; never empty.</param>
internal sealed record QuarantineActor(string By, string Why);
