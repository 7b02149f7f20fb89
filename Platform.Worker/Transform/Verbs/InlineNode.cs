using Platform.Worker.Transform.Catalog;
using Platform.Worker.Transform.Graph;
using Platform.Worker.Transform.Project;
using Platform.Worker.Transform.Run;

namespace Platform.Worker.Transform.Verbs;

/// <summary>A node of an invocation that no file declares: SQL given on the command line, or a macro that is run by itself.</summary>
internal static class InlineNode
{
    public const string QueryName = "inline_query";

    public static NodeRun Query(BuildState build, string sql) =>
        Create(build, $"sql_operation.{build.Project.Root.Name}.{QueryName}", build.Project.Root.Name, QueryName, "sql/inline_query", sql);

    /// <param name="build">The build.</param>
    /// <param name="uniqueId">The macro's id.</param>
    /// <param name="package">The package whose macros it sees first.</param>
    /// <param name="name">The macro's name.</param>
    public static NodeRun Macro(BuildState build, string uniqueId, string package, string name) => Create(build, uniqueId, package, name, $"macro {name}", "");

    private static NodeRun Create(BuildState build, string uniqueId, string package, string name, string path, string sql)
    {
        var node = new Node
        {
            UniqueId = uniqueId,
            Name = name,
            Alias = name,
            ResourceType = ResourceType.Operation,
            PackageName = package,
            Path = path,
            OriginalFilePath = path,
            Fqn = [package, name],
            Config = NodeConfig.Empty,
            At = new SourceLocation(path),
            Database = build.Invocation.Target.Database,
            Schema = build.Invocation.Target.Schema,
            RawCode = sql,
            Language = "sql",
        };
        var relation = new Relation(node.Database, node.Schema, name);
        return new NodeRun(node, relation, relation);
    }
}
