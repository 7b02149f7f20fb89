using System.Text.Json.Nodes;
using Npgsql;
using Platform.Worker.Transform.Graph;
using Platform.Worker.Transform.Run;

namespace Platform.Worker.Transform.Publish;

/// <summary>What the project's last publication owns: the models of its manifest. Empty before the first publication.</summary>
internal sealed class PreviousPublication
{
    private readonly IReadOnlyList<JsonObject> _models;

    private PreviousPublication(IReadOnlyList<JsonObject> models)
    {
        _models = models;
        Names = models.Select(Name).ToHashSet();
    }

    public IReadOnlySet<(string Schema, string Name)> Names { get; }

    /// <param name="connection">The warehouse.</param>
    /// <param name="project">Name of the project: what another one published is not its to replace or drop.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static async Task<PreviousPublication> ReadAsync(NpgsqlConnection connection, string project, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "select manifest ->> 'models' from meta.publication where project_name = $1 order by publication_id desc limit 1", connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = project });
        var models = await command.ExecuteScalarAsync(cancellationToken) is string json ? JsonNode.Parse(json)!.AsArray() : [];
        return new PreviousPublication([.. models.OfType<JsonObject>()]);
    }

    /// <summary>The rollups that readers may be answered from now.</summary>
    public static async Task<IReadOnlySet<(string Schema, string Name)>> RollupsAsync(
        NpgsqlConnection connection, string project, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            select rollup #>> '{node_relation,schema_name}', rollup #>> '{node_relation,alias}'
            from meta.publication, jsonb_array_elements(semantic_manifest -> 'rollups') as rollup
            where is_current and project_name = $1
            """, connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = project });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rollups = new HashSet<(string, string)>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rollups.Add((reader.GetString(0), reader.GetString(1)));
        }

        return rollups;
    }

    /// <summary>Published models that the project no longer has. They stay published until a build of the whole project drops them.</summary>
    public IEnumerable<JsonNode> Gone(BuildState build)
    {
        var current = build.Project.Graph.Ordered.Where(node => node.IsRelational && node.ResourceType is not ResourceType.Source)
            .Select(node => (node.Schema, node.Alias)).ToHashSet();
        return _models.Where(model => !current.Contains(Name(model))).Select(model => model.DeepClone());
    }

    /// <summary>The column lineage that was published of a model.</summary>
    public JsonNode? Lineage(Node node) => _models.FirstOrDefault(model => Name(model) == (node.Schema, node.Alias))?["lineage"]?.DeepClone();

    private static (string Schema, string Name) Name(JsonObject model) => ((string)model["schema"]!, (string)model["alias"]!);
}
