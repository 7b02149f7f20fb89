using System.Runtime.CompilerServices;
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

    private static NodeChecksum Compute(Node node)
    {
        if (node.Test is not null || node.ResourceType is ResourceType.Operation)
        {
            return new NodeChecksum("none", "");
        }

        if (node.ResourceType is not ResourceType.Seed)
        {
            return new NodeChecksum("sha256", ProjectParser.Sha256(node.RawCode.Trim()));
        }

        return node.FullPath is not { } path || !File.Exists(path) || new FileInfo(path).Length >= LargestSeed
            ? new NodeChecksum("path", node.OriginalFilePath)
            : new NodeChecksum("sha256", ProjectParser.Sha256(File.ReadAllText(path).Trim()));
    }
}
