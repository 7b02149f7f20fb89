using Platform.Worker.Jinja.Values;
using Platform.Worker.Transform.Graph;

namespace Platform.Worker.Transform.Compile;

/// <summary>A node as macros see it under <c>model</c> and <c>graph.nodes</c>.</summary>
internal static class NodeDictionary
{
    public static DictValue Of(Node node, string? compiledCode = null)
    {
        var dictionary = DictValue.FromClr((IEnumerable<KeyValuePair<string, object?>>)new Dictionary<string, object?>
        {
            ["unique_id"] = node.UniqueId,
            ["name"] = node.Name,
            ["resource_type"] = node.ResourceTypeName,
            ["package_name"] = node.PackageName,
            ["path"] = node.Path,
            ["original_file_path"] = node.OriginalFilePath,
            ["patch_path"] = node.PatchPath,
            ["fqn"] = node.Fqn,
            ["database"] = node.Database,
            ["schema"] = node.Schema,
            ["alias"] = node.Alias,
            ["description"] = node.Description,
            ["tags"] = node.Config.Tags,
            ["meta"] = node.Config.Meta,
            ["config"] = node.Config.Values,
            ["columns"] = node.Columns.ToDictionary(column => column.Key, column => (object?)new Dictionary<string, object?>
            {
                ["name"] = column.Value.Name,
                ["description"] = column.Value.Description,
                ["data_type"] = column.Value.DataType,
                ["quote"] = column.Value.Quote,
                ["tags"] = column.Value.Tags,
                ["meta"] = column.Value.Meta,
            }),
            ["depends_on"] = new Dictionary<string, object?> { ["nodes"] = node.DependsOn, ["macros"] = Array.Empty<string>() },
            ["checksum"] = new Dictionary<string, object?> { ["name"] = "sha256", ["checksum"] = node.Checksum },
            ["language"] = "sql",
            ["raw_code"] = node.RawCode,
            ["raw_sql"] = node.RawCode,
            ["compiled_code"] = compiledCode,
            ["relation_name"] = node.IsRelational ? $"\"{node.Database}\".\"{node.Schema}\".\"{node.Alias}\"" : null,
        });
        if (node.Source is { } source)
        {
            dictionary["source_name"] = source.SourceName;
            dictionary["source_description"] = source.SourceDescription;
            dictionary["identifier"] = source.Identifier;
            dictionary["loader"] = source.Loader;
        }

        if (node.Test is { } test)
        {
            dictionary["test_metadata"] = Value.FromClr(new Dictionary<string, object?>
            {
                ["name"] = test.Name, ["namespace"] = test.Namespace, ["kwargs"] = test.Arguments,
            });
            dictionary["column_name"] = test.ColumnName;
            dictionary["attached_node"] = test.AttachedNode;
        }

        return dictionary;
    }
}
