using System.Collections.Concurrent;

namespace Platform.Worker.Transform.Graph.Selection;

/// <summary>Methods that go by the files of nodes.</summary>
internal static class PathMethods
{
    /// <summary>
    /// The node's file, a folder above it, or the properties file that describes it, by a path from the project's root. Paths are those of the
    /// root project on disk: a package's node matches where the root has a file or folder of that path, as in dbt.
    /// </summary>
    public static Func<Node, bool> Path(SelectionScope scope, SelectionCriterion criterion)
    {
        var pattern = Parts(criterion.Text);
        var root = scope.Project.Invocation.Packages[0];
        var exists = new ConcurrentDictionary<string, bool>();
        return node => Matches(node.OriginalFilePath, node, withFolders: true)
            || (node.PatchPath is { } patch && Matches(patch[(patch.IndexOf("://", StringComparison.Ordinal) is var at and >= 0 ? at + 3 : 0)..], node, withFolders: false));

        bool Matches(string file, Node node, bool withFolders)
        {
            var parts = Parts(file);
            for (var length = withFolders ? 1 : parts.Length; length <= parts.Length; length++)
            {
                if (IsMatch(pattern, parts.AsSpan(0, length)) && (node.PackageName == root.Name || exists.GetOrAdd(string.Join('/', parts.Take(length)), InRoot)))
                {
                    return true;
                }
            }

            return false;
        }

        bool InRoot(string path) => System.IO.Path.Exists(System.IO.Path.Combine(root.Root, path));
    }

    /// <summary>The file's name, with or without its extension.</summary>
    public static Func<Node, bool> File(SelectionScope scope, SelectionCriterion criterion)
    {
        var pattern = criterion.Text;
        return node => Glob.Matches(pattern, System.IO.Path.GetFileName(node.OriginalFilePath))
            || Glob.Matches(pattern, System.IO.Path.GetFileNameWithoutExtension(node.OriginalFilePath));
    }

    private static string[] Parts(string path) =>
        [.. path.Replace('\\', '/').Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part != ".")];

    /// <summary>Part by part; <c>**</c> stands for any number of folders.</summary>
    private static bool IsMatch(ReadOnlySpan<string> pattern, ReadOnlySpan<string> path)
    {
        if (pattern.Length == 0)
        {
            return path.Length == 0;
        }

        if (pattern[0] == "**")
        {
            for (var skipped = 0; skipped <= path.Length; skipped++)
            {
                if (IsMatch(pattern[1..], path[skipped..]))
                {
                    return true;
                }
            }

            return false;
        }

        return path.Length > 0 && Glob.Matches(pattern[0], path[0]) && IsMatch(pattern[1..], path[1..]);
    }
}
