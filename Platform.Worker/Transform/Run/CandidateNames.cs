using System.Text;
using Platform.Worker.Transform.Catalog;
using Platform.Worker.Transform.Compile;
using Platform.Worker.Transform.Graph;
using Platform.Worker.Warehouse;

namespace Platform.Worker.Transform.Run;

/// <summary>
/// Where candidates are built: one schema for all, under the published name; a node of another schema than the target's carries that
/// schema's name in front.
/// </summary>
internal sealed class CandidateNames(string schema, string targetSchema)
{
    public const string DeltaSuffix = "__delta";

    public Relation For(Node node)
    {
        var name = node.Schema == targetSchema ? node.Alias : $"{node.Schema}__{node.Alias}";
        return new Relation(node.Database, schema, Fit(name, ""));
    }

    public static Relation DeltaOf(Relation candidate) => candidate with { Identifier = Fit(candidate.Identifier!, DeltaSuffix), Type = RelationType.Table };

    /// <summary>The name with a suffix, cut in its middle and marked with a hash where PostgreSQL would cut it silently.</summary>
    public static string Fit(string name, string suffix)
    {
        if (Encoding.UTF8.GetByteCount(name) + suffix.Length <= Sql.MaxIdentifierBytes)
        {
            return name + suffix;
        }

        var hash = "_" + ContextFunctions.Md5(name)[..8];
        var kept = name;
        while (Encoding.UTF8.GetByteCount(kept) + hash.Length + suffix.Length > Sql.MaxIdentifierBytes)
        {
            kept = kept[..^1];
        }

        return kept + hash + suffix;
    }
}
