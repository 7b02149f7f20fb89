using System.Collections.Concurrent;
using Platform.Worker.Transform.Graph;

namespace Platform.Worker.Transform.Project;

/// <summary>
/// What parsing learnt of each file, kept while macros, project files, docs, variables and target are the same: a changed model file is
/// rendered again, a changed properties file makes its resources and tests new, the rest is taken as it is. After a parsing with errors it
/// must be thrown away: it does not keep them.
/// </summary>
internal sealed class ParseMemory
{
    private readonly ConcurrentDictionary<object, PropertiesFile> _properties = new(ReferenceEqualityComparer.Instance);
    private readonly ConcurrentDictionary<object, CodeFile> _code = new(ReferenceEqualityComparer.Instance);
    private readonly ConcurrentDictionary<object, IReadOnlyList<ParsedNode>> _tests = new(ReferenceEqualityComparer.Instance);

    public PropertiesFile Properties(SourceFile file, Func<PropertiesFile> read) =>
        _properties.TryGetValue(file, out var known) ? known : _properties[file] = read();

    /// <summary>The nodes of a file, as long as it and its properties are the same.</summary>
    public IReadOnlyList<ParsedNode> Code(SourceFile file, ResourcePatch? patch, ResourceType type, Func<ParsedNode?> parse)
    {
        if (_code.TryGetValue(file, out var known) && ReferenceEquals(known.Patch, patch) && known.Type == type)
        {
            return known.Nodes;
        }

        IReadOnlyList<ParsedNode> nodes = parse() is { } node ? [node] : [];
        _code[file] = new CodeFile(patch, type, nodes);
        return nodes;
    }

    public IReadOnlyList<ParsedNode> Tests(ResourcePatch patch, Func<IReadOnlyList<ParsedNode>> parse) =>
        _tests.TryGetValue(patch, out var known) ? known : _tests[patch] = parse();

    /// <summary>Forgets files that are no more.</summary>
    public void Keep(IEnumerable<SourceFile> files, IEnumerable<ResourcePatch> patches)
    {
        var alive = new HashSet<object>(files, ReferenceEqualityComparer.Instance);
        alive.UnionWith(patches);
        foreach (var gone in _properties.Keys.Concat(_code.Keys).Concat(_tests.Keys).Where(key => !alive.Contains(key)).ToList())
        {
            _properties.TryRemove(gone, out _);
            _code.TryRemove(gone, out _);
            _tests.TryRemove(gone, out _);
        }
    }

    private sealed record CodeFile(ResourcePatch? Patch, ResourceType Type, IReadOnlyList<ParsedNode> Nodes);
}
