using System.Globalization;
using System.Text;
using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;
using Platform.Worker.Transform.Catalog;
using Platform.Worker.Transform.Compile;
using Platform.Worker.Transform.Graph;
using Platform.Worker.Warehouse;

namespace Platform.Worker.Transform.Run;

/// <summary>A model, seed or snapshot: its materialization macro is called with the names that dbt gives it.</summary>
internal sealed class ModelExecution : NodeExecution
{
    public ModelExecution(BuildState build, NodeRun run, PostgresSession session, CancellationToken cancellationToken)
        : base(build, run, session, cancellationToken)
    {
        if (run.Batch is null && BuildsDelta())
        {
            run.Delta = CandidateNames.DeltaOf(run.Relation);
        }

        if (run.Delta is not null)
        {
            // The model's SQL reads what is published as {{ this }}; hooks work on the new rows.
            Context.This = run.Published;
        }
    }

    public override void Compile()
    {
        if (Run.Node.ResourceType is not ResourceType.Seed)
        {
            base.Compile();
        }
    }

    public override NodeOutcome Execute()
    {
        Define();
        var node = Run.Node;
        if (Encoding.UTF8.GetByteCount(node.Alias) > Sql.MaxIdentifierBytes)
        {
            throw new TransformException(
                node.At, $"Relation name '{node.Alias}' is longer than {Sql.MaxIdentifierBytes} characters (bytes in UTF-8), which PostgreSQL would cut. Give it a shorter alias.");
        }

        var name = node.Config.Materialized;
        var macro = Build.Invocation.Macros.Materialization(node.PackageName, name)
            ?? throw new TransformException(
                node.At,
                $"'{name}' is no materialization: there is no {{% materialization {name}, default %}} in the project. "
                + "Use view, table, incremental, materialized_view or ephemeral, or write one.");
        var answer = State.Call(macro);
        Session.Flush();
        if (answer.As<DictValue>() is { } result && result.TryGetValue("full_refresh", out var again) && again.IsTrue)
        {
            return NodeOutcome.Rebuild;
        }

        AddToCache(answer);
        if (Build.BuildsCandidates && Run.Batch is null or { IsLast: true } && Build.Relations.Find(Run.Relation.Schema!, Run.Relation.Identifier!)?.Type is RelationType.Table)
        {
            // Nodes downstream and, once it is published, readers query it at once; autovacuum would come too late.
            Session.Execute($"analyze {Run.Relation.Qualified}");
        }

        var response = Context.Response("main")
            ?? throw new TransformException(node.At, $"the materialization '{name}' runs no statement named 'main': wrap it in {{% call statement('main') %}}.");
        return new NodeOutcome(NodeStatus.Success) { Response = response.ToAdapterResponse() };
    }

    private void Define()
    {
        Context.This = Run.Delta ?? Run.Relation;
        Context.Define("this", RelationValue.Of(Context.This));
        Context.Define("model", Context.Model());
        Context.Define("sql", Run.CompiledCode);
        Context.Define("compiled_code", Run.CompiledCode);
        Context.Define("pre_hooks", NodeHooks.Parse(Run.Batch is { IsFirst: false } ? null : Run.Node.Config["pre-hook"]));
        Context.Define("post_hooks", NodeHooks.Parse(Run.Batch is { IsLast: false } ? null : Run.Node.Config["post-hook"]));
        if (Run.Microbatch is { } microbatch)
        {
            DefineBatch(microbatch, Run.Batch!);
        }

        if (Run.Node.ResourceType is ResourceType.Snapshot && PublishedTable() is { } history)
        {
            Context.Define("published_history", RelationValue.Of(history));
        }

        if (Run.Delta is { } delta)
        {
            Context.Define("delta", DictValue.From(new Dictionary<string, Value>
            {
                ["published"] = RelationValue.Of(Run.Published with { Type = RelationType.Table }),
                ["table"] = RelationValue.Of(delta),
                ["view"] = RelationValue.Of(Run.Relation),
            }));
        }
    }

    private void DefineBatch(MicrobatchRun microbatch, MicrobatchWindow batch)
    {
        if (Build.BuildsCandidates)
        {
            Context.Define("batches", DictValue.From(new Dictionary<string, Value>
            {
                ["is_first"] = batch.IsFirst,
                ["is_last"] = batch.IsLast,
                ["start"] = Text(microbatch.Window.Start),
                ["end"] = Text(microbatch.Window.End),
            }));
        }
        else if (!batch.IsFirst || microbatch.IsIncremental)
        {
            // The first batch of a full refresh has made the table anew: from now on it is there to stay.
            Context.Define("is_incremental", new HostFunction("is_incremental", static (_, _) => true));
            Context.Define("should_full_refresh", new HostFunction("should_full_refresh", static (_, _) => false));
        }

        static string Text(DateTimeOffset instant) => instant.ToString("yyyy-MM-dd HH:mm:ss+00:00", CultureInfo.InvariantCulture);
    }

    private bool IsFullRefresh => Run.FullRefresh || (Run.Node.Config.FullRefresh ?? Build.Request.FullRefresh);

    private bool BuildsDelta() =>
        Build.BuildsCandidates
        && Run.Node.Config.Materialized == "incremental"
        && !IsFullRefresh
        && PublishedTable() is not null;

    /// <summary>The table that readers see while a candidate is built; null when there is none yet, and in a plain build.</summary>
    private Relation? PublishedTable() =>
        Build.BuildsCandidates && Build.Relations.Find(Session, Run.Published.Schema!, Run.Published.Identifier!) is { Type: RelationType.Table } table ? table : null;

    /// <summary>The relations that the materialization says it made.</summary>
    private void AddToCache(Value answer)
    {
        var relations = answer.As<DictValue>() is { } result && result.TryGetValue("relations", out var listed) ? listed : Value.None;
        var made = relations.IsNone || relations.IsString || !relations.IsIterable
            ? null
            : relations.Iterate().Select(value => value.As<RelationValue>()?.Relation).ToList();
        if (made is null || made.Contains(null))
        {
            throw new TransformException(
                Run.Node.At,
                $"the materialization '{Run.Node.Config.Materialized}' must return the relations that it made: {{{{ return({{'relations': [target_relation]}}) }}}}.");
        }

        foreach (var relation in made.OfType<Relation>().Where(relation => relation is { Schema: not null, Identifier: not null }))
        {
            var typed = relation with { Type = relation.Type ?? (Run.Node.Config.Materialized == "view" ? RelationType.View : RelationType.Table) };
            if (Build.Relations.Find(typed.Schema!, typed.Identifier!) is { } known && (known.Type != typed.Type || (typed.Type is RelationType.MaterializedView && IsFullRefresh)))
            {
                // It was dropped by the materialization's own SQL, and the views on it with it.
                Build.Relations.Remove(known);
            }

            Build.Relations.Add(typed);
        }
    }
}
