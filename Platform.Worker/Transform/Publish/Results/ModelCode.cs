using System.Runtime.CompilerServices;
using Platform.Worker.Transform.Artifacts;
using Platform.Worker.Transform.Graph;
using Platform.Worker.Transform.Project;

namespace Platform.Worker.Transform.Publish.Results;

/// <summary>
/// What relations are made of, as it is written: not as it is compiled, where the data dates of the build would make each one another. Worked out once for a
/// parsed project.
/// </summary>
internal sealed class ModelCode
{
    private static readonly ConditionalWeakTable<NodeGraph, ModelCode> Known = [];

    private readonly ParsedProject _project;
    private readonly MacroDependencies _dependencies;
    private readonly Dictionary<string, IReadOnlyList<string>> _called = [];
    private readonly Dictionary<string, MadeOf> _made = [];

    private ModelCode(ParsedProject project)
    {
        (_project, _dependencies) = (project, new MacroDependencies(project));
        foreach (var node in project.Graph.Ordered.Where(node => node.IsRelational && node.Source is null))
        {
            _made[node.UniqueId] = Of(node);
        }
    }

    public static ModelCode Of(ParsedProject project) => Known.GetValue(project.Graph, _ => new ModelCode(project));

    public MadeOf this[Node node] => _made[node.UniqueId];

    private MadeOf Of(Node node)
    {
        var (reads, sources, code) = (new SortedSet<string>(StringComparer.Ordinal), new SortedSet<string>(StringComparer.Ordinal), new SortedSet<string>(StringComparer.Ordinal));
        Add(node);
        return new MadeOf(ProjectParser.Sha256(string.Join('\n', code)), [.. reads], [.. sources]);

        // Of an ephemeral model the code is part of the node's own; of others what was found already counts, as they come first.
        void Add(Node part)
        {
            code.Add($"{part.UniqueId} {part.Config.Materialized} {Checksum(part)}");
            code.UnionWith(Macros(part));
            foreach (var parent in part.DependsOn.Where(_project.Graph.Contains).Select(id => _project.Graph[id]))
            {
                if (parent.Source is not null)
                {
                    sources.Add($"{parent.Schema}.{parent.Alias}");
                }
                else if (_made.TryGetValue(parent.UniqueId, out var made))
                {
                    reads.Add(parent.UniqueId);
                    reads.UnionWith(made.Reads);
                    sources.UnionWith(made.Sources);
                }
                else if (parent.ResourceType is ResourceType.Model)
                {
                    Add(parent);
                }
            }
        }
    }

    private static string Checksum(Node node) =>
        node.ResourceType is ResourceType.Seed && node.FullPath is { } file ? ProjectParser.Sha256(File.ReadAllText(file)) : node.Checksum;

    /// <summary>The project's own macros that the node calls, at any depth, with their text; those of the engine change with it.</summary>
    private IEnumerable<string> Macros(Node node)
    {
        var seen = new HashSet<string>();
        for (var open = new Stack<string>(_dependencies.Of(node)); open.TryPop(out var id);)
        {
            if (_project.Macros.TryGetValue(id, out var macro) && macro.PackageName != Package.GlobalName && seen.Add(id))
            {
                foreach (var called in _called.TryGetValue(id, out var known) ? known : _called[id] = _dependencies.Of(macro))
                {
                    open.Push(called);
                }
            }
        }

        return seen.Select(id => $"{id} {ProjectParser.Sha256(_project.Macros[id].Source.Trim())}");
    }
}

/// <summary>What a relation is made of.</summary>
/// <param name="CodeSha256">Hash of its code, of the ephemeral models in it and of the project's macros that they call.</param>
/// <param name="Reads">Unique ids of the models, seeds and snapshots that it reads, at any depth.</param>
/// <param name="Sources">schema.table of the sources that it reads, at any depth.</param>
internal sealed record MadeOf(string CodeSha256, IReadOnlyList<string> Reads, IReadOnlyList<string> Sources);
