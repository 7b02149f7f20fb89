using System.Security.Cryptography;
using System.Text;
using Platform.Worker.Jinja;
using Platform.Worker.Transform.Compile;
using Platform.Worker.Transform.Graph;
using Platform.Worker.Transform.Project.Rollups;

namespace Platform.Worker.Transform.Project;

/// <summary>
/// Turns the files of a project into nodes: macros first, then properties, then what has code, then what only YAML declares; at last names
/// are resolved and the graph is made. Reports every error it finds, not the first.
/// </summary>
internal sealed class ProjectParser
{
    private readonly ParseScope _scope;
    private readonly ParseMemory _memory;
    private readonly Invocation _invocation;
    private readonly ProjectErrors _errors;

    private ProjectParser(Invocation invocation, ParseMemory memory, ProjectErrors errors)
    {
        (_invocation, _memory, _errors) = (invocation, memory, errors);
        _scope = new ParseScope(invocation, errors);
    }

    /// <param name="packages">The root project and its packages.</param>
    /// <param name="vars">Variables as parsing reads them.</param>
    /// <param name="target">The connection.</param>
    /// <param name="now">The time, for what is deprecated since a date.</param>
    /// <param name="errors">Faults found so far.</param>
    /// <param name="memory">What the last parsing of these packages learnt and is still true; empty for the first.</param>
    /// <exception cref="TransformException">The project has errors; all of them, with file and line.</exception>
    public static ParsedProject Parse(
        IReadOnlyList<Package> packages, VarProvider vars, TargetInfo target, DateTimeOffset now, ProjectErrors errors, ParseMemory? memory = null)
    {
        errors.ThrowIfAny();
        var macros = new MacroLibrary(packages[0].Name);
        var definitions = GlobalProject.Macros.Select(macro => (Package: Package.GlobalName, Macro: macro)).Concat(packages.SelectMany(
            package => package.Macros.InParallel(file => ParseScope.ParseMacros(package, file, errors)).OfType<Template>()
                .SelectMany(template => template.Macros).Select(macro => (Package: package.Name, Macro: macro)))).ToList();
        foreach (var (package, macro) in definitions)
        {
            macros.Add(package, macro, errors);
        }

        var docs = DocsReader.Read(packages, errors);
        var invocation = new Invocation
        {
            Environment = GlobalProject.Environment,
            Macros = macros,
            Packages = packages,
            Vars = vars,
            Target = target,
            Docs = docs.Values.ToDictionary(doc => $"{doc.PackageName}.{doc.Name}", doc => doc.Text),
        };
        return new ProjectParser(invocation, memory ?? new ParseMemory(), errors).Parse(definitions, docs, now);
    }

    public static string Sha256(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private ParsedProject Parse(
        IReadOnlyList<(string Package, MacroDefinition Macro)> macros, Dictionary<string, DocsBlock> docs, DateTimeOffset now)
    {
        var properties = ReadProperties();
        var tables = SourceOverrides.Apply(properties, _scope);
        var sources = new SourceParser(_scope).Parse(tables);
        var index = new PatchIndex(properties.Patches, _invocation.Packages, _errors, _scope.Configs);
        var parsed = ParseCode(properties, index);
        parsed.AddRange(sources);
        parsed.AddRange(new ExposureParser(_scope).Parse(properties));
        var semantics = new SemanticParser(_scope).Parse(properties);
        parsed.AddRange(semantics);
        parsed.AddRange(ParseTests(properties, tables));

        var enabled = parsed.Where(node => node.Node.Config.Enabled).ToList();
        var disabled = parsed.Where(node => !node.Node.Config.Enabled).Select(node => node.Node).ToList();
        var references = new RefIndex(enabled.Select(node => node.Node), _invocation.Packages[0].Project);
        var rollups = new RollupParser(_scope, references, semantics.Select(node => node.Node).Where(node => node.Config.Enabled)).Parse();
        parsed.AddRange(rollups);
        enabled.AddRange(rollups.Where(rollup => rollup.Node.Config.Enabled));
        var tests = ParseUnitTests(properties, enabled, references, disabled);
        enabled.AddRange(tests.Where(test => test.Node.Config.Enabled));
        disabled.AddRange(tests.Where(test => !test.Node.Config.Enabled).Select(test => test.Node));

        var groups = GroupReader.Read(properties, _scope);
        var checks = new ProjectChecks(_scope);
        checks.Duplicates(enabled);
        checks.DisabledTwins(properties, enabled, disabled.ToLookup(node => node.Name));
        // Nodes that were linked before were found sound then: no memory is kept of a parsing with errors.
        checks.Configurations(enabled.Where(node => node.Linked is null));
        checks.Groups(enabled, groups);
        checks.UnusedProperties(
            properties, index, parsed.ToLookup(node => node.Node.Name, node => node.Node), macros.Select(macro => (macro.Package, macro.Macro.Name)).ToHashSet());
        checks.UnusedConfigurations(parsed.Select(node => node.Node));

        var linker = new Linker(
            _scope, references, [.. sources.Where(source => source.Node.Config.Enabled)],
            [.. semantics.Where(node => node.Node.ResourceType is ResourceType.Metric && node.Node.Config.Enabled)], disabled);
        var linked = enabled.DistinctBy(node => node.Node.UniqueId).ToList().InParallel(linker.Link).OfType<Node>().ToList();
        var graph = NodeGraph.Build(linked, _errors);
        checks.Deprecations(graph, now);
        checks.Microbatches(graph);
        checks.TimeSpines(properties);
        var macroNodes = MacroNodes.Make(macros, properties, _scope);
        var selectors = _invocation.Packages[0].Selectors is { } file ? YamlValue.Read(file, _errors) : null;
        var (onRunStart, onRunEnd) = (Hooks("on-run-start", project => project.OnRunStart), Hooks("on-run-end", project => project.OnRunEnd));
        _errors.ThrowIfAny();
        _memory.Keep(_invocation.Packages.SelectMany(package => package.Files), properties.Patches.Concat(tables.Select(table => table.Patch)));
        return new ParsedProject
        {
            Invocation = _invocation,
            Graph = graph,
            Properties = properties,
            Warnings = _errors.Warnings,
            OnRunStart = onRunStart,
            OnRunEnd = onRunEnd,
            Disabled = disabled,
            Groups = groups,
            Macros = macroNodes,
            Docs = docs,
            Selectors = selectors,
            References = references,
        };
    }

    private Properties ReadProperties()
    {
        var read = _invocation.Packages.SelectMany(package => package.Properties.Select(file => (package, file))).ToList()
            .InParallel(entry => _memory.Properties(entry.file, () => ReadProperties(entry.package, entry.file)));
        foreach (var warning in read.SelectMany(file => file.Warnings))
        {
            _errors.Warn(warning);
        }

        return new Properties(read);
    }

    private PropertiesFile ReadProperties(Package package, SourceFile file)
    {
        var errors = new ProjectErrors();
        var read = new PropertiesReader(package, file, new ParseContext(_invocation, package.Name, file.Path), errors).Read();
        errors.CopyTo(_errors);
        return read with { Warnings = errors.Warnings };
    }

    private List<ParsedNode> ParseCode(Properties properties, PatchIndex index)
    {
        var parser = new CodeParser(_scope, index);
        var work = new List<(Package Package, SourceFile File, ResourceType Type)>();
        foreach (var package in _invocation.Packages)
        {
            foreach (var (files, type) in new[]
            {
                (package.Models, ResourceType.Model), (package.Seeds, ResourceType.Seed), (package.Snapshots, ResourceType.Snapshot),
                (package.Analyses, ResourceType.Analysis), (package.Tests, ResourceType.Test),
            })
            {
                work.AddRange(files.Select(file => (package, file, type)));
            }
        }

        var parsed = work.InParallel(entry => (entry.Type is ResourceType.Snapshot
            ? parser.ParseSnapshots(entry.Package, entry.File)
            : _memory.Code(
                entry.File, index.OfFile(entry.Type, entry.Package.Name, entry.File.Name), entry.Type, () => parser.Parse(entry.Package, entry.File, entry.Type))).ToList())
            .SelectMany(nodes => nodes).ToList();
        foreach (var patch in properties.Patches.Where(patch => patch.Kind == "snapshots" && patch.Entry["relation"] is not null))
        {
            index.OfFile(ResourceType.Snapshot, patch.PackageName, patch.Name);
            if (parser.ParseSnapshot(patch) is { } snapshot)
            {
                parsed.Add(snapshot);
            }
        }

        return parsed;
    }

    private IEnumerable<ParsedNode> ParseTests(Properties properties, IReadOnlyList<SourceTable> tables)
    {
        var parser = new GenericTestParser(_scope);
        var tests = properties.Patches.Where(patch => patch.Tests.Count > 0).ToList()
            .InParallel(patch => _memory.Tests(patch, () => parser.Parse(patch)).ToList()).SelectMany(nodes => nodes);
        return tests.Concat(tables.SelectMany(table => _memory.Tests(table.Patch, () => parser.Parse(table))));
    }

    private List<ParsedNode> ParseUnitTests(Properties properties, List<ParsedNode> enabled, RefIndex references, List<Node> disabled)
    {
        var sources = enabled.Where(node => node.Node.Source is not null).DistinctBy(node => (node.Node.Source!.SourceName, node.Node.Name))
            .ToDictionary(node => (node.Node.Source!.SourceName, node.Node.Name), node => node.Node);
        return [.. new UnitTestParser(_scope, references, sources, disabled.ToLookup(node => node.Name)).Parse(properties)];
    }

    private List<Node> Hooks(string kind, Func<ProjectFile, IReadOnlyList<string>> statements)
    {
        var packages = _invocation.Packages.Take(1).Concat(_invocation.Packages.Skip(1).OrderBy(package => package.Name, StringComparer.Ordinal));
        var hooks = packages.SelectMany(package => statements(package.Project).Select((sql, index) => Hook(kind, package, sql, index))).ToList();
        foreach (var hook in hooks)
        {
            Check(hook, kind);
        }

        return hooks;
    }

    /// <summary>As in dbt, a hook is configured as a model of its package is, which says what its schema is.</summary>
    private Node Hook(string kind, Package package, string sql, int index)
    {
        var name = $"{package.Name}-{kind}-{index}";
        string[] fqn = [package.Name, "hooks", name];
        return _scope.Names.Apply(new Node
        {
            UniqueId = $"operation.{package.Name}.{name}",
            Name = name,
            ResourceType = ResourceType.Operation,
            PackageName = package.Name,
            Path = $"hooks/{name}.sql",
            OriginalFilePath = $"./{ProjectFile.FileName}",
            Fqn = fqn,
            Config = _scope.Configs.For(ResourceType.Model, package, fqn, new Dictionary<string, object?>(), new Dictionary<string, object?>())
                .With("tags", new List<object?> { kind }),
            UnrenderedConfig = _scope.Configs.Unrendered(ResourceType.Model, package, fqn, new Dictionary<string, object?>(), new Dictionary<string, object?>()),
            At = package.Project.At,
            RawCode = sql,
        });
    }

    /// <summary>A hook is rendered when it runs; that it can be is known before anything has been built.</summary>
    private void Check(Node hook, string kind)
    {
        try
        {
            GlobalProject.Environment.Parse(hook.RawCode, hook.OriginalFilePath);
        }
        catch (JinjaException fault)
        {
            var at = _invocation.Packages.First(package => package.Name == hook.PackageName).Project.Definition[kind]?.At ?? hook.At;
            _errors.Add(new TransformError(at, $"'{kind}': {fault.Message}", fault.Snippet));
        }
    }
}
