using Platform.Worker.Jinja.Values;
using Platform.Worker.Transform.Project;

namespace Platform.Worker.Transform.Run;

/// <summary>Pre- and post-hooks as <c>run_hooks</c> takes them.</summary>
internal static class NodeHooks
{
    public static ListValue Parse(object? configured)
    {
        var hooks = new ListValue();
        foreach (var hook in Hook.ReadAll(configured))
        {
            hooks.Items.Add(DictValue.From(new Dictionary<string, Value> { ["sql"] = hook.Sql, ["transaction"] = hook.RunsInTransaction, ["index"] = hooks.Items.Count }));
        }

        return hooks;
    }
}
