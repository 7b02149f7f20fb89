using Platform.Worker.Transform.Artifacts;
using Platform.Worker.Transform.Graph;
using Platform.Worker.Transform.Project;

namespace Platform.Worker.Transform.State;

/// <summary>
/// Which nodes call a macro that is new or changed, at any depth. The macros that come with the engine are left out: they change with it and
/// never equal those that come with dbt.
/// </summary>
internal sealed class ModifiedMacros
{
    private static readonly string[] BuiltIn = [Package.GlobalName, "dbt_postgres"];

    private readonly MacroDependencies _dependencies;
    private readonly HashSet<string> _reaching;

    public ModifiedMacros(ParsedProject project, StateManifest before)
    {
        _dependencies = new MacroDependencies(project);
        var own = project.Macros.Values.Where(macro => !BuiltIn.Contains(macro.PackageName)).ToList();
        _reaching = own.Where(macro => !before.Macros.TryGetValue(macro.UniqueId, out var text) || text.Trim() != macro.Source.Trim())
            .Select(macro => macro.UniqueId).ToHashSet();
        if (_reaching.Count > 0)
        {
            AddCallers(project.Macros.Values);
        }
    }

    public bool AreCalledBy(Node node) => _reaching.Count > 0 && SameContents.IsNode(node) && _dependencies.Of(node).Any(_reaching.Contains);

    private void AddCallers(IEnumerable<MacroNode> macros)
    {
        var callers = macros.SelectMany(macro => _dependencies.Of(macro).Select(called => (called, macro.UniqueId)))
            .ToLookup(call => call.called, call => call.UniqueId);
        for (var changed = new Queue<string>(_reaching); changed.TryDequeue(out var macro);)
        {
            foreach (var caller in callers[macro].Where(_reaching.Add))
            {
                changed.Enqueue(caller);
            }
        }
    }
}
