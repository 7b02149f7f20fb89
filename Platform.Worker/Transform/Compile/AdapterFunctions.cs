using Platform.Worker.Jinja;
using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;
using Platform.Worker.Transform.Run.Seeds;
using Platform.Worker.Warehouse;

namespace Platform.Worker.Transform.Compile;

/// <summary>The methods of <c>adapter</c> that need no warehouse, and so do the same while a project is parsed.</summary>
internal static class AdapterFunctions
{
    /// <summary>The result; missing when the method is none of these.</summary>
    public static Value Invoke(NodeContext context, string method, Arguments arguments) => method switch
    {
        "type" => "postgres",
        "is_cancelable" => true,
        "date_function" => "now()",
        "quote" or "quote_as_configured" => $"\"{arguments[0]}\"",
        "quote_seed_column" => SeedTable.QuoteColumn(arguments),
        "literal" => Sql.Literal(arguments[0].ToString()),
        "timestamp_add_sql" => TimestampAdd(arguments),
        "valid_incremental_strategies" => new ListValue(["append", "delete+insert", "merge", "microbatch"]),
        "parse_index" => arguments[0].IsNone ? Value.None : IndexConfig.Parse(arguments[0]),
        "render_raw_columns_constraints" => ConstraintSql.OfColumns(arguments.Count > 0 ? arguments[0] : arguments.Named[0].Value),
        "render_raw_model_constraints" => ConstraintSql.OfModel(arguments.Count > 0 ? arguments[0] : arguments.Named[0].Value),
        "standardize_grants_dict" => Grants(arguments[0]),
        "verify_database" => VerifyDatabase(context, arguments[0].ToString()),
        _ => default,
    };

    private static Value TimestampAdd(Arguments arguments)
    {
        var reader = arguments.Read("timestamp_add_sql");
        var (to, number, interval) = (reader.RequiredString("add_to"), reader.OptionalInteger("number", 1), reader.OptionalString("interval", "hour"));
        return $"{to} + interval '{number} {interval}'";
    }

    private static Value VerifyDatabase(NodeContext context, string database) =>
        string.Equals(database.Trim('"'), context.Invocation.Target.Database, StringComparison.OrdinalIgnoreCase)
            ? Value.EmptyString
            : throw new JinjaException(
                JinjaErrorKind.RuntimeError,
                $"{context.Subject} names the database '{database}', but the connection is to '{context.Invocation.Target.Database}', and PostgreSQL does not query "
                + "across databases. Correct the database, or take it out.");

    /// <summary>The grants that a query found: who has which privilege.</summary>
    private static DictValue Grants(Value table)
    {
        var grants = new DictValue();
        foreach (var row in table.Iterate())
        {
            Value[] cells = [.. row.Iterate()];
            var (grantee, privilege) = (cells[0], cells[1]);
            if (!grants.TryGetValue(privilege, out var grantees))
            {
                grants[privilege] = grantees = new ListValue();
            }

            grantees.As<ListValue>()!.Items.Add(grantee);
        }

        return grants;
    }
}
