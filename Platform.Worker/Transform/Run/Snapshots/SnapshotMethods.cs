using Platform.Worker.Jinja;
using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;
using Platform.Worker.Transform.Catalog;
using Platform.Worker.Transform.Project;

namespace Platform.Worker.Transform.Run.Snapshots;

/// <summary>What the macros of snapshots ask of <c>adapter</c> and <c>config</c> (https://docs.getdbt.com/docs/build/snapshots).</summary>
internal static class SnapshotMethods
{
    /// <summary>The key under which <c>config.get()</c> gives the names of a snapshot's own columns.</summary>
    public const string ColumnNamesKey = "snapshot_table_column_names";

    private static readonly string[] OwnColumns = ["dbt_valid_to", "dbt_valid_from", "dbt_scd_id", "dbt_updated_at", "dbt_is_deleted"];

    /// <summary>The names of the snapshot's own columns: dbt's, or those of <c>snapshot_meta_column_names</c>.</summary>
    public static Value ColumnNames(NodeConfig config)
    {
        var configured = config.Map("snapshot_meta_column_names");
        return DictValue.From(OwnColumns.Select(column => KeyValuePair.Create(
            column, Value.From(configured.TryGetValue(column, out var name) && name is not null ? name.ToString() : column))));
    }

    /// <summary><c>adapter.get_hard_deletes_behavior(config)</c>: ignore, invalidate or new_record.</summary>
    public static Value HardDeletes(RenderState state, Value config)
    {
        var legacy = Get("invalidate_hard_deletes");
        var configured = Get("hard_deletes");
        if (!legacy.IsNone && !configured.IsNone)
        {
            throw new JinjaException(
                JinjaErrorKind.RuntimeError, "You cannot set both the invalidate_hard_deletes and hard_deletes config properties on the same snapshot. Keep hard_deletes.");
        }

        return configured.IsNone
            ? legacy.IsTrue ? "invalidate" : "ignore"
            : configured.ToString() is "ignore" or "invalidate" or "new_record"
                ? configured
                : throw new JinjaException(
                    JinjaErrorKind.RuntimeError, $"Invalid setting for property hard_deletes: '{configured}'. Use ignore, invalidate or new_record.");

        Value Get(string key)
        {
            if (config.As<DictValue>() is { } dictionary)
            {
                return dictionary.TryGetValue(key, out var value) ? value : Value.None;
            }

            return config.Object?.TryGetAttribute(state, "get", out var get) is true ? state.Call(get, new Arguments([key])) : Value.None;
        }
    }

    /// <summary>
    /// <c>adapter.valid_snapshot_target(relation, column_names)</c>, and with a strategy
    /// <c>assert_valid_snapshot_target_given_strategy</c>: refuses a table that no snapshot made.
    /// </summary>
    public static Value RequireSnapshot(Relation relation, IReadOnlyList<ColumnInfo> columns, Arguments arguments)
    {
        var names = Argument(1, "column_names").As<DictValue>();
        var strategy = Argument(2, "strategy").As<DictValue>();
        List<string> required = ["dbt_scd_id", "dbt_valid_from", "dbt_valid_to"];
        if (strategy is not null && strategy.TryGetValue("hard_deletes", out var deletes) && deletes.ToString() == "new_record")
        {
            required.Add("dbt_is_deleted");
        }

        var missing = required
            .Select(column => names is not null && names.TryGetValue(column, out var name) && !name.IsNone ? name.ToString() : column)
            .Where(name => !columns.Any(column => column.Name.Equals(name, StringComparison.OrdinalIgnoreCase))).ToList();
        return missing.Count == 0
            ? Value.None
            : throw new JinjaException(
                JinjaErrorKind.RuntimeError,
                $"Snapshot target is missing configured columns (missing \"{string.Join("\", \"", missing)}\"): {relation} was not made with this configuration. "
                + "Add the columns, or drop or rename the table. See https://docs.getdbt.com/docs/build/snapshots#snapshot-meta-fields");

        Value Argument(int index, string name) =>
            index < arguments.Count ? arguments[index] : arguments.TryGetNamed(name, out var named) ? named : Value.None;
    }
}
