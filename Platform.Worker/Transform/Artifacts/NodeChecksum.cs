using System.Runtime.CompilerServices;
using System.Text;
using Platform.Worker.Transform.Graph;
using Platform.Worker.Transform.Project;

namespace Platform.Worker.Transform.Artifacts;

/// <summary>
/// What tells whether a node's file has changed, computed as dbt computes it, so that the manifests of both can be compared: the SHA-256 of
/// the text without blanks around it; of a seed from one MiB on, its path; none for generic tests.
/// </summary>
internal readonly record struct NodeChecksum(string Name, string Value)
{
    private const long LargestSeed = 1024 * 1024;

    private static readonly ConditionalWeakTable<Node, object> Known = [];

    public static NodeChecksum Of(Node node) => (NodeChecksum)Known.GetValue(node, static node => Compute(node));

    /// <summary>The text of a file, a byte order mark being part of it as in dbt.</summary>
    private static string Text(string path) => Encoding.UTF8.GetString(File.ReadAllBytes(path));

    private static NodeChecksum Compute(Node node)
    {
        if (node.Test is not null || node.ResourceType is ResourceType.Operation)
        {
            return new NodeChecksum("none", "");
        }

        if (node.ResourceType is not ResourceType.Seed)
        {
            // Of a snapshot the file counts, which may hold several.
            return new NodeChecksum("sha256", node.Checksum.Length > 0 ? node.Checksum : ProjectParser.Sha256(node.RawCode.Trim()));
        }

        return node.FullPath is not { } path || !File.Exists(path) || new FileInfo(path).Length >= LargestSeed
            ? new NodeChecksum("path", node.OriginalFilePath)
            : new NodeChecksum("sha256", ProjectParser.Sha256(Text(path).Trim()));
    }
}
