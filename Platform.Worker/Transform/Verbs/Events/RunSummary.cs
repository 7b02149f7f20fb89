using System.Globalization;
using Platform.Worker.Transform.Artifacts;
using Platform.Worker.Transform.Graph;
using Platform.Worker.Transform.Project;
using Platform.Worker.Transform.Run;

namespace Platform.Worker.Transform.Verbs.Events;

/// <summary>What dbt prints before the first node and after the last: counts, concurrency, time, the errors in full, and the totals.</summary>
internal sealed class RunSummary(EventLog log)
{
    /// <summary>"Found 5 models, 3 seeds, 20 data tests, 414 macros".</summary>
    public void Found(ParsedProject project)
    {
        var nodes = project.OnRunStart.Concat(project.OnRunEnd).Concat(project.Graph.Ordered).ToLookup(node => node.ResourceType);
        var counts = Enum.GetValues<ResourceType>()
            .Select(type => (Type: type, Count: nodes[type].Count()))
            .Where(entry => entry.Count > 0)
            .Select(entry => Count(entry.Count, entry.Type is ResourceType.Test ? "data test" : entry.Type.Name()))
            .Append(Count(project.Macros.Count, "macro"));
        log.Info("FoundStats", "W006", $"Found {string.Join(", ", counts)}");
    }

    public void Concurrency(int threads, string target)
    {
        log.Space();
        log.Info("ConcurrencyLine", "Q027", $"Concurrency: {threads} threads (target='{target}')");
        log.Space();
    }

    /// <summary>"Finished running 3 seeds, 5 table models in 0 hours 0 minutes and 0.57 seconds (0.57s)."</summary>
    public void Finished(BuildState build, BuildResult result)
    {
        var counts = result.Nodes.Select(node => Kind(Find(build, node), node)).GroupBy(kind => kind)
            .OrderBy(kind => kind.Key, StringComparer.Ordinal).Select(kind => Count(kind.Count(), kind.Key));
        var took = result.Duration;
        log.Space();
        log.Info(
            "FinishedRunningStats", "E047",
            string.Create(
                CultureInfo.InvariantCulture,
                $"Finished running {string.Join(", ", counts)} in {(int)took.TotalHours} hours {took.Minutes} minutes and {took.TotalSeconds % 60:0.00} seconds ({took.TotalSeconds:0.00}s)."));
    }

    /// <summary>The failures and warnings in full, then "Done. PASS=28 ...".</summary>
    /// <param name="build">The build whose results these are.</param>
    /// <param name="results">How its nodes ended.</param>
    /// <param name="targetDirectory">Where compiled SQL was written, relative to the project; null when it was not.</param>
    /// <param name="interrupted">Ctrl+C ended it.</param>
    public void End(BuildState build, IReadOnlyList<NodeResult> results, string? targetDirectory, bool interrupted = false)
    {
        var errors = results.Where(result => result.Status is NodeStatus.Error or NodeStatus.Fail or NodeStatus.RuntimeError || result.IsSkippedByFault).ToList();
        var warnings = results.Where(result => result.Status is NodeStatus.Warn).ToList();
        var partial = results.Where(result => result.Status is NodeStatus.PartialSuccess).ToList();
        log.Space();
        log.Write(new LogEvent("EndOfRunSummary", "Z030", EventLevel.Info, Verdict(errors.Count, partial.Count, warnings.Count, interrupted))
        {
            Data = new Dictionary<string, object?>
            {
                ["num_errors"] = errors.Count,
                ["num_warnings"] = warnings.Count,
                ["num_partial_success"] = partial.Count,
                ["keyboard_interrupt"] = interrupted,
            },
        });
        Failures(build, [.. errors, .. partial], targetDirectory);

        foreach (var warning in warnings)
        {
            Tell(build, warning, targetDirectory, isWarning: true);
        }

        log.Space();
        var totals = new BuildResult(errors.Count == 0, build.Invocation.Id, null, results, TimeSpan.Zero);
        log.Info("StatsLine", "Z023", $"Done. {totals.Summary}");
    }

    /// <summary>Failures in full.</summary>
    public void Failures(BuildState build, IReadOnlyList<NodeResult> failures, string? targetDirectory)
    {
        foreach (var failure in failures)
        {
            Tell(build, failure, targetDirectory, isWarning: false);
        }
    }

    private void Tell(BuildState build, NodeResult result, string? targetDirectory, bool isWarning)
    {
        var node = Find(build, result);
        var title = $"{result.ResourceType} {result.Name} ({node?.OriginalFilePath ?? result.UniqueId})";
        var level = isWarning ? EventLevel.Warn : EventLevel.Error;
        var group = build.Project.GroupOf(node);
        log.Space();
        log.Write(isWarning
            ? new LogEvent("RunResultWarning", "Z021", level, Paint.Yellow($"Warning in {title}")) { Node = node, Result = result, Group = group }
            : new LogEvent("RunResultFailure", "Z022", level, Paint.Red($"Failure in {title}")) { Node = node, Result = result, Group = group });
        log.Write(result.Message is { Length: > 0 } message
            ? new LogEvent(isWarning ? "RunResultWarningMessage" : "RunResultError", isWarning ? "Z046" : "Z024", level, $"  {message}") { Node = node, Result = result, Group = group }
            : new LogEvent("RunResultErrorNoMessage", "Z025", level, $"  Status: {result.Status.Word()}") { Node = node, Result = result, Group = group });
        if (targetDirectory is not null && node is not null && result.CompiledCode is not null)
        {
            log.Space();
            log.Info("SQLCompiledPath", "Z026", $"  compiled code at {CompiledPath(targetDirectory, node)}");
        }

        if (result.ResourceType == "test" && result.RelationName is { } relation)
        {
            var query = $"select * from {relation}";
            var border = new string('-', query.Length);
            log.Space();
            log.Info("CheckNodeTestFailure", "Z027", $"  See test failures:\n  {border}\n  {query}\n  {border}");
        }
    }

    /// <summary>Where a node's compiled SQL lies: below the project, as dbt shows it.</summary>
    public static string CompiledPath(string targetDirectory, Node node) => $"{targetDirectory}/{ArtifactPaths.Compiled(node)}";

    private static Node? Find(BuildState build, NodeResult result) =>
        build.Project.Graph.Contains(result.UniqueId) ? build.Project.Graph[result.UniqueId]
            : build.Project.OnRunStart.Concat(build.Project.OnRunEnd).FirstOrDefault(hook => hook.UniqueId == result.UniqueId);

    private static string Kind(Node? node, NodeResult result) => node?.ResourceType switch
    {
        ResourceType.Model => $"{node.Config.Materialized} model",
        ResourceType.Operation => "project hook",
        _ => result.ResourceType,
    };

    private static string Verdict(int errors, int partial, int warnings, bool interrupted)
    {
        var successes = $"{partial} partial {(partial == 1 ? "success" : "successes")}";
        return interrupted ? Paint.Yellow("Exited because of keyboard interrupt")
            : errors > 0 ? Paint.Red($"Completed with {Count(errors, "error")}, {successes}, and {Count(warnings, "warning")}:")
            : partial > 0 ? Paint.Yellow($"Completed with {successes} and {Count(warnings, "warning")}")
            : warnings > 0 ? Paint.Yellow($"Completed with {Count(warnings, "warning")}:")
            : Paint.Green("Completed successfully");
    }

    private static string Count(int count, string word) => (count == 1 ? $"1 {word}" : $"{count} {Plural(word)}").Replace('_', ' ');

    private static string Plural(string word) => word switch
    {
        "test" => "data tests",
        "analysis" => "analyses",
        "saved_query" => "saved queries",
        _ => word + "s",
    };
}
