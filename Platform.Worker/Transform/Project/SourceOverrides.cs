namespace Platform.Worker.Transform.Project;

/// <summary>
/// Applies <c>overrides:</c>, with which a project changes what a package says of a source
/// (https://docs.getdbt.com/reference/resource-properties/overrides).
/// </summary>
internal static class SourceOverrides
{
    private static readonly string[] NotTaken = ["name", "overrides", "tables"];

    public static IReadOnlyList<SourceTable> Apply(Properties properties, ParseScope scope)
    {
        var overrides = new Dictionary<(string Package, string Source), PropertyEntry>();
        foreach (var entry in properties.Section("source_overrides"))
        {
            if (entry.Entry.RequiredText("name", "a source", scope.Errors) is { } name
                && !overrides.TryAdd((entry.Entry.Text("overrides")!, name), entry))
            {
                scope.Errors.Add(entry.Entry.At, $"source '{name}' of package '{entry.Entry.Text("overrides")}' is overridden twice. Keep one.");
            }
        }

        if (overrides.Count == 0)
        {
            return properties.Sources;
        }

        foreach (var ((package, source), entry) in overrides.Where(
            over => !properties.Sources.Any(table => table.Patch.PackageName == over.Key.Package && table.SourceName == over.Key.Source)))
        {
            scope.Errors.Warn(entry.Entry.At, "UnusedTables", $"package '{package}' has no source '{source}' to override. Correct the name, or remove the entry.");
        }

        return [.. properties.Sources.Select(
            table => overrides.TryGetValue((table.Patch.PackageName, table.SourceName), out var entry) ? Apply(table, entry.Entry, scope) : table)];
    }

    private static SourceTable Apply(SourceTable table, YamlValue entry, ParseScope scope)
    {
        var source = Replace(table.SourceEntry, entry);
        var own = entry.List("tables", scope.Errors).FirstOrDefault(candidate => candidate.Text("name") == table.TableName);
        var changed = own is null ? table.TableEntry : Replace(table.TableEntry, own);
        var alone = new Dictionary<string, YamlValue>(source.Map!) { ["tables"] = new(changed.At, [changed]) };
        return PropertiesReader.Tables(
            scope.Package(table.Patch.PackageName), table.Patch.File, table.SourceName, new YamlValue(source.At, alone), scope.Errors).Single();
    }

    private static YamlValue Replace(YamlValue before, YamlValue with)
    {
        var replaced = new Dictionary<string, YamlValue>(before.Map!);
        foreach (var (key, value) in with.Map!.Where(entry => !NotTaken.Contains(entry.Key)))
        {
            replaced[key] = value;
        }

        return new YamlValue(before.At, replaced);
    }
}
