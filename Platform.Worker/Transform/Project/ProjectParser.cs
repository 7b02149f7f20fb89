using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Platform.Worker.Jinja;
using Platform.Worker.Jinja.Values;
using Platform.Worker.Transform.Compile;
using Platform.Worker.Transform.Graph;

namespace Platform.Worker.Transform.Project;

/// <summary>
/// Turns the files of a project into nodes: macros first, then properties, then every model, seed and test is rendered once without a
/// database to learn its refs and configuration (dbt's parsing phase). Reports every error it finds, not the first.
/// </summary>
internal sealed partial class ProjectParser
{
    private static readonly ConditionalWeakTable<SourceFile, Template> Templates = [];

    private readonly Invocation _invocation;
    private readonly ProjectErrors _errors;
    private readonly Properties _properties = new();
    private readonly List<TransformError> _warnings = [];
    private readonly List<ParsedNode> _parsed = [];
    private readonly Dictionary<string, Node> _disabled = [];

    private ProjectParser(Invocation invocation, ProjectErrors errors) => (_invocation, _errors) = (invocation, errors);

    /// <exception cref="TransformException">The project has errors; all of them, with file and line.</exception>
    public static ParsedProject Parse(IReadOnlyList<Package> packages, VarProvider vars, TargetInfo target, ProjectErrors errors)
    {
        errors.ThrowIfAny();
        var macros = new MacroLibrary(packages[0].Name);
        foreach (var macro in GlobalProject.Macros)
        {
            macros.Add(Package.GlobalName, macro, errors);
        }

        foreach (var package in packages)
        {
            foreach (var template in package.Macros.AsParallel().AsOrdered().Select(file => ParseTemplate(package, file, errors)).OfType<Template>())
            {
                foreach (var macro in template.Macros)
                {
                    macros.Add(package.Name, macro, errors);
                }
            }
        }

        var invocation = new Invocation
        {
            Environment = GlobalProject.Environment,
            Macros = macros,
            Packages = packages,
            Vars = vars,
            Target = target,
            Docs = ReadDocs(packages, errors),
        };
        return new ProjectParser(invocation, errors).Parse();
    }

    private ParsedProject Parse()
    {
        foreach (var package in _invocation.Packages)
        {
            Parallel.ForEach(package.Properties, file => PropertiesReader.Read(package, file, _properties, _errors));
        }

        _properties.Sort();
        var patches = IndexPatches();
        var sources = new SourceParser(_invocation, _errors).Parse(_properties.Sources);
        _parsed.AddRange(_invocation.Packages.SelectMany(package => ParseFiles(package, patches)));
        ReportDuplicates();
        var enabled = _parsed.Where(parsed => parsed.Node.Config.Enabled).DistinctBy(parsed => parsed.Node.UniqueId).ToList();
        foreach (var parsed in _parsed.Except(enabled))
        {
            _disabled[parsed.Node.UniqueId] = parsed.Node;
        }

        var tests = new GenericTestParser(_invocation, _errors) { SourceTables = SourceTables() }.Parse(enabled.Select(parsed => parsed.Node), sources, patches);
        foreach (var patch in patches.Values.Where(patch => patch.Kind is "models" or "seeds" && !_parsed.Any(parsed => Applies(patch, parsed.Node))))
        {
            _warnings.Add(new TransformError(patch.Entry.At, $"there is no {patch.Kind.TrimEnd('s')} '{patch.Name}' for these properties."));
        }

        enabled.AddRange(tests.Where(test => test.Node.Config.Enabled));
        var byName = new Dictionary<(string?, string), string>();
        foreach (var parsed in enabled.Where(parsed => parsed.Node.ResourceType is ResourceType.Model or ResourceType.Seed))
        {
            byName[(parsed.Node.PackageName, parsed.Node.Name)] = parsed.Node.UniqueId;
            byName[(null, parsed.Node.Name)] = parsed.Node.UniqueId;
        }

        var sourceIds = sources.Where(source => source.Config.Enabled).ToDictionary(source => source.UniqueId);
        var linked = enabled.Select(parsed => Link(parsed, byName, sourceIds)).OfType<Node>().ToList();
        var graph = NodeGraph.Build(linked.Concat(sourceIds.Values), _errors);
        _errors.ThrowIfAny();
        return new ParsedProject
        {
            Invocation = _invocation,
            Graph = graph,
            Properties = _properties,
            Warnings = _warnings,
            OnRunStart = Hooks("on-run-start", project => project.OnRunStart),
            OnRunEnd = Hooks("on-run-end", project => project.OnRunEnd),
            Disabled = [.. _disabled.Values],
        };
    }

    private Dictionary<string, SourceTable> SourceTables()
    {
        var tables = new Dictionary<string, SourceTable>();
        foreach (var table in _properties.Sources)
        {
            tables.TryAdd($"source.{table.Patch.PackageName}.{table.SourceName}.{table.TableName}", table);
        }

        return tables;
    }

    private static Template? ParseTemplate(Package package, SourceFile file, ProjectErrors errors)
    {
        try
        {
            return Templates.GetValue(file, _ => GlobalProject.Environment.Parse(file.Text, file.Path, package));
        }
        catch (JinjaException fault)
        {
            errors.Add(JinjaErrors.ToError(fault, file.At()));
            return null;
        }
    }

    private static Dictionary<string, string> ReadDocs(IReadOnlyList<Package> packages, ProjectErrors errors)
    {
        var docs = new Dictionary<string, string>();
        foreach (var package in packages)
        {
            foreach (var file in package.Docs.Where(file => DocsBlock().IsMatch(file.Text)))
            {
                foreach (var block in ParseTemplate(package, file, errors)?.TaggedBlocks.Where(block => block.TagName == "docs") ?? [])
                {
                    if (!docs.TryAdd($"{package.Name}.{block.Name}", block.BodyText.Trim()))
                    {
                        errors.Add(file.At(block.Template.Locate(block.Start).Line), $"the docs block '{block.Name}' is written twice. Rename one.");
                    }
                }
            }
        }

        return docs;
    }

    private Dictionary<(string Kind, string Package, string Name), ResourcePatch> IndexPatches()
    {
        var index = new Dictionary<(string, string, string), ResourcePatch>();
        foreach (var patch in _properties.Patches)
        {
            if (!index.TryAdd((patch.Kind, patch.PackageName, patch.Name), patch))
            {
                var first = index[(patch.Kind, patch.PackageName, patch.Name)];
                _errors.Add(patch.Entry.At, $"'{patch.Name}' already has properties at {first.Entry.At}. Keep one of the two.");
            }
        }

        return index;
    }

    private List<ParsedNode> ParseFiles(Package package, IReadOnlyDictionary<(string Kind, string Package, string Name), ResourcePatch> patches)
    {
        var files = package.Models.Select(file => (File: file, Type: ResourceType.Model, Folders: package.Project.ModelPaths))
            .Concat(package.Seeds.Select(file => (File: file, Type: ResourceType.Seed, Folders: package.Project.SeedPaths)))
            .Concat(package.Tests.Select(file => (File: file, Type: ResourceType.Test, Folders: package.Project.TestPaths)));
        return [.. files.AsParallel().AsOrdered().Select(entry => ParseFile(package, entry.File, entry.Type, entry.Folders, patches)).OfType<ParsedNode>()];
    }

    private ParsedNode? ParseFile(
        Package package, SourceFile file, ResourceType type, IReadOnlyList<string> folders,
        IReadOnlyDictionary<(string Kind, string Package, string Name), ResourcePatch> patches)
    {
        var name = Path.GetFileNameWithoutExtension(file.Path);
        var folder = folders.First(candidate => file.Path.StartsWith(candidate + "/", StringComparison.Ordinal));
        var path = file.Path[(folder.Length + 1)..];
        string[] fqn = [package.Name, .. path.Split('/')[..^1], name];
        var kind = type switch { ResourceType.Model => "models", ResourceType.Seed => "seeds", _ => "data_tests" };
        var patch = patches.GetValueOrDefault((kind, package.Name, name))
            ?? (type is ResourceType.Test ? patches.GetValueOrDefault(("tests", package.Name, name)) : null);
        var context = new ParseContext(_invocation, package.Name, file.Path);

        var template = type is ResourceType.Seed ? null : ParseTemplate(package, file, _errors);
        if (type is not ResourceType.Seed && (template is null || !Render(context, template, file)))
        {
            return null;
        }

        var config = ConfigLayers.For(_invocation, context, type, package, fqn, patch, context.ConfigCalls, _errors);
        var node = new Node
        {
            UniqueId = $"{(type is ResourceType.Model ? "model" : type is ResourceType.Seed ? "seed" : "test")}.{package.Name}.{name}",
            Name = name,
            ResourceType = type,
            PackageName = package.Name,
            Path = path,
            OriginalFilePath = file.Path,
            FullPath = file.FullPath,
            Fqn = fqn,
            Config = config,
            At = file.At(1),
            RawCode = file.Text,
            Checksum = type is ResourceType.Seed ? "" : Sha256(file.Text),
            Description = patch is null ? "" : YamlRenderer.Text(context, patch.Description, patch.Entry.At, _errors),
            Columns = patch is null ? ColumnPatch.None : RenderColumns(context, patch, _errors),
            PatchPath = patch is null ? null : $"{package.Name}://{patch.File.Path}",
            Language = type is ResourceType.Seed ? null : "sql",
            Refs = [.. context.Refs.Distinct()],
            SourceCalls = [.. context.Sources.Distinct()],
        };
        return new ParsedNode(NodeNames.Apply(_invocation, node, _errors), context.Refs, context.Sources, template);
    }

    internal static Dictionary<string, ColumnPatch> RenderColumns(NodeContext context, ResourcePatch patch, ProjectErrors errors) =>
        patch.Columns.ToDictionary(
            column => column.Key,
            column => column.Value with { Description = YamlRenderer.Text(context, column.Value.Description, patch.Entry.At, errors) });

    internal static string Sha256(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private bool Render(ParseContext context, Template template, SourceFile file)
    {
        try
        {
            using var state = context.CreateState(CancellationToken.None);
            state.Render(template);
            return true;
        }
        catch (JinjaException fault)
        {
            _errors.Add(JinjaErrors.ToError(fault, file.At(1)));
            return false;
        }
    }

    private void ReportDuplicates()
    {
        foreach (var twins in _parsed.Where(parsed => parsed.Node.Config.Enabled && parsed.Node.ResourceType is not ResourceType.Test)
            .GroupBy(parsed => parsed.Node.Name).Where(group => group.Count() > 1))
        {
            var places = string.Join(" and ", twins.Select(twin => twin.Node.OriginalFilePath));
            _errors.Add(twins.Last().Node.At, $"two resources are named '{twins.Key}': {places}. ref('{twins.Key}') could mean either; rename one.");
        }

        foreach (var twins in _parsed.Where(parsed => parsed.Node.Config.Enabled && parsed.Node.IsRelational)
            .GroupBy(parsed => (parsed.Node.Schema, parsed.Node.Alias)).Where(group => group.Select(twin => twin.Node.Name).Distinct().Count() > 1))
        {
            var places = string.Join(" and ", twins.Select(twin => twin.Node.OriginalFilePath));
            _errors.Add(
                twins.Last().Node.At,
                $"two resources would be built as \"{twins.Key.Schema}\".\"{twins.Key.Alias}\": {places}. Give one another alias or schema.");
        }
    }

    private Node? Link(ParsedNode parsed, Dictionary<(string?, string), string> byName, Dictionary<string, Node> sources)
    {
        var node = parsed.Node;
        var dependsOn = new List<string>();
        foreach (var (package, name, _) in parsed.Refs.Distinct())
        {
            var found = package is not null
                ? byName.GetValueOrDefault((package, name))
                : byName.GetValueOrDefault((node.PackageName, name)) ?? byName.GetValueOrDefault((_invocation.RootName, name))
                    ?? byName.GetValueOrDefault((null, name));
            if (found is null)
            {
                if (!ReportsDisabled(parsed, name))
                {
                    return null;
                }
            }
            else if (!dependsOn.Contains(found))
            {
                dependsOn.Add(found);
            }
        }

        foreach (var (source, table) in parsed.Sources.Distinct())
        {
            var found = new[] { node.PackageName, _invocation.RootName }.Select(package => $"source.{package}.{source}.{table}").FirstOrDefault(sources.ContainsKey)
                ?? sources.Values.FirstOrDefault(candidate => candidate.Source!.SourceName == source && candidate.Name == table)?.UniqueId;
            if (found is null)
            {
                var (at, snippet) = parsed.Find("source", source, table);
                _errors.Add(new TransformError(
                    at, $"'{node.Name}' reads source '{source}.{table}', which no properties file declares. Declare it under 'sources:', or correct the name.", snippet));
            }
            else
            {
                dependsOn.Add(found);
            }
        }

        return node with { DependsOn = dependsOn };
    }

    /// <returns>False when the node is a test of something disabled: dbt leaves such a test out.</returns>
    private bool ReportsDisabled(ParsedNode parsed, string name)
    {
        var disabled = _disabled.Values.FirstOrDefault(node => node.Name == name);
        if (disabled is not null && parsed.Node.ResourceType is ResourceType.Test)
        {
            return false;
        }

        var (at, snippet) = parsed.Find("ref", name);
        _errors.Add(new TransformError(
            at,
            disabled is null
                ? $"'{parsed.Node.Name}' refers to '{name}', which is no model or seed of the project. Correct the name, or add the model."
                : $"'{parsed.Node.Name}' refers to '{name}' ({disabled.OriginalFilePath}), which is disabled. Enable it, or remove the ref.",
            snippet));
        return true;
    }

    private List<Node> Hooks(string kind, Func<ProjectFile, IReadOnlyList<string>> statements) =>
    [
        .. _invocation.Packages.Skip(1).Append(_invocation.Packages[0]).SelectMany(package => statements(package.Project).Select((sql, index) => new Node
        {
            UniqueId = $"operation.{package.Name}.{package.Name}-{kind}-{index}",
            Name = $"{package.Name}-{kind}-{index}",
            ResourceType = ResourceType.Operation,
            PackageName = package.Name,
            Path = ProjectFile.FileName,
            OriginalFilePath = ProjectFile.FileName,
            Fqn = [package.Name, "hooks", $"{package.Name}-{kind}-{index}"],
            Config = NodeConfig.Empty,
            At = package.Project.At,
            RawCode = sql,
            Schema = _invocation.Target.Schema,
            Database = _invocation.Target.Database,
        })),
    ];

    private static bool Applies(ResourcePatch patch, Node node) =>
        patch.Name == node.Name && patch.PackageName == node.PackageName && patch.Kind == (node.ResourceType is ResourceType.Model ? "models" : "seeds");

    [GeneratedRegex(@"\{%-?\s*docs\s")]
    private static partial Regex DocsBlock();
}

/// <summary>A node and what it refers to, before names are resolved.</summary>
internal sealed record ParsedNode(
    Node Node, IReadOnlyList<RefCall> Refs, IReadOnlyList<(string Source, string Table)> Sources, Template? Template)
{
    /// <summary>Where a function is called with these literal arguments, so that an error can point at it.</summary>
    public (SourceLocation At, string? Snippet) Find(string function, params string[] arguments)
    {
        var call = Template?.FindCalls(function).FirstOrDefault(candidate => candidate.Positional.Select(value => value?.ToString()).TakeLast(arguments.Length)
            .SequenceEqual(arguments));
        return call is null
            ? (Node.At, null)
            : (new SourceLocation(Node.OriginalFilePath, call.Line, call.Column), SourceFile.Snippet(Template!.Source, call.Line, call.Column));
    }
}
