using System.Globalization;
using System.Text.Json.Nodes;
using Npgsql;
using Platform.Worker.Pipeline.Tasks;
using Platform.Worker.Transform;
using Platform.Worker.Transform.Graph;

namespace Platform.Worker.Pipeline.Lineage;

/// <summary>Models of a build, what they read and what their tests found.</summary>
internal sealed class ModelLineage(DatasetPlace place, NpgsqlDataSource warehouse)
{
    public async Task<PublishedModels> PublishedAsync(BuiltProject built, CancellationToken cancellationToken)
    {
        if (built.Result.PublicationId is not { } publication)
        {
            return new PublishedModels(null);
        }

        await using var command = warehouse.CreateCommand("select manifest::text from meta.publication where publication_id = $1");
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = publication });
        return new PublishedModels(await command.ExecuteScalarAsync(cancellationToken) is string manifest ? JsonNode.Parse(manifest) : null);
    }

    /// <summary>What the build made, without its facets, which its models' own events have.</summary>
    public JsonArray Outputs(BuiltProject built) =>
        new([.. built.Models.Where(model => !model.Result.IsFailure).Select(model => WithRows(Dataset(model.Node), model.Result))]);

    /// <summary>A model as it was made.</summary>
    public JsonObject Output(BuiltModel model, BuiltProject built, PublishedModels published)
    {
        var facets = new JsonObject();
        if (published.Columns(model.Node.UniqueId) is { } columns)
        {
            facets["schema"] = Facet.Schema(columns);
        }

        if (model.Node.Description.Length > 0)
        {
            facets["documentation"] = Facet.Documentation(model.Node.Description);
        }

        if (published.Lineage(model.Node.UniqueId) is { } lineage)
        {
            facets["columnLineage"] = Facet.ColumnLineage(
                lineage["columns"]!.AsObject().Select(column => (column.Key, Fields(built.Graph, column.Value!.AsArray()))),
                Fields(built.Graph, lineage["filters"]!.AsArray()));
        }

        return WithRows(Dataset(model.Node, facets), model.Result);
    }

    /// <summary>The tables and views that a model reads, also those below ephemeral models.</summary>
    public JsonArray Inputs(BuiltProject built, BuiltModel model) =>
        new([.. Read(built.Graph, model.Node).DistinctBy(node => node.UniqueId).Select(node => Dataset(node))]);

    /// <summary>What the build's tests looked at, and found.</summary>
    public JsonArray Tested(BuiltProject built)
    {
        var tests =
            from result in built.Result.Nodes
            where built.Graph.Contains(result.UniqueId)
            let test = built.Graph[result.UniqueId]
            where test.ResourceType is ResourceType.Test && result.Status is not NodeStatus.Skipped
            from tested in test.Test?.AttachedNode is { } attached ? [attached] : test.DependsOn
            where built.Graph.Contains(tested) && built.Graph[tested].IsRelational
            group Assertion(test, result) by tested;
        return new JsonArray([.. tests.Select(group =>
        {
            var dataset = Dataset(built.Graph[group.Key]);
            dataset["inputFacets"] = new JsonObject { ["dataQualityAssertions"] = Facet.Assertions(new JsonArray([.. group])) };
            return dataset;
        })]);
    }

    private JsonObject Dataset(Node node, JsonObject? facets = null) => place.Table(node.Schema, node.Alias, facets);

    private static JsonObject WithRows(JsonObject dataset, NodeResult result)
    {
        if (result.RowsAffected is { } rows)
        {
            dataset["outputFacets"] = new JsonObject { ["outputStatistics"] = Facet.OutputStatistics(rows) };
        }

        return dataset;
    }

    private static JsonObject Assertion(Node test, NodeResult result)
    {
        var assertion = new JsonObject
        {
            ["assertion"] = test.Test?.Name ?? "singular",
            ["name"] = test.Name,
            ["success"] = result.Status is NodeStatus.Pass,
            ["severity"] = test.Config.IsWarningOnly ? "warn" : "error",
        };
        if (test.Test?.ColumnName is { } column)
        {
            assertion["column"] = column;
        }

        if (result.Failures is { } failures)
        {
            assertion["actual"] = string.Create(CultureInfo.InvariantCulture, $"{failures} failing rows");
        }

        return assertion;
    }

    /// <summary>Sources of the published lineage as fields; whole rows (<c>*</c>) name no column and are left out, as are relations of nobody's.</summary>
    private JsonArray Fields(NodeGraph graph, JsonArray sources) => new(
        [.. sources.Select(source => (Id: (string?)source!["unique_id"], Column: (string)source["column"]!, Kind: (string)source["kind"]!))
            .Where(source => source.Id is not null && source.Column is not ("*" or "") && graph.Contains(source.Id))
            .Select(source => place.TableField(graph[source.Id!].Schema, graph[source.Id!].Alias, source.Column, Transformation(source.Kind)))]);

    private static JsonObject Transformation(string kind) => kind switch
    {
        "direct" => new() { ["type"] = "DIRECT", ["subtype"] = "IDENTITY" },
        "derived" => new() { ["type"] = "DIRECT", ["subtype"] = "TRANSFORMATION" },
        // Where, join, group by or having: which of them is not known.
        _ => new() { ["type"] = "INDIRECT" },
    };

    private static IEnumerable<Node> Read(NodeGraph graph, Node node) => node.DependsOn.Where(graph.Contains).Select(id => graph[id])
        .SelectMany(parent => parent.IsRelational ? [parent] : Read(graph, parent));
}
