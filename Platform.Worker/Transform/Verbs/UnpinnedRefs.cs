using Platform.Worker.Transform.Graph;
using Platform.Worker.Transform.Project;
using Platform.Worker.Transform.Run;
using Platform.Worker.Transform.Verbs.Events;

namespace Platform.Worker.Transform.Verbs;

/// <summary>Tells which refs without a version will mean another one once the newest version of their model is declared its latest.</summary>
internal static class UnpinnedRefs
{
    public static void Tell(EventLog log, BuildState build)
    {
        foreach (var run in build.Runs)
        {
            foreach (var call in run.Node.Refs.Where(call => call.Version is null))
            {
                if (build.Project.FindRef(call.Package, call.Name, null, run.Node.PackageName) is { Version: { } version } target
                    && Newest(build.Project, target) is { } newest && PatchReader.Compare(newest, target.LatestVersion!) > 0)
                {
                    log.Write(Event(run.Node, target, version, newest));
                }
            }
        }
    }

    private static string? Newest(ParsedProject project, Node target) =>
        project.References.Versions(target).Select(other => other.Version!).Max(Comparer<string>.Create(PatchReader.Compare));

    private static LogEvent Event(Node node, Node target, string version, string newest) => new(
        "UnpinnedRefNewVersionAvailable", "I064", EventLevel.Info,
        $"'{node.Name}' refers to '{target.Name}' without a version, which is version {version} today. Version {newest} is there and not yet the latest; "
        + $"to stay: ref('{target.Name}', v={version}).")
    {
        Node = node,
        Data = new Dictionary<string, object?>
        {
            ["ref_node_name"] = target.Name,
            ["ref_node_package"] = target.PackageName,
            ["ref_node_version"] = version,
            ["ref_max_version"] = newest,
        },
    };
}
