using Platform.Worker.Jinja;
using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Transform.Compile;

/// <summary><c>exceptions</c> (https://docs.getdbt.com/reference/dbt-jinja-functions/exceptions): ends the node with an error, or warns.</summary>
internal static class ExceptionFunctions
{
    public static Value Instance { get; } = Make();

    /// <summary>A warning of a macro, to where the invocation writes them.</summary>
    public static Value Warn(RenderState state, string message)
    {
        var context = (NodeContext)state.Host!;
        if (context.Invocation.Output is { } output)
        {
            output.Warn("JinjaLogWarning", new SourceLocation(context.Subject, 0), message);
        }
        else if (context.Invocation.Logger is { } logger)
        {
            Transform.Log.Macro(logger, context.Subject, message);
        }

        return Value.EmptyString;
    }

    private static HostObject Make()
    {
        var exceptions = new HostObject("exceptions")
        {
            { "warn", static (state, arguments) => Warn(state, First(arguments)) },
            { "warn_once", static (state, arguments) => Warn(state, First(arguments)) },
            { "missing_config", static (_, arguments) => Raise($"Model '{Id(arguments, 0)}' does not define a required config parameter '{Argument(arguments, 1)}'.") },
            { "missing_materialization", static (_, arguments) => Raise($"No materialization was found for '{Id(arguments, 0)}' on {Argument(arguments, 1)}.") },
            { "missing_relation", static (_, arguments) => Raise($"Relation {Argument(arguments, 0)} not found!") },
            { "relation_wrong_type", static (_, arguments) => Raise(
                $"Trying to create {Argument(arguments, 1)} {Argument(arguments, 0)}, but it currently exists as a {Attribute(arguments, 0, "type")}. "
                + $"Either drop {Argument(arguments, 0)} manually, or build with a full refresh to have it dropped.") },
            { "column_type_missing", static (_, arguments) => Raise(
                "Contracted models require data_type to be defined for each column. Add it for: "
                + string.Join(", ", (arguments.Count > 0 ? arguments[0] : arguments.Named[0].Value).Iterate()) + ".") },
            { "raise_contract_error", static (_, arguments) => Raise(ContractMismatch.Describe(arguments[0], arguments[1])) },
            { "warn_snapshot_timestamp_data_types", static (state, arguments) => Warn(
                state, $"Data type of snapshot table timestamp columns ({Argument(arguments, 0)}) doesn't match derived column 'updated_at' ({Argument(arguments, 1)}). "
                + "Please update snapshot config 'updated_at'.") },
        };
        foreach (var name in (string[])["raise_compiler_error", "raise_not_implemented", "raise_database_error", "raise_fail_fast_error",
            "raise_invalid_property_yml_version", "raise_dependency_error", "raise_dep_not_found", "raise_duplicate_patch_name", "raise_duplicate_resource_name",
            "raise_ambiguous_alias", "raise_ambiguous_catalog_match", "raise_cache_inconsistent", "raise_dataclass_not_dict", "raise_parsing_error"])
        {
            exceptions.Add(name, static (_, arguments) => Raise(First(arguments)));
        }

        return exceptions;
    }

    private static Value Raise(string message) => throw new JinjaException(JinjaErrorKind.RuntimeError, message);

    private static string First(Arguments arguments) => (arguments.Count > 0 ? arguments[0] : arguments.Named is [var named, ..] ? named.Value : "").ToString();

    private static string Argument(Arguments arguments, int index) => (index < arguments.Count ? arguments[index]
        : index - arguments.Count < arguments.Named.Length ? arguments.Named[index - arguments.Count].Value : "").ToString();

    private static string Id(Arguments arguments, int index) => Attribute(arguments, index, "unique_id") is { Length: > 0 } id ? id : Argument(arguments, index);

    private static string Attribute(Arguments arguments, int index, string name) =>
        index < arguments.Count && arguments[index].Object is { } target
            && (target.TryGetItem(null!, name, out var value) || target.TryGetAttribute(null!, name, out value)) ? value.ToString() : "";
}
