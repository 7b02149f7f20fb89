using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Platform.Worker.Jinja;
using Platform.Worker.Transform.Compile;
using Platform.Worker.Transform.Graph;

namespace Platform.Worker.Transform.Project;

/// <summary>What every parser of resources needs, and what they do alike.</summary>
internal sealed class ParseScope(Invocation invocation, ProjectErrors errors)
{
    private static readonly ConditionalWeakTable<SourceFile, Template> Templates = [];
    private static readonly Dictionary<string, object?> Nothing = [];

    /// <summary>Many columns share one docs block.</summary>
    private readonly ConcurrentDictionary<(string Package, string Text), string> _descriptions = new();

    private readonly Dictionary<string, Package> _packages = invocation.Packages.ToDictionary(package => package.Name);

    public Invocation Invocation { get; } = invocation;

    public ProjectErrors Errors { get; } = errors;

    public ConfigLayers Configs { get; } = new(invocation.Packages[0].Project);

    public NodeNames Names { get; } = new(invocation, errors);

    public Package Package(string name) => _packages[name];

    /// <summary>The file as a template, parsed once while it does not change; a syntax error is reported.</summary>
    public static Template? ParseTemplate(Package package, SourceFile file, ProjectErrors errors) => ParseTemplate(package, file, errors, Parse);

    /// <summary>The same for a file of macros, of which text between the blocks is no part.</summary>
    public static Template? ParseMacros(Package package, SourceFile file, ProjectErrors errors) => ParseTemplate(package, file, errors, static (package, file) =>
    {
        try
        {
            return Parse(package, file);
        }
        catch (JinjaException)
        {
            return GlobalProject.Environment.Parse(MacroText.BlocksOnly(file.Text), file.Path, package.Name);
        }
    });

    /// <summary>Renders as parsing does, to learn refs and configuration; a fault is reported.</summary>
    public bool Render(ParseContext context, Template template, SourceLocation at)
    {
        try
        {
            using var state = context.CreateState(CancellationToken.None);
            state.Render(template);
            return true;
        }
        catch (JinjaException fault)
        {
            Errors.Add(JinjaErrors.ToError(fault, at));
            return false;
        }
    }

    /// <summary>A description with its docs blocks put in.</summary>
    public string Describe(string package, string text, SourceLocation at) =>
        YamlRenderer.HasJinja(text)
            ? _descriptions.GetOrAdd((package, text), _ => YamlRenderer.Text(new ParseContext(Invocation, package, at.File), text, at, Errors))
            : text;

    public IReadOnlyDictionary<string, ColumnPatch> Describe(ResourcePatch patch) =>
        patch.Columns.Values.Any(column => YamlRenderer.HasJinja(column.Description))
            ? patch.Columns.ToDictionary(
                column => column.Key, column => column.Value with { Description = Describe(patch.PackageName, column.Value.Description, patch.At) })
            : patch.Columns;

    /// <summary>What is quoted in the node's name: PostgreSQL's default, the root project's settings, the node's own.</summary>
    public RelationQuoting Quoting(params IReadOnlyDictionary<string, object?>?[] own) => Quoting(Invocation.Packages[0].Project.Quoting, own);

    /// <summary>The same of a source, which the project's settings say nothing of.</summary>
    public static RelationQuoting SourceQuoting(params IReadOnlyDictionary<string, object?>?[] own) => Quoting(new Dictionary<string, bool>(), own);

    private static RelationQuoting Quoting(IReadOnlyDictionary<string, bool> project, IReadOnlyDictionary<string, object?>?[] own)
    {
        return new RelationQuoting(Part("database"), Part("schema"), Part("identifier"));

        bool Part(string name)
        {
            var part = project.GetValueOrDefault(name, true);
            foreach (var layer in own)
            {
                part = layer is not null && layer.TryGetValue(name, out var value) && value is bool flag ? flag : part;
            }

            return part;
        }
    }

    /// <summary>A node that only YAML declares, with its configuration and place.</summary>
    public Node Declared(ResourceType type, PropertyEntry entry, string name, IReadOnlyList<string> fqn, IReadOnlyDictionary<string, object?>? config = null)
    {
        var package = Package(entry.PackageName);
        return new Node
        {
            UniqueId = $"{type.Name()}.{entry.PackageName}.{name}",
            Name = name,
            ResourceType = type,
            PackageName = entry.PackageName,
            Path = entry.File.PathInFolder,
            OriginalFilePath = entry.File.Path,
            Fqn = fqn,
            Config = Configs.For(type, package, fqn, config ?? entry.Entry.PlainMap("config", Errors), Nothing),
            UnrenderedConfig = Configs.Unrendered(type, package, fqn, config ?? entry.Written.PlainMap("config", Errors), Nothing),
            At = entry.Entry.At,
            Description = Describe(entry.PackageName, entry.Entry.Text("description") ?? "", entry.Entry.At),
            Definition = entry.Entry,
        };
    }

    /// <summary>Package, folders of the file below its resource folder, and the steps after them.</summary>
    public static List<string> Fqn(string package, string pathInFolder, params IEnumerable<string> last) => [package, .. pathInFolder.Split('/')[..^1], .. last];

    private static Template Parse(Package package, SourceFile file) => GlobalProject.Environment.Parse(file.Text, file.Path, package.Name);

    private static Template? ParseTemplate(Package package, SourceFile file, ProjectErrors errors, Func<Package, SourceFile, Template> parse)
    {
        try
        {
            return Templates.GetValue(file, _ => parse(package, file));
        }
        catch (JinjaException fault)
        {
            errors.Add(JinjaErrors.ToError(fault, file.At()));
            return null;
        }
    }
}
