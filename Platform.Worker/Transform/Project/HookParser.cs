using Platform.Worker.Jinja;
using Platform.Worker.Transform.Compile;
using Platform.Worker.Transform.Graph;

namespace Platform.Worker.Transform.Project;

/// <summary>Renders the hooks of a node as parsing renders its code: what they refer to is built before the node.</summary>
internal sealed class HookParser(ParseScope scope)
{
    /// <summary>The node with the refs and sources of its hooks.</summary>
    /// <param name="node">The node as configured.</param>
    /// <param name="context">In which its code was rendered; null when it has none.</param>
    public Node Apply(Node node, ParseContext? context)
    {
        var hooks = Hook.ReadAll(node.Config["pre-hook"]).Concat(Hook.ReadAll(node.Config["post-hook"])).Select(hook => hook.Sql).Where(YamlRenderer.HasJinja).ToList();
        if (hooks.Count == 0)
        {
            return node;
        }

        context ??= new ParseContext(scope.Invocation, node.PackageName, node.OriginalFilePath) { LeavesVariables = true };
        foreach (var sql in hooks)
        {
            Render(context, sql, node);
        }

        if (node.ResourceType is ResourceType.Seed && context is not { Refs: [], Sources: [] })
        {
            scope.Errors.Add(
                node.At, $"Seeds cannot depend on other nodes: a hook of '{node.Name}' refers to one. Name its relation without ref() or source(), or move the hook to a model.");
            return node;
        }

        return node with { Refs = [.. context.Refs.Distinct()], SourceCalls = [.. context.Sources.Distinct()] };
    }

    private void Render(ParseContext context, string sql, Node node)
    {
        try
        {
            scope.Render(context, GlobalProject.Environment.Parse(sql, node.OriginalFilePath, node.PackageName), node.At);
        }
        catch (JinjaException fault)
        {
            scope.Errors.Add(JinjaErrors.ToError(fault, node.At));
        }
    }
}
