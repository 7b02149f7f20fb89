using System.Globalization;
using Platform.Worker.Transform.Catalog;
using Platform.Worker.Transform.Graph;
using Platform.Worker.Transform.Project;
using Platform.Worker.Transform.Run;

namespace Platform.Worker.Transform.Verbs.Events;

/// <summary>The lines of nodes that begin and end, as dbt prints them.</summary>
internal sealed class ResultLines(EventLog log, ParsedProject project) : IProgress<NodeEvent>
{
    private readonly string _database = project.Invocation.Target.Database;
    private bool? _toldHook;

    public void Report(NodeEvent value)
    {
        if (value.Node is not { } node)
        {
            return;
        }

        var isHook = node.ResourceType is ResourceType.Operation;
        if (_toldHook is { } before && before != isHook)
        {
            log.Space();
        }

        _toldHook = isHook;

        if (value.Batch is { } batch)
        {
            log.Write(Batch(value, batch, node) with { Node = node, Result = value.Result, Group = value.Result is null ? null : project.GroupOf(node), Thread = value.Result?.ThreadId ?? "MainThread" });
        }
        else if (value.Result is { } result)
        {
            log.Write(Ended(value, node, result) with { Node = node, Result = result, Group = project.GroupOf(node), Thread = result.ThreadId });
        }
        else if (node.ResourceType is ResourceType.Operation)
        {
            log.Write(Line("LogHookStartLine", "Q032", EventLevel.Info, value, $"START hook: {HookName(node)}", "RUN", null) with { Node = node });
        }
        else
        {
            log.Write(Line("LogStartLine", "Q011", EventLevel.Info, value, $"START {Description(node)}", "RUN", null) with { Node = node });
        }
    }

    private LogEvent Ended(NodeEvent value, Node node, NodeResult result)
    {
        var took = result.Duration;
        if (result.Status is NodeStatus.Skipped)
        {
            var subject = node.ResourceType switch
            {
                ResourceType.Operation => $"hook: {HookName(node)}",
                ResourceType.Model or ResourceType.Seed or ResourceType.Snapshot => $"relation {node.Schema}.{node.Alias}",
                _ => $"{node.ResourceTypeName} {node.Name}",
            };
            return Line("SkippingDetails", "Q034", EventLevel.Info, value, $"SKIP {subject}", Paint.Yellow("SKIP"), null);
        }

        if (result.Status is NodeStatus.NoOp)
        {
            return Line("LogNodeNoOpResult", "Q019", EventLevel.Info, value, $"NO-OP {Description(node)}", Paint.Yellow("NO-OP"), took);
        }

        var failed = result.Status is NodeStatus.Error or NodeStatus.RuntimeError;
        var level = failed ? EventLevel.Error : EventLevel.Info;
        var answer = result.AdapterResponse?.Message ?? result.Message ?? "SUCCESS";
        return node.ResourceType switch
        {
            ResourceType.Test or ResourceType.UnitTest => Test(value, node, result),
            ResourceType.Source => Freshness(value, node, result),
            ResourceType.Operation => Line(
                "LogHookEndLine", "Q033", level, value, $"{(failed ? "ERROR" : "OK")} hook: {HookName(node)}",
                failed ? Paint.Red("ERROR") : Paint.Green("OK"), took),
            ResourceType.Seed => Line(
                "LogSeedResult", "Q016", level, value, $"{(failed ? "ERROR loading" : "OK loaded")} seed file {node.Schema}.{node.Alias}",
                failed ? Paint.Red("ERROR") : Paint.Green(answer), took),
            ResourceType.Snapshot => Line(
                "LogSnapshotResult", "Q015", level, value, $"{(failed ? "ERROR snapshotting" : "OK snapshotted")} {Name(node)}",
                failed ? Paint.Red("ERROR") : Paint.Green(answer), took),
            _ => Model(value, node, result, answer),
        };
    }

    private LogEvent Model(NodeEvent value, Node node, NodeResult result, string answer)
    {
        var (words, status, level) = result.Status switch
        {
            NodeStatus.Error or NodeStatus.RuntimeError => ("ERROR creating", Paint.Red("ERROR"), EventLevel.Error),
            NodeStatus.PartialSuccess => ("PARTIALLY created", Paint.Yellow(answer.StartsWith("PARTIAL", StringComparison.Ordinal) ? answer : "PARTIAL SUCCESS"), EventLevel.Error),
            _ => ("OK created", Paint.Green(answer), EventLevel.Info),
        };
        return Line("LogModelResult", "Q012", level, value, $"{words} {Description(node)}", status, result.Duration);
    }

    private LogEvent Batch(NodeEvent value, BatchProgress batch, Node node)
    {
        var (name, code) = value.Result is null ? ("LogStartBatch", "Q045") : ("LogBatchResult", "Q046");
        var (words, status, level) = value.Result?.Status switch
        {
            null => ("START", "RUN", EventLevel.Info),
            NodeStatus.Skipped => ("SKIP", Paint.Yellow("SKIPPED"), EventLevel.Info),
            NodeStatus.Success => ("OK created", Paint.Green(value.Result.AdapterResponse?.Message ?? "SUCCESS"), EventLevel.Info),
            _ => ("ERROR creating", Paint.Red("ERROR"), EventLevel.Error),
        };
        var description = $"batch {batch.Name} of {Name(node)}";
        var line = Line(name, code, level, value with { Index = batch.Index, Total = batch.Total }, $"{words} {description}", status, value.Result?.Duration);
        var data = new Dictionary<string, object?>(line.Data)
        {
            ["description"] = description, ["batch_index"] = batch.Index, ["total_batches"] = batch.Total,
        };
        data.Remove("index");
        data.Remove("total");
        return line with { Message = "Batch " + line.Message, Data = data };
    }

    private LogEvent Test(NodeEvent value, Node node, NodeResult result)
    {
        var (word, status, level) = result.Status switch
        {
            NodeStatus.Pass or NodeStatus.Success => ("PASS", Paint.Green("PASS"), EventLevel.Info),
            NodeStatus.Warn => ($"WARN {result.Failures}", Paint.Yellow($"WARN {result.Failures}"), EventLevel.Warn),
            NodeStatus.Fail => ($"FAIL {result.Failures}", Paint.Red($"FAIL {result.Failures}"), EventLevel.Error),
            _ => ("ERROR", Paint.Red("ERROR"), EventLevel.Error),
        };
        return Line("LogTestResult", "Q007", level, value, $"{word} {Title(node)}", status, result.Duration);
    }

    private LogEvent Freshness(NodeEvent value, Node node, NodeResult result)
    {
        var (word, status, level) = result.Status switch
        {
            NodeStatus.Pass => ("PASS", Paint.Green("PASS"), EventLevel.Info),
            NodeStatus.Warn => ("WARN", Paint.Yellow("WARN"), EventLevel.Warn),
            NodeStatus.Error => ("ERROR STALE", Paint.Red("ERROR STALE"), EventLevel.Error),
            _ => ("ERROR", Paint.Red("ERROR"), EventLevel.Error),
        };
        return Line("LogFreshnessResult", "Q018", level, value, $"{word} {Description(node)}", status, result.Duration);
    }

    private LogEvent Line(string name, string code, EventLevel level, NodeEvent value, string message, string status, TimeSpan? took)
    {
        var time = took is { } duration ? string.Create(CultureInfo.InvariantCulture, $" in {duration.TotalSeconds:0.00}s") : "";
        var prefix = $"{value.Index} of {value.Total} {message} ".PadRight(log.Flags.PrinterWidth, '.');
        var data = new Dictionary<string, object?>
        {
            ["description"] = value.Node is { } node ? Description(node) : value.Name,
            ["index"] = value.Index,
            ["total"] = value.Total,
            ["status"] = value.Result?.Status.Word() ?? "",
        };
        if (took is { } seconds)
        {
            data["execution_time"] = seconds.TotalSeconds;
        }

        if (name == "LogTestResult")
        {
            data["name"] = value.Name;
            data["num_models"] = value.Total;
            data["num_failures"] = value.Result?.Failures ?? 0;
        }

        return new LogEvent(name, code, level, $"{prefix} [{status}{time}]") { Data = data };
    }

    /// <summary>dbt's words for a node: "sql table model dev.customers".</summary>
    private string Description(Node node) => node.ResourceType switch
    {
        ResourceType.Model => $"sql {(MicrobatchPlan.Applies(node) ? MicrobatchPlan.Strategy : node.Config.Materialized)} model {Name(node)}",
        ResourceType.Snapshot => $"snapshot {Name(node)}",
        ResourceType.Seed => $"seed file {Name(node)}",
        ResourceType.Operation => $"hook: {HookName(node)}",
        ResourceType.Source => $"freshness of {node.Source?.SourceName}.{node.Name}",
        _ => $"{node.ResourceTypeName} {Title(node)}",
    };

    private string Name(Node node)
    {
        var relation = $"{node.Schema}.{node.Alias}";
        return node.Database is { } own && own != _database ? $"{own}.{relation}" : relation;
    }

    private static string Title(Node node) => node.UnitTest is { } unit ? $"{unit.Model}::{node.Name}" : node.Name;

    /// <summary>"shop.on-run-start.0", as dbt names hooks.</summary>
    private static string HookName(Node node)
    {
        var kind = node.Name.StartsWith($"{node.PackageName}-", StringComparison.Ordinal) ? node.Name[(node.PackageName.Length + 1)..] : node.Name;
        var index = kind.LastIndexOf('-');
        return index < 0 ? kind : $"{node.PackageName}.{kind[..index]}.{kind[(index + 1)..]}";
    }
}
