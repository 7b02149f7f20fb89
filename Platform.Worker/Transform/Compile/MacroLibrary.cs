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

    /// <summary>Names of macros that look like a name which nothing bears, the likeliest first; <c>package.name</c> for those of a package.</summary>
    public IReadOnlyList<string> Similar(string name)
    {
        const int most = 3;
        var candidates = _packages.SelectMany(package => package.Value.Keys.Select(macro => (
            Macro: macro, Full: package.Key == _root || package.Key == Package.GlobalName ? macro : $"{package.Key}.{macro}")));
        return [.. candidates
            .Select(candidate => (candidate.Full, Distance: candidate.Macro == name ? 0 : Spelling.Distance(candidate.Macro, name)))
            .Where(candidate => candidate.Distance <= Math.Max(1, name.Length / 4))
            .OrderBy(candidate => candidate.Distance).ThenBy(candidate => candidate.Full, StringComparer.Ordinal)
            .Select(candidate => candidate.Full).Distinct().Take(most)];
    }

    public IReadOnlyCollection<string> Names(string package) => _packages.TryGetValue(package, out var macros) ? macros.Keys : [];

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

    /// <summary>
    /// The macro of a materialization: for this adapter before the default one, of the root project before a package's before the built-in one. A
    /// package does not take the place of a built-in one, unless the root project says that it may: then it calls the package's from its own.
    /// </summary>
    public MacroDefinition? Materialization(string nodePackage, string name)
    {
        var imported = _packages.Keys.Where(package => package != _root && package != nodePackage && package != Package.GlobalName).Prepend(nodePackage);
        return Find([_root, .. imported, Package.GlobalName]) is var (package, macro)
            && package != _root && package != Package.GlobalName && Find([Package.GlobalName]) is not null
                ? Find([_root, Package.GlobalName])?.Macro
                : Find([_root, .. imported, Package.GlobalName])?.Macro;

        (string Package, MacroDefinition Macro)? Find(IEnumerable<string> packages)
        {
            foreach (var adapter in (ReadOnlySpan<string>)["postgres", "default"])
            {
                foreach (var package in packages)
                {
                    if (InPackage(package, $"materialization_{name}_{adapter}") is { } macro)
                    {
                        return (package, macro);
                    }
                }
            }

            return null;
        }
    }
}
