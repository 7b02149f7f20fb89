using Platform.Worker.Jinja;
using Platform.Worker.Jinja.Values;
using Platform.Worker.Transform.Compile;
using Platform.Worker.Transform.Graph;

namespace Platform.Worker.Transform.Project;

/// <summary>
/// Makes test nodes of the entries below <c>data_tests:</c> (https://docs.getdbt.com/reference/resource-properties/data-tests): the macro
/// <c>test_name</c>, its arguments (also below <c>arguments:</c>), its configuration, and dbt's own name for it.
/// </summary>
internal sealed class GenericTestParser(Invocation invocation, ProjectErrors errors)
{
    /// <summary>Configurations that dbt also takes beside the arguments.</summary>
    private static readonly HashSet<string> ConfigKeys =
    [
        "severity", "tags", "enabled", "where", "limit", "warn_if", "error_if", "fail_calc", "store_failures", "store_failures_as",
        "meta", "schema", "database", "alias",
    ];

    private readonly Dictionary<string, SourceLocation> _seen = [];

    public List<ParsedNode> Parse(
        IEnumerable<Node> nodes, IEnumerable<Node> sources, IReadOnlyDictionary<(string Kind, string Package, string Name), ResourcePatch> patches)
    {
        var parsed = new List<ParsedNode>();
        foreach (var node in nodes.Where(node => node.ResourceType is ResourceType.Model or ResourceType.Seed))
        {
            var kind = node.ResourceType is ResourceType.Model ? "models" : "seeds";
            if (patches.TryGetValue((kind, node.PackageName, node.Name), out var patch))
            {
                parsed.AddRange(patch.Tests.Select(test => Parse(test, patch, node, $"ref('{node.Name}')", "", node.Name)).OfType<ParsedNode>());
            }
        }

        foreach (var source in sources.Where(source => source.Config.Enabled))
        {
            var (name, table) = (source.Source!.SourceName, source.Name);
            var declared = SourceTables.TryGetValue(source.UniqueId, out var found) ? found.Patch : null;
            parsed.AddRange(declared?.Tests
                .Select(test => Parse(test, declared, source, $"source('{name}', '{table}')", "source_", $"{name}_{table}")).OfType<ParsedNode>() ?? []);
        }

        return parsed;
    }

    /// <summary>The declared source tables by unique id.</summary>
    public required IReadOnlyDictionary<string, SourceTable> SourceTables { get; init; }

    private ParsedNode? Parse(TestEntry entry, ResourcePatch patch, Node target, string model, string prefix, string targetName)
    {
        if (Read(entry, patch) is not { } test)
        {
            return null;
        }

        var package = invocation.FindPackage(patch.PackageName)!;
        var macroName = $"test_{test.Name}";
        var macro = test.Namespace is null
            ? invocation.Macros.Find(patch.PackageName, macroName)
            : invocation.Macros.InPackage(test.Namespace, macroName);
        if (macro is null)
        {
            errors.Add(
                entry.Value.At,
                $"'{test.FullName}' is no test. Write a macro {{% test {test.Name}(model, ...) %}}, install the package that has it, or correct the name.");
            return null;
        }

        if (entry.ColumnName is { } column)
        {
            test.Arguments["column_name"] = patch.Columns.TryGetValue(column, out var declared) && declared.Quote is true ? $"\"{column}\"" : column;
        }

        var names = test.CustomName is { } custom
            ? new GenericTestName(custom, custom)
            : GenericTestName.For(test.Namespace, prefix + test.Name, targetName, test.Arguments);
        if (names.Short != names.Full)
        {
            test.Config.TryAdd("alias", names.Short);
        }

        var hash = names.Hash(test.Namespace, test.Name, test.Arguments, WhereSubquery(model));
        var id = $"test.{patch.PackageName}.{names.Full}.{hash}";
        if (!_seen.TryAdd(id, entry.Value.At))
        {
            errors.Add(entry.Value.At, $"the test '{names.Full}' is declared twice, also at {_seen[id]}. Remove one, or give one a 'name'.");
            return null;
        }

        var context = new ParseContext(invocation, patch.PackageName, patch.File.Path);
        var fqn = FqnOf(patch, names.Full);
        var resolved = Collect(context, macro, model, test, entry.Value.At);
        var config = ConfigLayers.For(invocation, context, ResourceType.Test, package, fqn, null, context.ConfigCalls, errors)
            .With("tags", entry.ColumnTags.Cast<object?>().ToList())
            .With(YamlRenderer.Config(context, test.Config, entry.Value.At, errors));
        var node = new Node
        {
            UniqueId = id,
            Name = names.Full,
            ResourceType = ResourceType.Test,
            PackageName = patch.PackageName,
            Path = $"{names.Short}.sql",
            OriginalFilePath = patch.File.Path,
            Fqn = fqn,
            Config = config,
            At = entry.Value.At,
            RawCode = $"{{{{ {macroName}(**_dbt_generic_test_kwargs) }}}}",
            Checksum = ProjectParser.Sha256(macro.Source),
            Description = test.Description,
            Schema = $"{invocation.Target.Schema}_dbt_test__audit",
            Database = invocation.Target.Database,
            Alias = config.Alias ?? names.Short,
            Test = new TestMetadata(test.Name, test.Namespace, resolved, entry.ColumnName, target.UniqueId),
        };
        return new ParsedNode(node, context.Refs, context.Sources, null);
    }

    private TestCall? Read(TestEntry entry, ResourcePatch patch)
    {
        if (entry.Value.AsText() is { } simple)
        {
            return new TestCall(simple);
        }

        if (entry.Value.Map is not { Count: > 0 } map)
        {
            errors.Add(entry.Value.At, $"a test of '{patch.Name}' is a name, or a name with its arguments below it.");
            return null;
        }

        TestCall test;
        IEnumerable<KeyValuePair<string, YamlValue>> settings;
        if (map.TryGetValue("test_name", out var written) && written.AsText() is { } testName)
        {
            test = new TestCall(testName);
            settings = map.Where(setting => setting.Key != "test_name");
        }
        else
        {
            // name, description and config may stand beside the test's own key as well as below it.
            var (key, value) = map.First(setting => setting.Key is not ("name" or "description" or "config"));
            test = new TestCall(key);
            settings = map.Where(setting => setting.Key != key).Concat(value.Map ?? new Dictionary<string, YamlValue>());
        }

        foreach (var (key, value) in settings)
        {
            if (key == "arguments")
            {
                foreach (var (argument, given) in value.Map ?? new Dictionary<string, YamlValue>())
                {
                    test.Arguments[argument] = given.Plain();
                }
            }
            else if (key == "config")
            {
                foreach (var (option, given) in value.Map ?? new Dictionary<string, YamlValue>())
                {
                    test.Config[option] = given.Plain();
                }
            }
            else if (key == "name")
            {
                test.CustomName = value.AsText();
            }
            else if (key == "description")
            {
                test.Description = value.AsText() ?? "";
            }
            else if (ConfigKeys.Contains(key))
            {
                test.Config[key] = value.Plain();
            }
            else
            {
                test.Arguments[key] = value.Plain();
            }
        }

        return test;
    }

    /// <summary>
    /// Renders the arguments and, unless the macro is built in, the test itself, to learn its refs and configuration.
    /// Returns the arguments as they are rendered again when the test runs.
    /// </summary>
    private Dictionary<string, object?> Collect(ParseContext context, MacroDefinition macro, string model, TestCall test, SourceLocation at)
    {
        var arguments = test.Arguments.ToDictionary(argument => argument.Key, argument => TestArguments.AsTemplate(argument.Key, argument.Value));
        arguments["model"] = WhereSubquery(model);
        try
        {
            using var state = context.CreateState(CancellationToken.None);
            var values = TestArguments.Render(context, arguments, at.File);
            if (!macro.Template.Name.StartsWith(Package.GlobalName + "/", StringComparison.Ordinal))
            {
                state.Call(macro, new Arguments(null, values));
            }
        }
        catch (JinjaException fault)
        {
            errors.Add(JinjaErrors.ToError(fault, at));
        }

        return arguments;
    }

    private static string WhereSubquery(string model) => $"{{{{ get_where_subquery({model}) }}}}";

    /// <summary>Where a test is declared, not what it tests, is its place in the project.</summary>
    private static List<string> FqnOf(ResourcePatch patch, string name) =>
        [patch.PackageName, .. Path.GetDirectoryName(patch.File.Path)!.Split('/', '\\').Skip(1), name];

    private sealed class TestCall
    {
        public TestCall(string written)
        {
            FullName = written;
            var dot = written.IndexOf('.', StringComparison.Ordinal);
            (Namespace, Name) = dot < 0 ? (null, written) : (written[..dot], written[(dot + 1)..]);
        }

        public string FullName { get; }

        public string Name { get; }

        public string? Namespace { get; }

        public Dictionary<string, object?> Arguments { get; } = [];

        public Dictionary<string, object?> Config { get; } = [];

        public string? CustomName { get; set; }

        public string Description { get; set; } = "";
    }
}
