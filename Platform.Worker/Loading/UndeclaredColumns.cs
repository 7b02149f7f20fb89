using System.Text;
using Npgsql;
using Platform.Worker.Contracts;
using Platform.Worker.Contracts.Compatibility;
using Platform.Worker.Landing;

namespace Platform.Worker.Loading;

/// <summary>Columns that files have and their contract does not know, where it says <c>schemaEvolution: evolve</c>: optional text of the fact table.</summary>
internal static class UndeclaredColumns
{
    /// <summary>PostgreSQL cuts longer names off.</summary>
    private const int MaxNameBytes = 63;

    private const string Text = "text";

    private static readonly string[] Reserved = [FactTables.Partition, FactTables.Load, FactTables.Line];

    /// <summary>Names of a header that the contract does not know, if its fact table is to have them.</summary>
    private static IReadOnlyList<string> Of(DatasetContract contract, IReadOnlyList<string> header) => contract.Policy.Evolution == SchemaEvolution.Evolve
        ? [.. header.Except(contract.Columns.Select(HeaderColumns.NameInFile), StringComparer.Ordinal)]
        : [];

    /// <summary>
    /// Adds to the fact tables what the files bring along, before the load's transaction, and gives out the contracts together with what their
    /// tables have. Reads no more than the headers, and none where no contract evolves.
    /// </summary>
    /// <param name="dataSource">The warehouse.</param>
    /// <param name="landing">The landing zone.</param>
    /// <param name="domain">The domain.</param>
    /// <param name="manifest">The partition.</param>
    /// <param name="changed">The files of the datasets that are to be loaded.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="DataFaultException">A header has a name that no column can have.</exception>
    public static async Task<Domain> FollowAsync(
        NpgsqlDataSource dataSource,
        PartitionReader landing,
        Domain domain,
        Manifest manifest,
        IReadOnlyDictionary<string, IReadOnlyList<ManifestFile>> changed,
        CancellationToken cancellationToken)
    {
        var evolving = domain.Datasets.Where(contract => contract.Policy.Evolution == SchemaEvolution.Evolve).ToList();
        foreach (var contract in evolving.Where(contract => changed.ContainsKey(contract.Dataset)))
        {
            var source = new DatasetFiles(landing, manifest, contract);
            var names = new HashSet<string>(StringComparer.Ordinal);
            foreach (var file in changed[contract.Dataset])
            {
                await using var records = await source.OpenAsync(file, cancellationToken);
                names.UnionWith(Fault(contract, records.Header) is { } fault ? throw source.Fault(file, fault, line: 1) : Of(contract, records.Header));
            }

            if (names.Count > 0)
            {
                await FactTables.AddColumnsAsync(dataSource, domain, contract, names, cancellationToken);
            }
        }

        if (evolving.Count == 0)
        {
            return domain;
        }

        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        var tables = await FactTableReader.ReadAsync(connection, domain, cancellationToken);
        return domain with { Datasets = [.. domain.Datasets.Select(contract => evolving.Contains(contract) ? With(contract, Of(contract, tables[contract.Dataset])) : contract)] };
    }

    /// <summary>Why the fact table cannot have what a header has beyond the contract; null when it can.</summary>
    public static string? Fault(DatasetContract contract, IReadOnlyList<string> header) =>
        Of(contract, header).Select(name => Fault(contract, name)).FirstOrDefault(fault => fault is not null);

    /// <summary>Why the fact table cannot have a column of the name; null when it can.</summary>
    private static string? Fault(DatasetContract contract, string name)
    {
        var problem = name switch
        {
            "" => "has no name",
            _ when name.Contains('\0', StringComparison.Ordinal) || name.Contains('\uFFFD', StringComparison.Ordinal) => "has a name that is no text",
            _ when Encoding.UTF8.GetByteCount(name) > MaxNameBytes => $"has a name of more than {MaxNameBytes} bytes",
            _ when Reserved.Contains(name, StringComparer.Ordinal) => "has a name that the platform uses itself",
            _ when contract.Columns.Any(column => column.Name == name) => "is named like a column that the contract takes from another place",
            _ => null,
        };
        return problem is null ? null : $"the header's column '{HeaderColumns.Shown(name)}', unknown to the contract, {problem}, so that the fact table cannot have it";
    }

    /// <summary>The contract with what the header has beyond it.</summary>
    public static DatasetContract Include(DatasetContract contract, IReadOnlyList<string> header) => With(contract, Of(contract, header));

    /// <summary>The contract with what its fact table has beyond it: what files brought along.</summary>
    public static async Task<DatasetContract> IncludeTableAsync(NpgsqlConnection connection, DatasetContract contract, CancellationToken cancellationToken)
    {
        if (contract.Policy.Evolution != SchemaEvolution.Evolve)
        {
            return contract;
        }

        var tables = await FactTableReader.ReadAsync(connection, new Domain(contract.Domain, [], [contract]), cancellationToken);
        return tables.TryGetValue(contract.Dataset, out var table) ? With(contract, Of(contract, table)) : contract;
    }

    private static IEnumerable<string> Of(DatasetContract contract, FactTableShape table) => table.Columns
        .Where(column => column.Value is { SqlType: Text, Required: false } && contract.Columns.All(declared => declared.Name != column.Key))
        .Select(column => column.Key)
        .Order(StringComparer.Ordinal);

    private static DatasetContract With(DatasetContract contract, IEnumerable<string> names) => contract with
    {
        Columns = [.. contract.Columns, .. names.Select(name => new ContractColumn { Name = name, Type = ColumnType.Text, IsUndeclared = true })],
    };
}
