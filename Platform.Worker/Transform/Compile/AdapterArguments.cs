using System.Collections.Frozen;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Transform.Compile;

/// <summary>Puts the named arguments of the adapter's methods where their positions are: <c>check_schema_exists(schema='s', database='d')</c>.</summary>
internal static class AdapterArguments
{
    private static readonly string[] OfRelation = ["relation"];
    private static readonly string[] FromTo = ["from_relation", "to_relation"];

    private static readonly FrozenDictionary<string, string[]> Parameters = new Dictionary<string, string[]>
    {
        ["check_schema_exists"] = ["database", "schema"],
        ["list_relations"] = ["database", "schema"],
        ["list_relations_without_caching"] = ["schema_relation"],
        ["list_schemas"] = ["database"],
        ["already_exists"] = ["schema", "name"],
        ["get_columns_in_relation"] = OfRelation,
        ["get_missing_columns"] = FromTo,
        ["expand_target_column_types"] = FromTo,
        ["drop_relation"] = OfRelation,
        ["truncate_relation"] = OfRelation,
        ["rename_relation"] = FromTo,
        ["create_schema"] = OfRelation,
        ["drop_schema"] = OfRelation,
        ["cache_added"] = OfRelation,
        ["cache_dropped"] = OfRelation,
        ["cache_renamed"] = FromTo,
        ["get_column_schema_from_query"] = ["sql"],
        ["validate_sql"] = ["sql"],
        ["get_incremental_strategy_macro"] = ["model_context", "strategy"],
        ["quote"] = ["identifier"],
        ["quote_as_configured"] = ["identifier", "quote_key"],
        ["quote_seed_column"] = ["column", "quote_config"],
        ["convert_type"] = ["agate_table", "col_idx"],
        ["verify_database"] = ["database"],
        ["valid_snapshot_target"] = ["relation", "column_names"],
    }.ToFrozenDictionary();

    public static Arguments Positional(string method, Arguments arguments)
    {
        if (arguments.Named.Length == 0 || !Parameters.TryGetValue(method, out var parameters))
        {
            return arguments;
        }

        var values = new List<Value>(arguments.Positional);
        foreach (var parameter in parameters.Skip(values.Count))
        {
            if (!arguments.TryGetNamed(parameter, out var value))
            {
                break;
            }

            values.Add(value);
        }

        return new Arguments([.. values], [.. arguments.Named.Where(named => !parameters.Take(values.Count).Contains(named.Name))]);
    }
}
