using Npgsql;
using NpgsqlTypes;
using Platform.Worker.Contracts;

namespace Platform.Worker.Loading;

/// <summary>
/// Where the rows of a load are copied and checked, and how they become the partition, all within the load's transaction. Asked in the order
/// <see cref="StartAsync"/>, COPY, <see cref="BuildKeyAsync"/>, checks, <see cref="PublishAsync"/>.
/// </summary>
internal abstract class PartitionTarget(NpgsqlConnection connection, DatasetContract contract, DateOnly partition)
{
    /// <summary>The quoted table that rows are copied to and checks look at: where <c>_partition</c> is the date, it holds this load's rows.</summary>
    public abstract string Table { get; }

    /// <summary>Whether the table gives <c>_partition</c> and <c>_load</c> to rows that are copied, so that rows come without them.</summary>
    public virtual bool GivesLoad => false;

    /// <summary>The columns that rows are copied to.</summary>
    public string Columns => GivesLoad ? FactTables.RowColumnList(contract) : FactTables.ColumnList(contract);

    /// <summary>Options of the COPY beside its format.</summary>
    public virtual string CopyOptions => "";

    protected NpgsqlConnection Connection => connection;

    protected DatasetContract Contract => contract;

    protected DateOnly Partition => partition;

    /// <summary>Chooses by how the fact table is laid out.</summary>
    /// <param name="connection">The load's transaction.</param>
    /// <param name="sideTables">Makes tables that are filled beside the transaction.</param>
    /// <param name="contract">The dataset.</param>
    /// <param name="partition">The data date.</param>
    /// <param name="loadId">The load.</param>
    /// <param name="bytes">How much is going to be copied.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public static async Task<PartitionTarget> OpenAsync(
        NpgsqlConnection connection, SideTables sideTables, DatasetContract contract, DateOnly partition, long loadId, long bytes,
        CancellationToken cancellationToken)
    {
        var found = await FactPartitions.FindAsync(
            connection, contract.Domain, contract.Dataset, contract.Policy.Partitioning, partition, cancellationToken);
        return found.IsOneDay
            ? new SwapTarget(connection, bytes >= SideTables.FromBytes ? sideTables : null, contract, partition, loadId, found.Table)
            : new InPlaceTarget(connection, contract, partition, found.Table!);
    }

    /// <summary>Takes the date's rows out of the fact table: the whole partition where it holds that date only.</summary>
    /// <returns>How many they were.</returns>
    public static async Task<long> WithdrawAsync(
        NpgsqlConnection connection, DatasetContract contract, DateOnly partition, CancellationToken cancellationToken)
    {
        var found = await FactPartitions.FindAsync(
            connection, contract.Domain, contract.Dataset, contract.Policy.Partitioning, partition, cancellationToken);
        if (found is not { Table: { } table, IsOneDay: true })
        {
            return found.Table is null ? 0 : await DeleteAsync(connection, found.Table, partition, cancellationToken);
        }

        await using var count = new NpgsqlCommand($"select count(*) from {table}", connection) { CommandTimeout = 0 };
        var rows = (long)(await count.ExecuteScalarAsync(cancellationToken))!;
        await using var drop = new NpgsqlCommand($"drop table {table}", connection) { CommandTimeout = 0 };
        await drop.ExecuteNonQueryAsync(cancellationToken);
        return rows;
    }

    /// <summary>Makes the target ready for this load's rows.</summary>
    public abstract Task StartAsync(CancellationToken cancellationToken);

    /// <summary>The connections that copy at the same time: the transaction's alone, or others, which the caller closes.</summary>
    public virtual Task<IReadOnlyList<NpgsqlConnection>> OpenCopiersAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<NpgsqlConnection>>([connection]);

    /// <summary>After the rows are copied: from here on the table has its primary key.</summary>
    public virtual Task BuildKeyAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The rows of the target, which are checked, become the partition. The last thing before the commit: it may wait for other loads.</summary>
    public virtual Task PublishAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Deletes the rows of the dataset that arrived for the date.</summary>
    public static async Task<long> DeleteAsync(
        NpgsqlConnection connection, string table, DateOnly partition, CancellationToken cancellationToken)
    {
        await using var delete = new NpgsqlCommand($"delete from {table} where {FactTables.Partition} = $1", connection) { CommandTimeout = 0 };
        delete.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = partition, NpgsqlDbType = NpgsqlDbType.Date });
        return await delete.ExecuteNonQueryAsync(cancellationToken);
    }

    protected async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
