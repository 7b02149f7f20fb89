using Platform.Worker.Jinja;
using Platform.Worker.Transform.Compile;
using Platform.Worker.Transform.Graph;
using Platform.Worker.Transform.Project;

namespace Platform.Worker.Transform.Artifacts;

/// <summary>
/// Which macros nodes and macros call, read from parsed templates without rendering: by name, by package, and what
/// <c>adapter.dispatch</c> picks for PostgreSQL. Worked out when it is asked for, because parsing does not need it.
/// </summary>
internal sealed class MacroDependencies
{
    private const string Dispatch = "adapter.dispatch";

    private readonly Invocation _invocation;
    private readonly Dictionary<MacroDefinition, string> _ids = new(ReferenceEqualityComparer.Instance);

    public MacroDependencies(ParsedProject project)
    {
        _invocation = project.Invocation;
        foreach (var macro in project.Macros.Values)
        {
            _ids[macro.Definition] = macro.UniqueId;
        }
    }

    /// <summary>The macros that a macro calls itself, each once.</summary>
    public IReadOnlyList<string> Of(MacroNode macro) => Ids(macro.Definition.FindCalls(), macro.PackageName, except: macro.Definition);

    /// <summary>The macros that a node's code and its hooks call themselves; of a generic test, its macro and those in its arguments.</summary>
    public IReadOnlyList<string> Of(Node node)
    {
        if (node.Test is not { } test)
        {
            var code = node.ResourceType is ResourceType.Seed ? [] : Calls(node.RawCode, node);
            return Ids(code.Concat(Hooks(node).SelectMany(hook => Calls(hook, node))), node.PackageName, except: null);
        }

        var macros = _invocation.Macros;
        var name = $"test_{test.Name}";
        var definition = test.Namespace is null ? macros.Find(node.PackageName, name) : macros.InPackage(test.Namespace, name);
        if (definition is null)
        {
            return [];
        }

        var calls = test.Arguments.Values.OfType<string>().SelectMany(argument => Calls(argument, node));
        return [.. Id(definition), .. Ids(calls, node.PackageName, except: definition)];
    }

    private static IEnumerable<StaticCall> Calls(string code, Node node) =>
        code.Contains('{', StringComparison.Ordinal) ? GlobalProject.Environment.Parse(code, node.OriginalFilePath).FindCalls() : [];

    private static IEnumerable<string> Hooks(Node node) =>
        ((string[])["pre-hook", "post-hook"]).Where(node.Config.Values.ContainsKey).SelectMany(key => ManifestConfig.Hooks(node.Config.Values[key]))
            .Select(hook => hook["sql"] as string ?? "");

    private List<string> Ids(IEnumerable<StaticCall> calls, string package, MacroDefinition? except) =>
        [.. calls.Select(call => Find(call, package)).Where(found => found is not null && found != except).SelectMany(found => Id(found!)).Distinct()];

    private IEnumerable<string> Id(MacroDefinition macro) => _ids.TryGetValue(macro, out var id) ? [id] : [];

    private MacroDefinition? Find(StaticCall call, string package)
    {
        var macros = _invocation.Macros;
        if (call.Function == Dispatch)
        {
            return Text(call, 0, "macro_name") is { } dispatched
                ? macros.Dispatch(package, dispatched, _invocation.DispatchOrder(Text(call, 1, "macro_namespace")))
                : null;
        }

        return call.Function.Split('.') switch
        {
            [var name] => macros.Find(package, name),
            [var owner, var name] => macros.InPackage(owner, name),
            _ => null,
        };
    }

    private static string? Text(StaticCall call, int position, string name)
    {
        var given = position < call.Positional.Count ? call.Positional[position] : call.Named.GetValueOrDefault(name);
        return given is { } value && value.TryGetString(out var text) ? text : null;
    }
}
