using Platform.Worker.Jinja;
using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;
using Platform.Worker.Transform.Catalog;
using Platform.Worker.Transform.Compile.Python;
using Platform.Worker.Transform.Graph;
using Platform.Worker.Transform.Project;
using Platform.Worker.Transform.Run;

namespace Platform.Worker.Transform.Compile;

/// <summary>
/// Renders a node to learn what it refers to and how it is configured. Nothing is asked of the warehouse: <c>execute</c> is false and the
/// adapter answers with nothing, as in dbt's parsing phase.
/// </summary>
internal class ParseContext(Invocation invocation, string package, string subject) : NodeContext(invocation, package)
{
    /// <summary>Stands for any relation: what is known of the node's own place before its configuration is read.</summary>
    private readonly Value _placeholder = RelationValue.Of(
        new Relation(invocation.Target.Database, invocation.Target.Schema, Path.GetFileNameWithoutExtension(subject)));

    public List<RefCall> Refs { get; } = [];

    public List<(string Source, string Table)> Sources { get; } = [];

    public Dictionary<string, object?> ConfigCalls { get; } = [];

    /// <summary>A variable that is not set is none, as dbt has it while it parses SQL; whatever needs it says so when it runs.</summary>
    public bool LeavesVariables { get; init; }

    public override bool Execute => false;

    public override string Subject => subject;

    protected override Value Member(string name) => name switch
    {
        "this" => _placeholder,
        "model" or "node" => Model(),
        "graph" or "schemas" or "database_schemas" or "results" => new DictValue(),
        "load_agate_table" => new HostFunction(name, static (_, _) => Value.None),
        _ => base.Member(name),
    };

    public override Value Var(RenderState state, string name, Value fallback) =>
        base.Var(state, name, LeavesVariables && fallback.IsMissing ? Value.None : fallback);

    public override Value Ref(RenderState state, string? package, string name, string? version)
    {
        Refs.Add(new RefCall(package, name, version));
        return _placeholder;
    }

    public override Value Source(RenderState state, string sourceName, string tableName)
    {
        Sources.Add((sourceName, tableName));
        return _placeholder;
    }

    private static void CheckSpellings(Arguments arguments)
    {
        var keys = arguments.Positional.Select(value => value.As<DictValue>()).OfType<DictValue>().SelectMany(dict => dict.Items).Select(item => item.Key.ToString())
            .Concat(arguments.Named.Select(named => named.Name)).ToList();
        foreach (var key in keys.Where(key => key is "pre_hook" or "post_hook").Where(key => keys.Contains(ConfigMerge.Canonical(key))))
        {
            throw new JinjaException(JinjaErrorKind.ValueError, $"config() has both '{key}' and '{ConfigMerge.Canonical(key)}'. Keep one of the two: they are the same.");
        }
    }

    public override Value Config(string method, Arguments arguments)
    {
        switch (method)
        {
            case "set" when arguments.Positional is [{ Kind: ValueKind.String } name, var set]:
                ConfigMerge.Into(ConfigCalls, name.ToString(), set.ToClr());
                return Value.EmptyString;
            case "" or "set":
                CheckSpellings(arguments);
                foreach (var (key, value) in arguments.Positional.Select(value => value.As<DictValue>()).OfType<DictValue>().SelectMany(dict => dict.Items))
                {
                    ConfigMerge.Into(ConfigCalls, key.ToString(), value.ToClr());
                }

                foreach (var (key, value) in arguments.Named)
                {
                    ConfigMerge.Into(ConfigCalls, key, key == "begin" && value.Object is DateTimeValue ? value.ToString().Replace(' ', 'T') : value.ToClr());
                }

                return Value.EmptyString;
            case "persist_relation_docs" or "persist_column_docs":
                return false;
            default:
                return Value.EmptyString;
        }
    }

    public override Value Adapter(RenderState state, string method, Arguments arguments) => method switch
    {
        "dispatch" => Dispatch(state, arguments),
        "get_columns_in_relation" or "get_missing_columns" or "get_column_schema_from_query" or "get_pseudocolumns_for_relation" or "list_relations"
            or "list_relations_without_caching" or "list_schemas" => new ListValue(),
        "execute" => new TupleValue([Value.EmptyString, new AgateTable(QueryResult.Empty)]),
        "add_query" => new TupleValue([Value.None, Value.None]),
        "check_schema_exists" or "already_exists" => false,
        _ => Value.None,
    };

    public override Value StoreResult(string name, Value response, Value table) => Value.EmptyString;

    public override Value LoadResult(string name) => Value.None;

    private DictValue Model() => DictValue.From(new Dictionary<string, Value>
    {
        ["name"] = Path.GetFileNameWithoutExtension(subject),
        ["alias"] = Path.GetFileNameWithoutExtension(subject),
        ["package_name"] = Package,
        ["original_file_path"] = subject,
        ["path"] = subject,
        ["database"] = Invocation.Target.Database,
        ["schema"] = Invocation.Target.Schema,
        ["config"] = new DictValue(),
        ["columns"] = new DictValue(),
        ["tags"] = new ListValue(),
        ["meta"] = new DictValue(),
    });
}
