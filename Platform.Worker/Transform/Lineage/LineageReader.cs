using Platform.Worker.Transform.Catalog;
using Platform.Worker.Transform.Graph;
using Platform.Worker.Transform.Project;
using Platform.Worker.Transform.Run;
using Platform.Worker.Warehouse;

namespace Platform.Worker.Transform.Lineage;

/// <summary>
/// Reads the column lineage of models from the server's own analysis of their SQL. The models' inputs must exist; a model whose SQL cannot
/// be a view (a custom materialization that compiles to something else than a query) has no lineage.
/// </summary>
internal sealed class LineageReader(LineageCache cache)
{
    private const string ViewPrefix = "platform_lineage_";

    /// <param name="session">A session outside a transaction.</param>
    /// <param name="build">The build whose models are compiled.</param>
    /// <returns>Lineage by unique id.</returns>
    public IReadOnlyDictionary<string, ModelLineage> Read(PostgresSession session, BuildState build)
    {
        var compiled = build.Runs.Where(run => run.Node.ResourceType is ResourceType.Model or ResourceType.Snapshot)
            .Where(run => !string.IsNullOrWhiteSpace(run.CompiledCode)).Select(run => (run.Node, Sql: run.CompiledCode!)).ToList();
        return Read(session, build.Project.Graph, compiled, build.Resolve);
    }

    /// <param name="session">A session outside a transaction.</param>
    /// <param name="graph">The project's nodes.</param>
    /// <param name="compiled">Models with their SQL.</param>
    /// <param name="resolve">The relation that a node's name stands for in that SQL.</param>
    public IReadOnlyDictionary<string, ModelLineage> Read(
        PostgresSession session, NodeGraph graph, IReadOnlyList<(Node Node, string Sql)> compiled, Func<Node, Relation> resolve)
    {
        var lineage = new Dictionary<string, ModelLineage>();
        if (compiled.Count == 0)
        {
            return lineage;
        }

        var nodes = Nodes(graph, resolve);
        var columns = WarehouseColumns.Read(session, nodes.Keys.Select(name => name.Schema).Distinct());
        var unknown = new List<(Node Node, string Sql, string Key)>();
        foreach (var (node, sql) in compiled)
        {
            var key = Key(graph, node, sql, columns, resolve);
            if (cache.Find(node.UniqueId, key) is { } known)
            {
                lineage[node.UniqueId] = known;
            }
            else
            {
                unknown.Add((node, sql, key));
            }
        }

        var queries = Analyse(session, unknown.ConvertAll(model => model.Sql));
        var read = unknown.Zip(queries).Where(pair => pair.Second is not null).Select(pair => (pair.First, Query: pair.Second!)).ToList();
        columns.Complete(session, read.SelectMany(model => model.Query.Columns.SelectMany(column => model.Query.Output(column.Number))
            .Concat(model.Query.Filters())).Select(use => use.Relation));
        foreach (var ((node, _, key), query) in read)
        {
            var found = Describe(node, query, columns, nodes);
            cache.Remember(node.UniqueId, key, found);
            lineage[node.UniqueId] = found;
        }

        return lineage;
    }

    /// <summary>The analysed queries of SQL texts, null for what is no query; all in one round trip unless one of them is refused.</summary>
    private static IReadOnlyList<QueryLineage?> Analyse(PostgresSession session, List<string> queries)
    {
        if (queries.Count == 0)
        {
            return [];
        }

        try
        {
            session.Begin();
            for (var index = 0; index < queries.Count; index++)
            {
                session.Queue($"create temporary view {ViewPrefix}{index} as\n{queries[index]}");
            }

            var trees = session.Query(
                $"""
                select v.n, (select r.ev_action::text from pg_catalog.pg_rewrite r
                             where r.ev_class = pg_catalog.to_regclass('pg_temp.{ViewPrefix}' || v.n) and r.rulename = '_RETURN')
                from generate_series(0, {queries.Count - 1}) as v(n) order by 1
                """);
            return [.. trees.Rows.Select(row => row[1] is string tree ? new QueryLineage(QueryTree.Parse(tree)[0]) : null)];
        }
        catch (SqlException) when (queries.Count > 1)
        {
            session.Rollback();
            return [.. queries.SelectMany(query => Analyse(session, [query]))];
        }
        catch (SqlException)
        {
            return [null];
        }
        finally
        {
            session.Rollback();
        }
    }

    private static ModelLineage Describe(
        Node node, QueryLineage query, WarehouseColumns columns, Dictionary<(string Schema, string Name), string> nodes)
    {
        return new ModelLineage(
            [.. query.Columns.Select(column => (column.Name, Sources(query.Output(column.Number))))], Sources(query.Filters()));

        // A column that is used in two ways is listed once, by the closer one; what a model reads of itself is no lineage.
        IReadOnlyList<ColumnSource> Sources(IEnumerable<ColumnUse> uses) =>
        [
            .. uses.GroupBy(use => (use.Relation, use.Column)).Select(group => Source(group.Key.Relation, group.Key.Column, group.Min(use => use.Kind)))
                .Where(source => source.UniqueId != node.UniqueId)
                .OrderBy(source => source.UniqueId ?? source.Relation, StringComparer.Ordinal).ThenBy(source => source.Column, StringComparer.Ordinal),
        ];

        ColumnSource Source(uint relation, int column, LineageKind kind)
        {
            var name = columns.Name(relation);
            return new ColumnSource(
                nodes.GetValueOrDefault(name), $"{Sql.Identifier(name.Schema)}.{Sql.Identifier(name.Name)}", columns.Column(relation, column), kind);
        }
    }

    /// <summary>The nodes by the names under which SQL may read them: this build's relation, or the published one.</summary>
    private static Dictionary<(string Schema, string Name), string> Nodes(NodeGraph graph, Func<Node, Relation> resolve)
    {
        var nodes = new Dictionary<(string, string), string>();
        foreach (var node in graph.Ordered.Where(node => node.IsRelational))
        {
            nodes.TryAdd((node.Schema, node.Alias), node.UniqueId);
            var relation = resolve(node);
            nodes[(relation.Schema ?? "", relation.Identifier ?? "")] = node.UniqueId;
        }

        return nodes;
    }

    private static string Key(NodeGraph graph, Node node, string sql, WarehouseColumns columns, Func<Node, Relation> resolve)
    {
        var inputs = Inputs(graph, node).Select(input => resolve(input)).Distinct()
            .Select(relation => columns.Signature(relation.Schema ?? "", relation.Identifier ?? ""));
        return ProjectParser.Sha256(string.Join('\0', inputs.Prepend(sql)));
    }

    /// <summary>The relations that a model reads, also those below ephemeral models.</summary>
    private static IEnumerable<Node> Inputs(NodeGraph graph, Node node) =>
        node.DependsOn.Where(graph.Contains).Select(id => graph[id]).SelectMany(parent => parent.IsRelational ? [parent] : Inputs(graph, parent));
}
