using Platform.Worker.Transform.Graph;

namespace Platform.Worker.Transform.Project;

/// <summary>
/// Makes nodes of <c>unit_tests:</c> (https://docs.getdbt.com/reference/resource-properties/unit-tests): one per version of a model with
/// versions.
/// </summary>
internal sealed class UnitTestParser(ParseScope scope, RefIndex references, IReadOnlyDictionary<(string Source, string Table), Node> sources, ILookup<string, Node> disabled)
{
    public IEnumerable<ParsedNode> Parse(Properties properties) => properties.Section("unit_tests").SelectMany(Parse);

    private IEnumerable<ParsedNode> Parse(PropertyEntry entry)
    {
        var yaml = entry.Entry;
        if (yaml.RequiredText("name", "a unit test", scope.Errors) is not { } name
            || yaml.RequiredText("model", $"unit test '{name}'", scope.Errors) is not { } written)
        {
            return [];
        }

        if (yaml["expect"] is not { } expect)
        {
            scope.Errors.Add(yaml.At, $"unit test '{name}' expects nothing. Add 'expect: {{rows: [..]}}'.");
            return [];
        }

        var parts = written.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var (model, version) = (parts[0], parts.ElementAtOrDefault(1)?.TrimStart('v'));
        if (references.Find(null, model, version, entry.PackageName) is not { ResourceType: ResourceType.Model } tested)
        {
            if (!disabled.Contains(model))
            {
                scope.Errors.Add(yaml["model"]!.At, $"unit test '{name}' is of '{written}', which is no model of the project. Correct the name, or add the model.");
            }

            return [];
        }

        var rows = new UnitTestRowsReader(scope, entry, name, references, sources);
        var definition = new UnitTestDefinition
        {
            Model = written,
            Given = [.. yaml.List("given", scope.Errors).Select(given => rows.Input(given)).OfType<UnitTestRows>()],
            Expect = rows.Read(expect, null, null),
            MacroOverrides = yaml["overrides"]?.PlainMap("macros", scope.Errors) ?? [],
            VarOverrides = yaml["overrides"]?.PlainMap("vars", scope.Errors) ?? [],
            EnvVarOverrides = yaml["overrides"]?.PlainMap("env_vars", scope.Errors) ?? [],
        };
        CheckIncremental(tested, definition, yaml.At, name);
        return [.. Tested(yaml, name, tested, version).Select(node => Make(entry, name, definition, node, isVersioned: node.Version is not null))];
    }

    /// <summary>The versions of the model that the test is for.</summary>
    private List<Node> Tested(YamlValue yaml, string name, Node tested, string? version)
    {
        var selection = yaml["versions"];
        if (tested.Version is null)
        {
            if (selection?["include"] is not null || selection?["exclude"] is not null)
            {
                scope.Errors.Add(selection!.At, $"unit test '{name}' selects versions, and '{tested.Name}' has none. Remove 'versions'.");
            }

            return [tested];
        }

        if (version is not null)
        {
            return [tested];
        }

        if (selection?["include"] is not null && selection["exclude"] is not null)
        {
            scope.Errors.Add(selection.At, $"unit test '{name}' includes and excludes versions. Keep one of the two.");
        }

        var (include, exclude) = (selection?["include"], YamlValue.Texts(selection?["exclude"]));
        return [.. references.Versions(tested).Where(
            node => (include is null || YamlValue.Texts(include).Contains(node.Version!)) && !exclude.Contains(node.Version!))];
    }

    private ParsedNode Make(PropertyEntry entry, string name, UnitTestDefinition definition, Node tested, bool isVersioned)
    {
        var fqn = ParseScope.Fqn(entry.PackageName, entry.File.PathInFolder, definition.Model, name);
        var node = scope.Declared(ResourceType.UnitTest, entry, name, fqn);
        var suffix = isVersioned ? $"_v{tested.Version}" : "";
        return new ParsedNode(node with
        {
            UniqueId = $"unit_test.{entry.PackageName}.{definition.Model}.{name}{suffix}",
            Schema = tested.Schema,
            Database = tested.Database,
            Alias = name + suffix,
            Version = tested.Version,
            DependsOn = [tested.UniqueId],
            UnitTest = definition with { TestedNode = tested.UniqueId, Version = tested.Version },
        });
    }

    private void CheckIncremental(Node tested, UnitTestDefinition definition, SourceLocation at, string name)
    {
        if (tested.Config.Materialized != "incremental" || tested.Template?.FindCalls("is_incremental").Any() is not true)
        {
            return;
        }

        if (!definition.MacroOverrides.TryGetValue("is_incremental", out var mode) || mode is not bool isIncremental)
        {
            scope.Errors.Add(at, $"unit test '{name}' is of the incremental model '{tested.Name}'. Say which mode it tests: 'overrides: {{macros: {{is_incremental: true}}}}'.");
        }
        else if (isIncremental && !definition.Given.Any(given => given.IsThis))
        {
            scope.Errors.Add(at, $"unit test '{name}' tests the incremental mode of '{tested.Name}' and gives no rows of the table so far. Add the input 'this'.");
        }
    }
}
