using Platform.Worker.Jinja.Syntax;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Jinja.Runtime;

/// <summary>
/// The top-level variables of a template while it runs. Included and imported templates have contexts of their own; templates that
/// extend one another share one.
/// </summary>
internal sealed class TemplateContext(TemplateContext? parent, bool seesVariables)
{
    private HashSet<string>? _imported;
    private Dictionary<string, List<BlockStatement>>? _blocks;

    /// <summary>The context around: that of the template which includes this one.</summary>
    public TemplateContext? Parent { get; } = parent;

    /// <summary>Whether the variables of the rendering are visible, which they are not in a module imported without context.</summary>
    public bool SeesVariables { get; } = seesVariables;

    public Dictionary<string, Value> Variables { get; init; } = new(StringComparer.Ordinal);

    /// <summary>The versions of each template block, the most derived first.</summary>
    public Dictionary<string, List<BlockStatement>> Blocks
    {
        get => _blocks ??= new(StringComparer.Ordinal);
        init => _blocks = value;
    }

    public void Set(string name, Value value)
    {
        Variables[name] = value;
        _imported?.Remove(name);
    }

    /// <summary>Sets a name that came by import: visible, but not exported again.</summary>
    public void SetImported(string name, Value value)
    {
        Variables[name] = value;
        (_imported ??= new HashSet<string>(StringComparer.Ordinal)).Add(name);
    }

    /// <summary>Whether other templates may import the name.</summary>
    public bool Exports(string name) => !name.StartsWith('_') && Variables.ContainsKey(name) && _imported?.Contains(name) != true;

    public bool TryGet(string name, out Value value)
    {
        for (var context = this; context is not null; context = context.Parent)
        {
            if (context.Variables.Count > 0 && context.Variables.TryGetValue(name, out value))
            {
                return true;
            }
        }

        value = default;
        return false;
    }

    public void AddBlocks(Template template)
    {
        foreach (var (name, block) in template.Blocks)
        {
            if (!Blocks.TryGetValue(name, out var versions))
            {
                Blocks.Add(name, versions = []);
            }

            versions.Add(block);
        }
    }
}
