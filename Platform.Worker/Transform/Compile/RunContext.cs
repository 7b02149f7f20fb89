using Platform.Worker.Jinja;
using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;
using Platform.Worker.Transform.Artifacts;
using Platform.Worker.Transform.Catalog;
using Platform.Worker.Transform.Compile.Python;
using Platform.Worker.Transform.Graph;
using Platform.Worker.Transform.Run;
using Platform.Worker.Warehouse;
using Platform.Worker.Transform.Run.Seeds;
using Platform.Worker.Transform.Run.Snapshots;

namespace Platform.Worker.Transform.Compile;

/// <summary>Renders a node for the warehouse: <c>execute</c> is true, refs are relations, and the adapter works on the node's session.</summary>
internal class RunContext : NodeContext
{
    private readonly BuildState _build;
    private readonly PostgresSession _session;
    private readonly RunAdapter _adapter;
    private readonly Dictionary<string, (Value Response, Value Table)> _results = [];
    private readonly HashSet<string> _loaded = [];
    private readonly List<Node> _ephemerals = [];
    private Dictionary<string, object?>? _config;

    public RunContext(BuildState build, Node node, NodeRun run, PostgresSession session)
        : base(build.Invocation, node.PackageName)
    {
        (_build, Node, Run, _session) = (build, node, run, session);
        _adapter = new RunAdapter(build, run, session);
        This = run.Relation;
    }

    /// <summary>The node whose code is rendered: the one that runs, or an ephemeral model it reads.</summary>
    public Node Node { get; }

    public NodeRun Run { get; }

    /// <summary>What <c>this</c> renders.</summary>
    public Relation This { get; set; }

    /// <summary>Ephemeral models that were referred to, to be put in as common table expressions.</summary>
    public IReadOnlyList<Node> Ephemerals => _ephemerals;

    public override bool Execute => true;

    public override string Subject => Node.OriginalFilePath;

    protected override Value Member(string name) => name switch
    {
        "this" => Node.ResourceType is ResourceType.Operation ? Value.None : RelationValue.Of(This),
        "model" or "node" => Model(),
        "graph" => _build.Graph,
        "selected_resources" => Value.FromClr(_build.Selected.Order(StringComparer.Ordinal).ToList()),
        "flags" => Run.FullRefresh ? (Invocation.Flags with { FullRefresh = true }).ToValue() : _build.Flags,
        "delta" or "batches" => Value.None,
        "thread_id" => NodeResult.NameOfThread(Node.ResourceType is ResourceType.Operation ? 0 : _session.Thread),
        "load_agate_table" => new HostFunction(name, (state, _) => SeedTable.Load(Node, state)),
        _ => base.Member(name),
    };

    public override void Write(string text) => Run.RuntimeCode = text;

    public override Value Ref(RenderState state, string? package, string name, string? version)
    {
        var target = _build.Project.FindRef(package, name, version, Package)
            ?? throw new JinjaException(JinjaErrorKind.UndefinedError, $"'{Node.Name}' refers to '{name}', which is no model or seed of the project");
        if (Node.ResourceType is not ResourceType.Operation && !Node.DependsOn.Contains(target.UniqueId))
        {
            throw new JinjaException(
                JinjaErrorKind.RuntimeError,
                $"'{Node.Name}' refers to '{name}' only when it runs, so it may run too early. Write '-- depends_on: {{{{ ref('{name}') }}}}' at the top of the file.");
        }

        var relation = _build.Resolve(target);
        if (relation.Type is RelationType.Cte)
        {
            if (!_ephemerals.Contains(target))
            {
                _ephemerals.Add(target);
            }
        }
        else if (_build.Deferral?.Instead(target, () => Exists(relation)) is { } deferred)
        {
            return RelationValue.Of(Restricted(deferred, target));
        }
        else if (_build.BuildsCandidates && _build.Find(target.UniqueId) is null && !Exists(relation))
        {
            throw new JinjaException(
                JinjaErrorKind.RuntimeError, $"'{name}' is neither part of this build nor published yet. Build it too: select '+{Node.Name}'.");
        }

        return RelationValue.Of(Restricted(relation, target));
    }

    private bool Exists(Relation relation) => _build.Relations.Find(_session, relation.Schema!, relation.Identifier!) is not null;

    public override Value Source(RenderState state, string sourceName, string tableName)
    {
        var source = _build.Project.FindSource(sourceName, tableName, Package)
            ?? throw new JinjaException(JinjaErrorKind.UndefinedError, $"'{Node.Name}' reads source '{sourceName}.{tableName}', which no properties file declares");
        return RelationValue.Of(Restricted(BuildState.PublishedRelation(source), source));
    }

    public override Value Config(string method, Arguments arguments)
    {
        switch (method)
        {
            case "" or "set":
                return Value.EmptyString;
            case "persist_relation_docs":
                return Node.Config.Map("persist_docs").TryGetValue("relation", out var relation) && relation is true;
            case "persist_column_docs":
                return Node.Config.Map("persist_docs").TryGetValue("columns", out var columns) && columns is true;
        }

        var reader = arguments.Read($"config.{method}");
        var key = reader.RequiredString("name");
        var fallback = reader.Optional("default", Value.None);
        if (key == SnapshotMethods.ColumnNamesKey && Node.ResourceType is ResourceType.Snapshot)
        {
            return SnapshotMethods.ColumnNames(Node.Config);
        }

        _config ??= ManifestConfig.Of(Node);
        var values = method.StartsWith("meta_", StringComparison.Ordinal) ? Node.Config.Meta : _config;
        if (values.TryGetValue(key is "pre_hook" ? "pre-hook" : key is "post_hook" ? "post-hook" : key, out var value))
        {
            return Value.FromClr(key == "grants" ? Listed(value) : value);
        }

        return method is "require" or "meta_require"
            ? throw new JinjaException(JinjaErrorKind.RuntimeError, $"'{Node.Name}' does not define the required config '{key}'. Add it to its configuration.")
            : fallback;
    }

    public override Value Adapter(RenderState state, string method, Arguments arguments) =>
        method == "dispatch"
            ? Dispatch(state, arguments)
            : _adapter.Invoke(state, method, arguments);

    public override Value StoreResult(string name, Value response, Value table)
    {
        _results[name] = (response, table);
        _loaded.Remove(name);
        return Value.EmptyString;
    }

    public override Value LoadResult(string name)
    {
        if (!_results.TryGetValue(name, out var result))
        {
            return Value.None;
        }

        if (name != "main" && !_loaded.Add(name))
        {
            throw new JinjaException(
                JinjaErrorKind.RuntimeError, $"The 'statement' result named '{name}' has already been loaded into a variable. Keep it there: a result can be loaded once.");
        }

        var table = result.Table.As<AgateTable>();
        return DictValue.From(new Dictionary<string, Value>
        {
            ["response"] = result.Response,
            ["data"] = table is null ? new ListValue() : new ListValue(table.Rows.Select(row => Value.From(new ListValue([.. row])))),
            ["table"] = result.Table,
        });
    }

    /// <summary>The response of a statement that ran under a name, when there was one.</summary>
    public ResponseValue? Response(string name) => _results.TryGetValue(name, out var result) ? result.Response.As<ResponseValue>() : null;

    public AgateTable? Table(string name) => _results.TryGetValue(name, out var result) ? result.Table.As<AgateTable>() : null;

    /// <summary>The node as macros see it, with its compiled SQL once there is one.</summary>
    public DictValue Model()
    {
        var model = NodeDictionary.Of(Node, Run.CompiledCode);
        foreach (var (constraint, entry) in model.TryGetValue("constraints", out var entries) ? Node.Constraints.Zip(entries.Iterate()) : [])
        {
            SetReferenced(constraint, entry);
        }

        foreach (var column in Node.Contract is { AliasTypes: false } ? [] : Node.Columns.Values.Where(column => column.DataType is not null))
        {
            model["columns"].As<DictValue>()![column.Name].As<DictValue>()!["data_type"] = ColumnValue.Translate(column.DataType!);
        }

        foreach (var column in Node.Columns.Values.Where(column => column.Constraints.Count > 0))
        {
            var entry = model["columns"].As<DictValue>()![column.Name].As<DictValue>()!;
            foreach (var (constraint, item) in column.Constraints.Zip(entry["constraints"].Iterate()))
            {
                SetReferenced(constraint, item);
            }
        }

        model["batch"] = NodeDictionary.Batch(Run.Batch);
        if (Run.Batch is { } batch && model["config"].As<DictValue>() is { } config)
        {
            // Names of dbt's own that macros of projects have come to read.
            config["__dbt_internal_microbatch_event_time_start"] = new DateTimeValue(batch.Start);
            config["__dbt_internal_microbatch_event_time_end"] = new DateTimeValue(batch.End);
        }

        return model;
    }

    /// <summary>A foreign key names the relation as this build makes it.</summary>
    private void SetReferenced(ModelConstraint constraint, Value entry)
    {
        if (constraint.ToNode is { } id && _build.Project.Graph.Contains(id))
        {
            entry.As<DictValue>()!["to"] = _build.Resolve(_build.Project.Graph[id]).Render();
        }
    }

    /// <summary>
    /// The relation with as few of its rows as the build reads: none with <c>--empty</c>; those of the batch, or of <c>--sample</c>, when the input
    /// says by <c>event_time</c> when its rows happened.
    /// </summary>
    private Relation Restricted(Relation relation, Node input) => relation with { Limit = Invocation.Flags.Empty ? 0 : null, EventTime = EventTimeOf(input) };

    private EventTimeFilter? EventTimeOf(Node input)
    {
        if (input.Config.Text("event_time") is not { } name || Node.ResourceType is not (ResourceType.Model or ResourceType.Snapshot))
        {
            return null;
        }

        var column = (input.Columns.GetValueOrDefault(name)?.Quote ?? input.Source?.QuotesColumns ?? false) ? Sql.Identifier(name) : name;

        return (Run.Batch, Invocation.Sample) switch
        {
            (null, null) => null,
            ({ } batch, null) => new EventTimeFilter(column, batch.Start, batch.End),
            (null, { } sample) => new EventTimeFilter(column, sample.Start, sample.End),
            ({ } batch, { } sample) => new EventTimeFilter(
                column, sample.Start > batch.Start ? sample.Start : batch.Start, sample.End < batch.End ? sample.End : batch.End),
        };
    }

    private static object? Listed(object? grants) => grants is IReadOnlyDictionary<string, object?> map
        ? map.ToDictionary(grant => grant.Key, grant => grant.Value is string single ? new List<object?> { single } : grant.Value)
        : grants;
}
