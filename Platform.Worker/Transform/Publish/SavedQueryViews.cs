using System.Security.Cryptography;
using System.Text;
using Npgsql;
using Platform.Metrics.Catalogue;
using Platform.Metrics.Plan;
using Platform.Metrics.Query;
using Platform.Metrics.Sql;
using Platform.Worker.Transform.Graph;
using Platform.Worker.Transform.Run;
using Platform.Worker.Warehouse;
using PublishedName = Platform.Metrics.Catalogue.Relation;

namespace Platform.Worker.Transform.Publish;

/// <summary>
/// A view for every saved query, for who reads by SQL: the same plan as the API's, so the same numbers. Each says in its comment what it and its
/// columns are, and ends with the hash of its definition, by which it is known to be ours and to be as it should be.
/// </summary>
/// <param name="Stale">Views that are there and are no longer to be, or not as they are.</param>
/// <param name="Statements">What makes the missing ones, once the relations are where readers see them.</param>
internal sealed record SavedQueryViews(IReadOnlySet<(string Schema, string Name)> Stale, IReadOnlyList<string> Statements)
{
    private const string Mark = "Definition sha256:";

    /// <param name="connection">In the transaction that publishes, which has recorded the publication.</param>
    /// <param name="build">What was built; its relations are not moved yet.</param>
    /// <param name="schema">Schema that readers see.</param>
    /// <param name="logger">Told of saved queries that cannot be answered.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<SavedQueryViews> MakeAsync(
        NpgsqlConnection connection, BuildState build, string schema, ILogger logger, CancellationToken cancellationToken)
    {
        var places = build.Runs.Where(run => run.IsBuilt && run.Node.IsRelational)
            .ToDictionary(run => (run.Published.Schema!, run.Published.Identifier!), run => new PublishedName(run.Relation.Schema!, run.Relation.Identifier!));
        var catalogue = (await CatalogueLoad.ReadAsync(
            connection, cancellationToken, relation => places.GetValueOrDefault((relation.Schema, relation.Name), relation))).WithoutRollups();

        var names = build.Project.Graph.Ordered.Where(node => node.IsRelational && node.ResourceType is not ResourceType.Source)
            .Select(BuildState.PublishedRelation).Where(relation => relation.Schema == schema).Select(relation => relation.Identifier!).ToHashSet();
        var existing = await ExistingAsync(connection, schema, cancellationToken);
        var stale = existing.Where(view => view.Value is not null).Select(view => view.Key).ToHashSet();
        var statements = new List<string>();
        foreach (var saved in catalogue.SavedQueries.Values.OrderBy(saved => saved.Name, StringComparer.Ordinal))
        {
            var name = Warehouse.Sql.Cut(saved.FreeName(names));
            names.Add(name);
            if (Plan(saved, catalogue, logger) is not { } plan)
            {
                continue;
            }

            var definition = PlanSql.Write(plan.Root, new SqlParameters(asLiterals: true));
            var comment = Comment(saved, plan, definition);
            if (existing.TryGetValue(name, out var found) && found is null)
            {
                Log.SavedQueryWithoutView(logger, saved.Name, $"{schema}.{name} is there already, and is somebody else's.");
                continue;
            }

            if (found == comment)
            {
                stale.Remove(name);
                continue;
            }

            var view = Warehouse.Sql.Identifier(schema, name);
            statements.Add($"create view {view} as\n{definition}");
            statements.Add($"comment on view {view} is {Warehouse.Sql.Literal(comment)}");
        }

        return new SavedQueryViews(stale.Select(name => (schema, name)).ToHashSet(), statements);
    }

    private static QueryPlan? Plan(SavedQuery saved, MetricCatalogue catalogue, ILogger logger)
    {
        try
        {
            return SavedQueryExpansion.Plan(saved, ReaderPolicy.Unrestricted, catalogue, new QueryOptions());
        }
        catch (QueryException fault)
        {
            Log.SavedQueryWithoutView(logger, saved.Name, fault.Message);
            return null;
        }
    }

    private static string Comment(SavedQuery saved, QueryPlan plan, string definition)
    {
        var text = new StringBuilder($"Saved query {saved.Name}: {(saved.Description ?? saved.Label ?? saved.Name).Trim()}\n");
        foreach (var key in plan.Keys)
        {
            text.Append($"{key.Column}: {key.Element.Path} of the facts.\n");
        }

        foreach (var metric in plan.Metrics)
        {
            text.Append($"{metric.Column}: {metric.Metric.Documentation}\n");
        }

        return text.Append($"{Mark}{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(definition)))}").ToString();
    }

    /// <summary>What is there, with the comments of our views; null for what is not one.</summary>
    private static async Task<Dictionary<string, string?>> ExistingAsync(NpgsqlConnection connection, string schema, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            select c.relname, d.description
            from pg_class c
            join pg_namespace n on n.oid = c.relnamespace
            left join pg_description d on d.objoid = c.oid and d.classoid = 'pg_class'::regclass and d.objsubid = 0
                and c.relkind = 'v' and d.description like 'Saved query %' || $2 || '%'
            where n.nspname = $1 and c.relkind in ('r', 'p', 'v', 'm', 'f')
            """, connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = schema });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Mark });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var found = new Dictionary<string, string?>();
        while (await reader.ReadAsync(cancellationToken))
        {
            found.Add(reader.GetString(0), await reader.IsDBNullAsync(1, cancellationToken) ? null : reader.GetString(1));
        }

        return found;
    }
}
