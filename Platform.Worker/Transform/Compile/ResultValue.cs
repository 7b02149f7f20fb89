using System.Globalization;
using Platform.Worker.Jinja.Values;
using Platform.Worker.Transform.Compile.Python;
using Platform.Worker.Transform.Graph;

namespace Platform.Worker.Transform.Compile;

/// <summary>How a node ended, as on-run-end finds it in <c>results</c> (https://docs.getdbt.com/reference/dbt-classes#result-objects).</summary>
internal static class ResultValue
{
    /// <param name="result">How it ended.</param>
    /// <param name="node">The node.</param>
    /// <param name="compiledCode">Its SQL, when it was compiled.</param>
    public static Value Of(NodeResult result, Node? node, string? compiledCode)
    {
        var entry = node is null ? null : NodeDictionary.Of(node, compiledCode);
        return new FieldsValue(
            "RunResult",
            Members(result, node is null ? Value.None : NodeFields(node, entry!), (name, phase) => new FieldsValue("TimingInfo", Timing(name, phase, Naive))),
            Members(result, entry is null ? Value.None : Value.From(entry), (name, phase) => Timing(name, phase, instant => Instant(instant))));
    }

    private static Value NodeFields(Node node, DictValue entry)
    {
        var fields = DictValue.From(entry.Items.Select(field => KeyValuePair.Create(field.Key.ToString(), field.Value)));
        fields["config"] = new ResultConfig(entry["config"].As<DictValue>()!);
        fields["identifier"] = node.Source?.Identifier ?? (node.Alias.Length == 0 ? node.Name : node.Alias);
        fields["is_relational"] = node.IsRelational;
        fields["is_ephemeral_model"] = node.ResourceType is ResourceType.Model && node.Config.Materialized == "ephemeral";
        fields["is_versioned"] = node.Version is not null;
        fields["depends_on_nodes"] = entry["depends_on"].As<DictValue>()!["nodes"];
        return new FieldsValue("Node", fields, entry);
    }

    private static DictValue Members(NodeResult result, Value node, Func<string, NodeTiming, Value> timing) => DictValue.From(new Dictionary<string, Value>
    {
        ["status"] = result.Status.Word(),
        ["timing"] = new ListValue(Timings(result, timing)),
        ["thread_id"] = result.ThreadId,
        ["execution_time"] = result.Duration.TotalSeconds,
        ["adapter_response"] = Response(result.AdapterResponse),
        ["message"] = result.Message is null || result.Status is NodeStatus.Skipped ? Value.None : result.Message,
        ["failures"] = result.Failures is { } failures ? failures : Value.None,
        ["node"] = node,
        ["unique_id"] = result.UniqueId,
        ["relation_name"] = result.RelationName is null ? Value.None : result.RelationName,
        ["compiled_code"] = result.CompiledCode is null ? Value.None : result.CompiledCode,
        ["skipped"] = result.Status is NodeStatus.Skipped,
        ["agate_table"] = Value.None,
        ["batch_results"] = Batches(result.Batches),
    });

    /// <summary>What the server said; what it did not say is left out.</summary>
    private static DictValue Response(AdapterResponse? response)
    {
        var said = new DictValue();
        if (response is not null)
        {
            said["_message"] = response.Message;
            Add("code", response.Code is { } code ? code : Value.None);
            Add("rows_affected", response.RowsAffected is { } rows ? rows : Value.None);
        }

        return said;

        void Add(string key, Value value)
        {
            if (!value.IsNone)
            {
                said[key] = value;
            }
        }
    }

    private static IEnumerable<Value> Timings(NodeResult result, Func<string, NodeTiming, Value> timing)
    {
        foreach (var (name, phase) in ((string, NodeTiming?)[])[("compile", result.Compile), ("execute", result.Execute)])
        {
            if (phase is { } known)
            {
                yield return timing(name, known);
            }
        }
    }

    private static DictValue Timing(string name, NodeTiming phase, Func<DateTimeOffset, Value> instant) => DictValue.From(new Dictionary<string, Value>
    {
        ["name"] = name, ["started_at"] = instant(phase.StartedAt), ["completed_at"] = instant(phase.CompletedAt),
    });

    /// <summary>UTC that does not say so, as dbt keeps it.</summary>
    private static Value Naive(DateTimeOffset instant) => new DateTimeValue(instant.UtcDateTime);

    private static Value Batches(BatchResults? batches) => batches is null
        ? Value.None
        : DictValue.From(new Dictionary<string, Value> { ["successful"] = List(batches.Successful), ["failed"] = List(batches.Failed) });

    private static ListValue List(IEnumerable<(DateTimeOffset Start, DateTimeOffset End)> batches) =>
        new(batches.Select(batch => Value.From(new TupleValue([Instant(batch.Start), Instant(batch.End)]))));

    private static string Instant(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
