using System.Globalization;
using Npgsql;
using Platform.Worker.Contracts;
using Platform.Worker.Loading.Quality;

namespace Platform.Worker.Loading;

/// <summary>Why a load that ties out is refused all the same: more bad rows than the contract allows, or a quality rule that is broken.</summary>
internal static class LoadRefusal
{
    /// <returns>Null when nothing speaks against the load.</returns>
    public static async Task<PartitionFaultException?> OfAsync(
        NpgsqlConnection connection,
        DatasetContract contract,
        DateOnly partition,
        long loadId,
        Reconciliation result,
        IReadOnlyList<CheckResult> measured,
        CancellationToken cancellationToken)
    {
        var reasons = new List<string>();
        if (OverLimit(contract.Policy, result) is { } limit)
        {
            reasons.Add($"{limit}. By rule: {await ByRuleAsync(connection, loadId, cancellationToken)}");
        }

        reasons.AddRange(measured.Where(check => check is { FailsLoad: true, Passed: false }).Select(check => check.ToString()));
        return reasons.Count == 0 ? null : new PartitionFaultException(
            $"{contract.Domain}.{contract.Dataset} {partition:yyyy-MM-dd} was refused: {string.Join("; ", reasons)}. Nothing was changed. "
            + (result.OpenRows == 0
                ? "Land a corrected file, or change the contract."
                : $"Land a corrected file, or fix or discard rows and run the date again: 'quarantine list --state refused --dataset {contract.Dataset}'."))
        {
            Domain = contract.Domain, Dataset = contract.Dataset, Partition = partition, RefusedLoad = loadId,
        };
    }

    /// <summary>What is said of more bad rows than the contract allows; null when there are not.</summary>
    public static string? OverLimit(LoadPolicy policy, Reconciliation result)
    {
        var percent = result.FileRows == 0 ? 0 : 100m * result.OpenRows / result.FileRows;
        var isOver = result.OpenRows > policy.MaxQuarantinedRows || percent > policy.MaxQuarantinedPercent;
        var limits = new[]
        {
            policy.MaxQuarantinedRows is { } rows ? $"{rows.ToString(CultureInfo.InvariantCulture)} rows" : null,
            policy.MaxQuarantinedPercent is { } share ? $"{share.ToString("0.######", CultureInfo.InvariantCulture)} %" : null,
        };
        return isOver
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{result.OpenRows} of {result.FileRows} rows ({percent:0.##} %) do not keep the contract; at most {string.Join(" and ", limits.OfType<string>())} may (quarantineLimit)")
            : null;
    }

    private static async Task<string> ByRuleAsync(NpgsqlConnection connection, long loadId, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            select rule, count(*), (array_agg(file || ':' || line order by file, line))[1:3]
            from meta.quarantine where load_id = $1 and state = 'open' group by rule order by count(*) desc, rule
            """,
            connection) { CommandTimeout = 0 };
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = loadId });
        var rules = new List<string>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var lines = reader.GetFieldValue<string[]>(2);
            rules.Add($"{reader.GetString(0)} {reader.GetInt64(1)} ({string.Join(", ", lines)}{(reader.GetInt64(1) > lines.Length ? ", ..." : "")})");
        }

        return string.Join(", ", rules);
    }
}
