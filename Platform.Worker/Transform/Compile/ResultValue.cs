using System.Globalization;
using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;
using Platform.Worker.Transform.Run;

namespace Platform.Worker.Transform.Compile;

/// <summary>How a node ended, as on-run-end finds it in <c>results</c> (https://docs.getdbt.com/reference/dbt-classes#result-objects).</summary>
internal sealed class ResultValue(NodeResult result, NodeRun? run) : JinjaObject
{
    private readonly Lazy<DictValue> _members = new(() => Members(result, run));

    public override string TypeName => "RunResult";

    public override bool TryGetAttribute(RenderState state, string name, out Value value)
    {
        if (name == "to_dict")
        {
            value = new HostFunction(name, (_, _) => Value.From(_members.Value));
            return true;
        }

        return _members.Value.TryGetValue(name, out value);
    }

    public override bool TryGetItem(RenderState state, Value key, out Value value) => _members.Value.TryGetValue(key.ToString(), out value);

    public override string ToString() => $"RunResult(status='{result.Status.Word()}', unique_id='{result.UniqueId}')";

    private static DictValue Members(NodeResult result, NodeRun? run) => DictValue.From(new Dictionary<string, Value>
    {
        ["node"] = run is null ? Value.None : Node(run),
        ["unique_id"] = result.UniqueId,
        ["status"] = result.Status.Word(),
        ["thread_id"] = result.ThreadId,
        ["execution_time"] = result.Duration.TotalSeconds,
        ["message"] = result.Message is null ? Value.None : result.Message,
        ["failures"] = result.Failures is { } failures ? failures : Value.None,
        ["adapter_response"] = Response(result.AdapterResponse),
        ["timing"] = new ListValue(Timings(result)),
        ["relation_name"] = result.RelationName is null ? Value.None : result.RelationName,
        ["compiled_code"] = result.CompiledCode is null ? Value.None : result.CompiledCode,
        ["batch_results"] = Batches(result.Batches),
    });

    private static Value Node(NodeRun run)
    {
        var node = NodeDictionary.Of(run.Node, run.CompiledCode);
        node["config"] = new ResultConfig(node["config"].As<DictValue>() ?? new DictValue());
        return node;
    }

    private static DictValue Response(AdapterResponse? response) => response is null
        ? new DictValue()
        : DictValue.From(new Dictionary<string, Value>
        {
            ["_message"] = response.Message,
            ["code"] = response.Code is null ? Value.None : response.Code,
            ["rows_affected"] = response.RowsAffected is { } rows ? rows : Value.None,
        });

    private static IEnumerable<Value> Timings(NodeResult result)
    {
        foreach (var (name, timing) in ((string, NodeTiming?)[])[("compile", result.Compile), ("execute", result.Execute)])
        {
            if (timing is { } phase)
            {
                yield return DictValue.From(new Dictionary<string, Value>
                {
                    ["name"] = name, ["started_at"] = Instant(phase.StartedAt), ["completed_at"] = Instant(phase.CompletedAt),
                });
            }
        }
    }

    private static Value Batches(BatchResults? batches) => batches is null
        ? Value.None
        : DictValue.From(new Dictionary<string, Value> { ["successful"] = List(batches.Successful), ["failed"] = List(batches.Failed) });

    private static ListValue List(IEnumerable<(DateTimeOffset Start, DateTimeOffset End)> batches) =>
        new(batches.Select(batch => Value.From(new TupleValue([Instant(batch.Start), Instant(batch.End)]))));

    private static string Instant(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
