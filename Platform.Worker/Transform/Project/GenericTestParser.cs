using Platform.Worker.Jinja;
using Platform.Worker.Jinja.Values;
using Platform.Worker.Transform.Compile;
using Platform.Worker.Transform.Graph;

namespace Platform.Worker.Transform.Project;

/// <summary>
/// Makes test nodes of the entries below <c>data_tests:</c> (https://docs.getdbt.com/reference/resource-properties/data-tests): the macro
/// <c>test_name</c>, its arguments (also below <c>arguments:</c>), its configuration, and dbt's own name for it.
/// </summary>
internal sealed class GenericTestParser(ParseScope scope)
{
    private static readonly Dictionary<string, object?> Nothing = [];

    private readonly MacroEffects _effects = new(scope.Invocation.Macros, scope.Invocation.DispatchOrder);

    /// <summary>The tests of a model, seed or snapshot.</summary>
    public IReadOnlyList<ParsedNode> Parse(ResourcePatch patch)
    {
        if (patch.Tests.Count == 0 || patch.Kind is not ("models" or "seeds" or "snapshots"))
        {
            return [];
        }

        var target = new Target(
            patch.Version is null ? patch.Name : $"{patch.Name}_v{patch.Version}", "", new RefCall(null, patch.Name, patch.Version), null,
            patch.Version is null ? $"ref('{patch.Name}')" : $"ref('{patch.Name}', version='{patch.Version}')");
        return Parse(patch, target);
    }

    /// <summary>The tests of a source's table.</summary>
    public IReadOnlyList<ParsedNode> Parse(SourceTable table) => table.Patch.Tests.Count == 0 ? [] : Parse(
        table.Patch,
        new Target(
            $"{table.SourceName}_{table.TableName}", "source_", null, (table.SourceName, table.TableName), $"source('{table.SourceName}', '{table.TableName}')"));

    private List<ParsedNode> Parse(ResourcePatch patch, Target target)
    {
        var parsed = new List<ParsedNode>(patch.Tests.Count);
        foreach (var entry in patch.Tests)
        {
            if (TestCall.Read(entry, patch, scope.Errors) is { } test && Find(patch.PackageName, test, entry) is { } macro)
            {
                parsed.Add(Parse(entry, test, macro, patch, target));
            }
        }

        return parsed;
    }

    private MacroDefinition? Find(string package, TestCall test, TestEntry entry)
    {
        var macros = scope.Invocation.Macros;
        var macro = test.Namespace is null ? macros.Find(package, $"test_{test.Name}") : macros.InPackage(test.Namespace, $"test_{test.Name}");
        if (macro is null)
        {
            scope.Errors.Add(
                entry.Value.At,
                $"'{test.Written}' is no test. Write a macro {{% test {test.Name}(model, ...) %}}, install the package that has it, or correct the name.");
        }

        return macro;
    }

    private ParsedNode Parse(TestEntry entry, TestCall test, MacroDefinition macro, ResourcePatch patch, Target target)
    {
        var at = entry.Value.At;
        var package = scope.Package(patch.PackageName);
        var given = test.Arguments;
        var arguments = new Dictionary<string, object?>(given) { ["model"] = $"{{{{ get_where_subquery({target.Model}) }}}}" };
        var macroName = test.Namespace is null ? target.Prefix + test.Name : $"{test.Namespace}_{target.Prefix}{test.Name}";
        var (label, name) = test.CustomName is { } custom ? (custom, custom) : TestNames.For(macroName, target.Name, given);
        var fqn = ParseScope.Fqn(package.Name, patch.File.Path[(patch.File.Path.IndexOf('/', StringComparison.Ordinal) + 1)..], name);
        var (refs, sources, calls) = Learn(patch.PackageName, patch.File.Path, macro, arguments, target, at);
        var settings = Settings(patch.PackageName, test, label != name ? label : null, at);
        var written = label == name || test.Config.ContainsKey("alias") ? test.Config : new Dictionary<string, object?>(test.Config) { ["alias"] = label };
        var config = scope.Configs.For(ResourceType.Test, package, fqn, calls, settings);
        if (entry.Tags.Count > 0)
        {
            config = config.With("tags", entry.Tags.Cast<object?>().ToList());
        }

        var node = new Node
        {
            UniqueId = $"test.{package.Name}.{name}.{TestNames.Hash(name, test.Name, test.Namespace, arguments)}",
            Name = name,
            ResourceType = ResourceType.Test,
            PackageName = package.Name,
            Path = $"{label}.sql",
            OriginalFilePath = patch.File.Path,
            Fqn = fqn,
            Config = config,
            UnrenderedConfig = scope.Configs.Unrendered(ResourceType.Test, package, fqn, Nothing, written),
            At = at,
            RawCode = test.RawCode(written),
            Description = scope.Describe(package.Name, test.Description, at),
            Language = "sql",
            Refs = refs,
            SourceCalls = sources,
            Test = new TestMetadata(test.Name, test.Namespace, arguments, entry.Column, null),
        };
        return new ParsedNode(scope.Names.Apply(node)) { Attached = target.Ref };
    }

    /// <summary>The test's configuration, its Jinja rendered; a name too long for the warehouse gets an alias.</summary>
    private Dictionary<string, object?> Settings(string package, TestCall test, string? alias, SourceLocation at)
    {
        var settings = test.Config;
        if (!TestArguments.IsPlain(settings))
        {
            var context = new ParseContext(scope.Invocation, package, at.File);
            settings = YamlRenderer.Config(context, settings, at, scope.Errors);
            if (context is not { Refs: [], Sources: [] })
            {
                scope.Errors.Add(at, $"Invalid generic test configuration: that of '{test.Written}' calls ref() or source(), which a configuration cannot. Write the condition in a test of its own.");
            }
        }

        if (alias is not null && !settings.ContainsKey("alias"))
        {
            settings = new Dictionary<string, object?>(settings) { ["alias"] = alias };
        }

        return settings;
    }

    /// <summary>What the test refers to and configures: read where that is plain, rendered where it is not.</summary>
    private (IReadOnlyList<RefCall> Refs, IReadOnlyList<(string Source, string Table)> Sources, IReadOnlyDictionary<string, object?> Calls) Learn(
        string package, string file, MacroDefinition macro, Dictionary<string, object?> arguments, Target target, SourceLocation at)
    {
        var macros = scope.Invocation.Macros;
        if (_effects.IsSilent(package, macro)
            && macros.Find(package, "get_where_subquery") == macros.InPackage(Project.Package.GlobalName, "get_where_subquery")
            && Read(arguments, target) is var (read, tables))
        {
            return (read, tables, Nothing);
        }

        var context = new ParseContext(scope.Invocation, package, file) { LeavesVariables = true };
        try
        {
            using var state = context.CreateState(CancellationToken.None);
            state.Call(macro, new Arguments(null, TestArguments.Render(context, arguments, at.File)));
        }
        catch (JinjaException fault)
        {
            scope.Errors.Add(JinjaErrors.ToError(fault, at));
        }

        return ([.. context.Refs.Distinct()], [.. context.Sources.Distinct()], context.ConfigCalls);
    }

    /// <summary>References among the arguments, when nothing in them has to be rendered; null otherwise.</summary>
    private static (List<RefCall> Refs, List<(string Source, string Table)> Sources)? Read(Dictionary<string, object?> arguments, Target target)
    {
        var refs = new List<RefCall>(1);
        var sources = new List<(string Source, string Table)>();
        foreach (var (key, value) in arguments)
        {
            if (key is "model" or "column_name" || TestArguments.IsPlain(value))
            {
                continue;
            }

            switch (value is string text ? ReferenceText.Read(text) : null)
            {
                case { Ref: { } call }:
                    refs.Add(call);
                    break;
                case { Source: { } source }:
                    sources.Add(source);
                    break;
                default:
                    return null;
            }
        }

        if (target.Ref is { } own && !refs.Contains(own))
        {
            refs.Add(own);
        }

        if (target.Source is { } table && !sources.Contains(table))
        {
            sources.Add(table);
        }

        return (refs, sources);
    }

    /// <param name="Name">The part of the test's name that says what it is on.</param>
    /// <param name="Prefix">Before the test's own name: <c>source_</c> for sources.</param>
    /// <param name="Ref">The model, seed or snapshot it is on.</param>
    /// <param name="Source">The source's table it is on.</param>
    /// <param name="Model">The same as an expression.</param>
    private sealed record Target(string Name, string Prefix, RefCall? Ref, (string Source, string Table)? Source, string Model);
}
