using System.Collections.Concurrent;
using Platform.Worker.Jinja;
using Platform.Worker.Jinja.Syntax;
using Platform.Worker.Transform.Compile;

namespace Platform.Worker.Transform.Project;

/// <summary>
/// Which macros say nothing while a project is parsed: neither they nor what they call mention <c>ref</c>, <c>config</c> or anything else
/// by which parsing learns, or by which it could fail. Calling them once would tell no more than their text does.
/// </summary>
internal sealed class MacroEffects(MacroLibrary macros, Func<string?, IReadOnlyList<string>?> dispatchOrder)
{
    private static readonly HashSet<string> Telling =
        ["ref", "source", "metric", "config", "var", "env_var", "doc", "builtins", "context", "exceptions", "graph", "fromyaml", "render", "model", "this"];

    private readonly ConcurrentDictionary<(string Package, MacroDefinition Macro), bool> _silent = new();

    /// <param name="package">The package in which unqualified names are looked up first.</param>
    /// <param name="macro">The macro.</param>
    public bool IsSilent(string package, MacroDefinition macro) => _silent.GetOrAdd((package, macro), key => IsSilent(key.Package, key.Macro, []));

    private bool IsSilent(string package, MacroDefinition macro, HashSet<MacroDefinition> visited)
    {
        if (!visited.Add(macro))
        {
            return true;
        }

        var parameters = macro.Parameters.Select(parameter => parameter.Name).ToHashSet();
        if (StaticCalls.Names(macro).Any(name => Telling.Contains(name) && !parameters.Contains(name)))
        {
            return false;
        }

        foreach (var call in macro.FindCalls())
        {
            if (call.Function == "adapter.dispatch" && (call.Positional.Count == 0 || call.Positional[0] is null))
            {
                return false;
            }

            if (Called(package, call) is { } called && !IsSilent(package, called, visited))
            {
                return false;
            }
        }

        return true;
    }

    private MacroDefinition? Called(string package, StaticCall call) => call.Function.Split('.') switch
    {
        ["adapter", "dispatch"] => macros.Dispatch(
            package,
            call.Positional[0].ToString()!,
            dispatchOrder((call.Positional.ElementAtOrDefault(1) ?? call.Named.GetValueOrDefault("macro_namespace"))?.ToString())),
        [var name] => macros.Find(package, name),
        [var owner, var name] => macros.InPackage(owner, name),
        _ => null,
    };
}
