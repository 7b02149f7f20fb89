using Platform.Worker.Transform.Graph;

namespace Platform.Worker.Transform.Verbs;

/// <summary>Where the SQL of a node is written below target/compiled and target/run.</summary>
internal static class NodePaths
{
    /// <summary>"package/models/staging/stg_orders.sql"; a test's SQL lies below the properties file that declares it, as in dbt.</summary>
    public static string Compiled(Node node) => node.ResourceType is ResourceType.Test && node.Test is not null
        ? $"{node.PackageName}/{node.OriginalFilePath}/{Path.GetFileName(node.Path)}"
        : node.OriginalFilePath.EndsWith(".sql", StringComparison.OrdinalIgnoreCase)
            ? $"{node.PackageName}/{node.OriginalFilePath}"
            : $"{node.PackageName}/{node.OriginalFilePath}/{node.Name}.sql";
}
