using Platform.Worker.Transform.Graph;

namespace Platform.Worker.Transform.Artifacts;

/// <summary>Where the SQL of a node is written below the target directory, as dbt does it.</summary>
internal static class ArtifactPaths
{
    public const string DefaultTarget = "target";

    public static string Compiled(Node node) => Below("compiled", node);

    public static string Run(Node node) => Below("run", node);

    /// <summary>The file of one batch of a microbatch model: <c>events/events_2026-01-31.sql</c> for <c>events.sql</c>.</summary>
    public static string OfBatch(string path, string batch)
    {
        var (folder, name) = (path[..(path.LastIndexOf('/') + 1)], Path.GetFileNameWithoutExtension(path));
        return $"{folder}{name}/{name}_{batch}{Path.GetExtension(path)}";
    }

    /// <summary>True when a part of the node's name would write SQL outside of the target directory.</summary>
    public static bool LeadsOut(Node node) => Path.IsPathRooted(FileOf(node)) || FileOf(node).Split('/', '\\').Contains("..");

    /// <summary>The target directory as artifacts name it: relative to the project where it is below it.</summary>
    public static string Shown(string projectRoot, string target)
    {
        var relative = Path.GetRelativePath(projectRoot, Path.Combine(projectRoot, target)).Replace('\\', '/');
        return relative.StartsWith("..", StringComparison.Ordinal) ? target.TrimEnd('/') : relative;
    }

    /// <summary>A node that shares its file with others (tests of a properties file) has a file of its own below the name of that one.</summary>
    private static string Below(string folder, Node node)
    {
        var path = FileOf(node);
        return Path.GetFileName(path) == Path.GetFileName(node.OriginalFilePath)
            ? $"{folder}/{node.PackageName}/{node.OriginalFilePath}"
            : $"{folder}/{node.PackageName}/{node.OriginalFilePath}/{path}";
    }

    private static string FileOf(Node node) => node.ResourceType is ResourceType.UnitTest ? $"{node.Name}.sql" : node.Path;
}
