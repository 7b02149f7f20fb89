using Platform.Worker.Transform.Compile;
using Platform.Worker.Transform.Graph;

namespace Platform.Worker.Transform.Project;

/// <summary>Makes nodes of the tables that properties files declare under <c>sources:</c>.</summary>
internal sealed class SourceParser(Invocation invocation, ProjectErrors errors)
{
    public IReadOnlyList<Node> Parse(IEnumerable<SourceTable> tables)
    {
        var nodes = new Dictionary<string, Node>();
        foreach (var table in tables)
        {
            var node = Parse(table);
            if (!nodes.TryAdd(node.UniqueId, node))
            {
                errors.Add(node.At, $"source '{table.SourceName}.{table.TableName}' is already declared at {nodes[node.UniqueId].At}. Remove one.");
            }
        }

        return [.. nodes.Values];
    }

    private Node Parse(SourceTable table)
    {
        var patch = table.Patch;
        var context = new ParseContext(invocation, patch.PackageName, patch.File.Path);
        var config = NodeConfig.Empty.With("enabled", true);
        foreach (var layer in new[] { table.SourceEntry["config"]?.Plain(), table.TableEntry["config"]?.Plain() }.OfType<Dictionary<string, object?>>()
            .Prepend(Tags(table.SourceEntry)).Append(Tags(table.TableEntry)))
        {
            config = config.With(YamlRenderer.Config(context, layer, patch.Entry.At, errors));
        }

        var package = invocation.FindPackage(patch.PackageName)!;
        foreach (var layer in package.Project.Sources.Layers([patch.PackageName, table.SourceName, table.TableName]))
        {
            config = NodeConfig.Empty.With(YamlRenderer.Config(context, layer, package.Project.At, errors)).With(config.Values);
        }

        return new Node
        {
            UniqueId = $"source.{patch.PackageName}.{table.SourceName}.{table.TableName}",
            Name = table.TableName,
            ResourceType = ResourceType.Source,
            PackageName = patch.PackageName,
            Path = patch.File.Path,
            OriginalFilePath = patch.File.Path,
            Fqn = [patch.PackageName, table.SourceName, table.TableName],
            Config = config,
            At = patch.Entry.At,
            Description = Text(patch.Description),
            Columns = ProjectParser.RenderColumns(context, patch, errors),
            Database = Text(table.SourceEntry.Text("database") ?? invocation.Target.Database),
            Schema = Text(table.SourceEntry.Text("schema") ?? table.SourceName),
            Alias = Text(table.TableEntry.Text("identifier") ?? table.TableName),
            Source = new SourceMetadata(
                table.SourceName,
                Text(table.TableEntry.Text("identifier") ?? table.TableName),
                Text(table.SourceEntry.Text("description") ?? ""),
                table.SourceEntry.Text("loader") ?? ""),
        };

        string Text(string value) => YamlRenderer.Text(context, value, patch.Entry.At, errors);

        static Dictionary<string, object?> Tags(YamlValue entry) =>
            entry["tags"] is { } tags ? new Dictionary<string, object?> { ["tags"] = tags.Plain() } : [];
    }
}
