using System.Collections.Concurrent;
using System.Threading.Channels;
using Npgsql;
using Platform.Worker.Transform;
using Platform.Worker.Transform.Run;
using Platform.Worker.Warehouse;

namespace Platform.Benchmarks.Transform;

/// <summary>The statements of a build, by node, with the rows of its seeds; runs them again without the engine.</summary>
internal sealed class StatementReplay
{
    private readonly NpgsqlDataSource _dataSource;
    private readonly BuildState _build;
    private readonly Dictionary<string, List<string>> _statements;
    private readonly Dictionary<string, string> _copies = [];
    private readonly IReadOnlyList<string> _schemas;

    private StatementReplay(NpgsqlDataSource dataSource, BuildState build, IEnumerable<(string Node, string Sql)> statements)
    {
        (_dataSource, _build) = (dataSource, build);
        _statements = statements.GroupBy(statement => statement.Node).ToDictionary(node => node.Key, node => node.Select(statement => statement.Sql).ToList());
        _schemas = [.. build.Runs.Where(run => run.Node.IsRelational).Select(run => run.Relation.Schema!).Distinct()];
    }

    public int Nodes => _statements.Count;

    public int Statements => _statements.Values.Sum(node => node.Count);

    /// <summary>Builds the project once and keeps what it sent.</summary>
    /// <exception cref="InvalidOperationException">A node failed.</exception>
    public static async Task<StatementReplay> RecordAsync(
        TransformEngine engine, NpgsqlDataSource dataSource, BuildRequest request, CancellationToken cancellationToken)
    {
        var log = new ConcurrentQueue<(string, string)>();
        var build = await engine.PrepareAsync(request, null, cancellationToken);
        build.OnStatement = (run, sql) => log.Enqueue((run.Node.UniqueId, sql));
        var result = await engine.RunAsync(build, null, cancellationToken);
        if (result.Nodes.FirstOrDefault(node => node.Status is NodeStatus.Error) is { } failed)
        {
            throw new InvalidOperationException($"{failed.UniqueId}: {failed.Message}");
        }

        var replay = new StatementReplay(dataSource, build, log);
        await replay.KeepSeedsAsync(cancellationToken);
        return replay;
    }

    /// <summary>An empty place to build in; the engine makes its schemas itself.</summary>
    public async Task ResetAsync(bool createSchemas, CancellationToken cancellationToken)
    {
        foreach (var schema in _schemas.Select(schema => Sql.Identifier(schema)))
        {
            await using var command = _dataSource.CreateCommand($"drop schema if exists {schema} cascade" + (createSchemas ? $"; create schema {schema}" : ""));
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    public async Task RunAsync(int connections, CancellationToken cancellationToken)
    {
        var runs = _build.Runs.Where(run => _statements.ContainsKey(run.Node.UniqueId)).ToDictionary(run => run.Node.UniqueId);
        var graph = new RunGraph(_build.Project.Graph, runs);
        var waiting = new ConcurrentDictionary<string, int>(runs.Keys.Select(id => KeyValuePair.Create(id, graph.Parents(id).Count)));
        var ready = Channel.CreateUnbounded<string>();
        var open = runs.Count;
        foreach (var (id, _) in waiting.Where(entry => entry.Value == 0))
        {
            await ready.Writer.WriteAsync(id, cancellationToken);
        }

        await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(WorkAsync, cancellationToken)));

        async Task WorkAsync()
        {
            await using var connection = await _dataSource.OpenConnectionAsync(cancellationToken);
            await foreach (var id in ready.Reader.ReadAllAsync(cancellationToken))
            {
                await RunAsync(connection, _statements[id], cancellationToken);
                foreach (var child in graph.Children(id).Where(child => waiting.AddOrUpdate(child, 0, (_, parents) => parents - 1) == 0))
                {
                    await ready.Writer.WriteAsync(child, cancellationToken);
                }

                if (Interlocked.Decrement(ref open) == 0)
                {
                    ready.Writer.Complete();
                }
            }
        }
    }

    private async Task RunAsync(NpgsqlConnection connection, List<string> statements, CancellationToken cancellationToken)
    {
        foreach (var sql in statements)
        {
            if (_copies.TryGetValue(sql, out var rows))
            {
                await using var copy = await connection.BeginTextImportAsync(sql, cancellationToken);
                await copy.WriteAsync(rows.AsMemory(), cancellationToken);
                continue;
            }

            await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                // Whoever asks for rows reads them.
            }
        }
    }

    private async Task KeepSeedsAsync(CancellationToken cancellationToken)
    {
        const string ending = " from stdin";
        await using var connection = await _dataSource.OpenConnectionAsync(cancellationToken);
        foreach (var sql in _statements.Values.SelectMany(node => node).Where(sql => sql.EndsWith(ending, StringComparison.Ordinal)))
        {
            try
            {
                using var export = await connection.BeginTextExportAsync(sql[..^ending.Length] + " to stdout", cancellationToken);
                _copies[sql] = await export.ReadToEndAsync(cancellationToken);
            }
            catch (PostgresException gone) when (gone.SqlState == PostgresErrorCodes.UndefinedTable)
            {
                // The project drops this seed again; its table is replayed without rows.
                _copies[sql] = "";
            }
        }
    }
}
