using Platform.Worker.Jinja;
using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;
using Platform.Worker.Transform.Catalog;
using Platform.Worker.Transform.Graph;
using Platform.Worker.Transform.Project;

namespace Platform.Worker.Transform.Compile;

/// <summary>
/// Renders a node to learn what it refers to and how it is configured. Nothing is asked of the warehouse: <c>execute</c> is false and the
/// adapter answers with nothing, as in dbt's parsing phase.
/// </summary>
internal class ParseContext(Invocation invocation, string package, string subject) : NodeContext(invocation, package)
{
    private static readonly Value Placeholder = RelationValue.Of(new Relation("database", "schema", "relation"));

    public List<RefCall> Refs { get; } = [];

    public List<(string Source, string Table)> Sources { get; } = [];

    public Dictionary<string, object?> ConfigCalls { get; } = [];

    public override bool Execute => false;

    public override string Subject => subject;

    protected override Value Member(string name) => name switch
    {
        "this" => Placeholder,
        _ => base.Member(name),
    };

    public override Value Ref(RenderState state, string? package, string name, string? version)
    {
        Refs.Add(new RefCall(package, name, version));
        return Placeholder;
    }

    public override Value Source(RenderState state, string sourceName, string tableName)
    {
        Sources.Add((sourceName, tableName));
        return Placeholder;
    }

    public override Value Config(string method, Arguments arguments)
    {
        switch (method)
        {
            case "":
            case "set":
                foreach (var (key, value) in arguments.Positional.Select(value => value.As<DictValue>()).OfType<DictValue>().SelectMany(dict => dict.Items))
                {
                    ConfigMerge.Into(ConfigCalls, key.ToString(), value.ToClr());
                }

                foreach (var (key, value) in arguments.Named)
                {
                    ConfigMerge.Into(ConfigCalls, key, value.ToClr());
                }

                return Value.EmptyString;
            case "persist_relation_docs" or "persist_column_docs":
                return false;
            default:
                return arguments.Count > 1 ? arguments[1] : arguments.TryGetNamed("default", out var fallback) ? fallback : Value.EmptyString;
        }
    }

    public override Value Adapter(RenderState state, string method, Arguments arguments) => method switch
    {
        "dispatch" => Dispatch(state, arguments[0].ToString(), AdapterValue.DispatchNamespace(arguments)),
        "quote" => $"\"{arguments[0]}\"",
        "literal" => Warehouse.Sql.Literal(arguments[0].ToString()),
        "type" => "postgres",
        "get_columns_in_relation" or "get_missing_columns" or "list_relations" or "list_relations_without_caching" => new ListValue(),
        "execute" => new TupleValue([Value.None, Value.None]),
        "check_schema_exists" or "already_exists" => false,
        _ => Value.None,
    };

    public override Value StoreResult(string name, Value response, Value table) => Value.EmptyString;

    public override Value LoadResult(string name) => Value.None;
}
