using Platform.Worker.Jinja;
using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Transform.Compile;

/// <summary>What makes the indexes of a materialized view those of its configuration: drops first, then creations.</summary>
internal sealed class IndexChanges(ListValue changes) : JinjaObject
{
    public override string TypeName => "PostgresMaterializedViewConfigChangeCollection";

    /// <summary><c>relation.get_materialized_view_config_change_collection(described, model)</c>: None when nothing changes.</summary>
    public static Value Between(Arguments arguments)
    {
        var existing = arguments[0].As<DictValue>() is { } described && described.TryGetValue("indexes", out var rows) ? rows.Iterate().Select(Existing).ToList() : [];
        var wanted = (arguments[1].As<DictValue>() is { } model && model.TryGetValue("config", out var config) && config.As<DictValue>() is { } settings
            && settings.TryGetValue("indexes", out var entries) && entries.IsIterable ? entries.Iterate().Select(IndexConfig.Parse) : [])
            .DistinctBy(index => index.Definition).ToList();
        var changes = new ListValue();
        changes.Items.AddRange(existing.Where(index => wanted.All(other => other.Definition != index.Definition)).Select(index => Change("drop", index)));
        changes.Items.AddRange(wanted.Where(index => existing.All(other => other.Definition != index.Definition)).Select(index => Change("create", index)));
        return changes.Items.Count == 0 ? Value.None : new IndexChanges(changes);
    }

    public override bool TryGetAttribute(RenderState state, string name, out Value value)
    {
        value = name switch
        {
            "indexes" => changes,
            "requires_full_refresh" => false,
            "has_changes" => true,
            _ => default(Value),
        };
        return !value.IsMissing;
    }

    private static Value Change(string action, IndexConfig index) => DictValue.From(new Dictionary<string, Value>
    {
        ["action"] = action, ["context"] = index, ["requires_full_refresh"] = false,
    });

    /// <summary>A row of <c>get_show_indexes_sql</c>: name, method, unique, column names separated by commas.</summary>
    private static IndexConfig Existing(Value row)
    {
        Value[] cells = [.. row.Iterate()];
        return new IndexConfig(cells[3].ToString().Split(','), cells[2].IsTrue, cells[1].ToString(), cells[0].ToString());
    }
}
