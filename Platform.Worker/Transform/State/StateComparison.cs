using System.Text.Json;
using Platform.Worker.Transform.Artifacts;
using Platform.Worker.Transform.Graph;
using Platform.Worker.Transform.Project;

namespace Platform.Worker.Transform.State;

/// <summary>A project against the manifest of an earlier run (https://docs.getdbt.com/reference/node-selection/methods#state).</summary>
internal sealed class StateComparison
{
    private readonly ParsedProject _project;
    private readonly StateManifest _before;
    private readonly ContractComparison _contracts;
    private readonly Lazy<ModifiedMacros> _macros;
    private readonly ManifestContext _context;
    private readonly Dictionary<string, JsonElement> _entries = [];

    public StateComparison(ParsedProject project, StateManifest before)
    {
        (_project, _before) = (project, before);
        _contracts = new ContractComparison(project.Invocation);
        _macros = new(() => new ModifiedMacros(project, before));
        _context = new ManifestContext(project, project.Invocation);
    }

    /// <summary>What can be asked.</summary>
    public static IReadOnlyList<string> Kinds { get; } =
    [
        "new", "old", "modified", "unmodified", "modified.body", "modified.configs", "modified.persisted_descriptions", "modified.relation",
        "modified.macros", "modified.contract",
    ];

    /// <param name="kind">One of <see cref="Kinds"/>.</param>
    /// <returns>The test of a node; null for another word.</returns>
    /// <exception cref="TransformException">A versioned model with an enforced contract is gone; asking of a node throws when it breaks its contract.</exception>
    public Func<Node, bool>? Check(string kind)
    {
        if (kind is "modified" or "unmodified" or "modified.contract")
        {
            CheckRemoved();
        }

        return kind switch
        {
            "new" => node => _before.Find(node.UniqueId) is null,
            "old" => node => _before.Find(node.UniqueId) is not null,
            "modified" => IsModified,
            "unmodified" => node => !IsModified(node),
            "modified.body" => node => SameContents.IsNode(node) && Differs(node, SameContents.Body),
            "modified.configs" => node => node.ResourceType is not ResourceType.UnitTest && Differs(node, SameContents.Config),
            "modified.persisted_descriptions" => node => SameContents.IsNode(node) && Differs(node, static (_, now, before) => SameContents.Descriptions(now, before)),
            "modified.relation" => node =>
                (SameContents.IsNode(node) || node.ResourceType is ResourceType.Source) && Differs(node, SameRepresentation),
            "modified.macros" => node => _macros.Value.AreCalledBy(node),
            "modified.contract" => node => SameContents.IsNode(node) && Differs(node, SameContract),
            _ => null,
        };
    }

    private bool IsModified(Node node)
    {
        if (_before.Find(node.UniqueId) is not { } before)
        {
            // As in dbt: a source, an exposure or a metric that was not there before is new, not modified.
            return SameContents.IsNode(node) || node.ResourceType is ResourceType.UnitTest;
        }

        var now = Entry(node);
        var sameContract = SameContract(node, now, before);
        return !sameContract || !SameContents.Whole(node, now, before, ComparesUnrendered) || _macros.Value.AreCalledBy(node);
    }

    private bool SameContract(Node node, JsonElement now, JsonElement before) =>
        node.ResourceType is not ResourceType.Model || _contracts.IsSame(now, before);

    private bool ComparesUnrendered => _project.Root.ComparesUnrendered;

    private bool SameRepresentation(Node node, JsonElement now, JsonElement before) => SameContents.Representation(node, now, before, ComparesUnrendered);

    private bool Differs(Node node, Func<Node, JsonElement, JsonElement, bool> same) =>
        _before.Find(node.UniqueId) is not { } before || !same(node, Entry(node), before);

    private void CheckRemoved()
    {
        var disabled = _project.Disabled.ToLookup(node => node.UniqueId);
        foreach (var id in _before.Nodes.Where(id => !_project.Graph.Contains(id) && id.StartsWith("model.", StringComparison.Ordinal)))
        {
            var isDisabled = disabled.Contains(id);
            _contracts.CheckRemoved(isDisabled ? Entry(disabled[id].First()) : _before.Find(id)!.Value, isDisabled);
        }
    }

    /// <summary>The node as this project's own manifest would show it.</summary>
    private JsonElement Entry(Node node)
    {
        if (!_entries.TryGetValue(node.UniqueId, out var entry))
        {
            using var buffer = new MemoryStream();
            using (var json = ArtifactJson.Open(buffer))
            {
                ArtifactJson.Write(json, ManifestResources.Of(node, _context));
            }

            using var document = JsonDocument.Parse(buffer.GetBuffer().AsMemory(0, (int)buffer.Length));
            _entries[node.UniqueId] = entry = document.RootElement.Clone();
        }

        return entry;
    }
}
