using Platform.Worker.Jinja;
using Platform.Worker.Transform.Compile;

namespace Platform.Worker.Transform.Project;

/// <summary>The macros of all packages with what properties files say of them.</summary>
internal static class MacroNodes
{
    public static IReadOnlyDictionary<string, MacroNode> Make(IEnumerable<(string Package, MacroDefinition Macro)> macros, Properties properties, ParseScope scope)
    {
        var patches = new Dictionary<(string Package, string Name), ResourcePatch>();
        foreach (var patch in properties.Patches.Where(patch => patch.Kind == "macros"))
        {
            patches.TryAdd((patch.PackageName, patch.Name), patch);
        }

        var nodes = new Dictionary<string, MacroNode>();
        foreach (var (package, macro) in macros)
        {
            var node = new MacroNode
            {
                UniqueId = $"macro.{package}.{macro.Name}",
                Name = macro.Name,
                PackageName = package,
                OriginalFilePath = macro.Template.Name,
                Definition = macro,
            };
            nodes[node.UniqueId] = patches.TryGetValue((package, macro.Name), out var patch) ? Describe(node, patch, scope) : node;
        }

        return nodes;
    }

    private static MacroNode Describe(MacroNode node, ResourcePatch patch, ParseScope scope) => node with
    {
        Description = scope.Describe(patch.PackageName, patch.Description, patch.At),
        Arguments =
        [
            .. patch.Entry.List("arguments", scope.Errors).Select(argument => new MacroArgument(
                argument.Text("name") ?? "", argument.Text("type"),
                scope.Describe(patch.PackageName, argument.Text("description") ?? "", argument.At))),
        ],
        Meta = patch.Config.GetValueOrDefault("meta") as Dictionary<string, object?> ?? [],
        Docs = patch.Config.GetValueOrDefault("docs") as Dictionary<string, object?> ?? [],
        PatchPath = $"{patch.PackageName}://{patch.File.Path}",
    };
}
