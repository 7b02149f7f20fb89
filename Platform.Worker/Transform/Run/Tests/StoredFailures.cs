using Platform.Worker.Transform.Compile;
using Platform.Worker.Transform.Graph;

namespace Platform.Worker.Transform.Run.Tests;

/// <summary>Which tests keep the rows that fail them in a relation of their own (https://docs.getdbt.com/reference/resource-configs/store_failures).</summary>
internal static class StoredFailures
{
    public static bool Keeps(Node node, InvocationFlags flags) =>
        node.ResourceType is ResourceType.Test && (node.Config.Flag("store_failures") ?? flags.StoreFailures);
}
