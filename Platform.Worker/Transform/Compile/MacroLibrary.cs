using Platform.Worker.Jinja;
using Platform.Worker.Transform.Project;

namespace Platform.Worker.Transform.Compile;

/// <summary>
/// All macros of a project by package, looked up in dbt's order: the package of the node that is rendered, the root project, then the
/// global project "dbt" (https://docs.getdbt.com/reference/dbt-jinja-functions/dispatch).
/// </summary>
internal sealed class MacroLibrary
{
    private readonly Dictionary<string, Dictionary<string, MacroDefinition>> _packages = [];
    private readonly string _root;

    public MacroLibrary(string root) => _root = root;

    public void Add(string package, MacroDefinition macro, ProjectErrors errors)
    {
        if (!_packages.TryGetValue(package, out var macros))
        {
            _packages[package] = macros = [];
        }

        if (!macros.TryAdd(macro.Name, macro))
        {
            var first = macros[macro.Name];
            errors.Add(
                new SourceLocation(macro.Template.Name, macro.Line),
                $"{macro.TagName} '{macro.Name}' is defined twice in package '{package}'; first in {first.Template.Name}:{first.Line}. Rename one.");
        }
    }

    public MacroDefinition? Find(string searchPackage, string name) =>
        InPackage(searchPackage, name) ?? InPackage(_root, name) ?? InPackage(Package.GlobalName, name);

    public MacroDefinition? InPackage(string package, string name) =>
        _packages.TryGetValue(package, out var macros) && macros.TryGetValue(name, out var macro) ? macro : null;

    public bool HasPackage(string package) => _packages.ContainsKey(package);

    /// <summary>
    /// The implementation of a dispatched macro: <c>postgres__name</c> before <c>default__name</c>, in each of the packages in turn; with no
    /// packages given, wherever an unqualified name is looked up.
    /// </summary>
    public MacroDefinition? Dispatch(string searchPackage, string name, IReadOnlyList<string>? packages)
    {
        foreach (var package in packages ?? [""])
        {
            foreach (var prefix in (ReadOnlySpan<string>)["postgres__", "default__"])
            {
                var macro = package.Length == 0 ? Find(searchPackage, prefix + name) : InPackage(package, prefix + name);
                if (macro is not null)
                {
                    return macro;
                }
            }
        }

        return null;
    }

    /// <summary>The macro of a materialization: for this adapter before the default one, of the root project, of any package, built in.</summary>
    public MacroDefinition? Materialization(string nodePackage, string name)
    {
        string[] order = [_root, nodePackage, .. _packages.Keys.Where(package => package != Package.GlobalName), Package.GlobalName];
        foreach (var adapter in (ReadOnlySpan<string>)["postgres", "default"])
        {
            foreach (var package in order)
            {
                if (InPackage(package, $"materialization_{name}_{adapter}") is { } macro)
                {
                    return macro;
                }
            }
        }

        return null;
    }
}
