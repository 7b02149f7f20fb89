namespace Platform.Worker.Transform.Project;

/// <summary>Reads <c>groups:</c> (https://docs.getdbt.com/docs/build/groups).</summary>
internal static class GroupReader
{
    public static Dictionary<string, GroupDefinition> Read(Properties properties, ParseScope scope)
    {
        var groups = new Dictionary<string, GroupDefinition>();
        foreach (var entry in properties.Section("groups"))
        {
            if (entry.Entry.RequiredText("name", "a group", scope.Errors) is not { } name)
            {
                continue;
            }

            var owner = entry.Entry.PlainMap("owner", scope.Errors);
            if (!owner.ContainsKey("name") && !owner.ContainsKey("email"))
            {
                scope.Errors.Add(entry.Entry.At, $"group '{name}' has no owner. Give it 'owner: {{name: ..}}' or 'owner: {{email: ..}}'.");
            }

            var group = new GroupDefinition
            {
                UniqueId = $"group.{entry.PackageName}.{name}",
                Name = name,
                PackageName = entry.PackageName,
                OriginalFilePath = entry.File.Path,
                At = entry.Entry.At,
                Description = entry.Entry.Text("description") is { } text ? scope.Describe(entry.PackageName, text, entry.Entry.At) : null,
                Owner = owner,
                Config = entry.Entry.PlainMap("config", scope.Errors),
            };
            if (!groups.TryAdd(group.UniqueId, group))
            {
                scope.Errors.Add(group.At, $"group '{name}' is already declared at {groups[group.UniqueId].At}. Remove one.");
            }
        }

        return groups;
    }
}
